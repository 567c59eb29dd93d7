"""How the records of tenancy are stored: frozen, with camelCase names."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Record(BaseModel):
    """The root of every stored record."""

    # Built at first use: a cold start that serves a health probe pays for none of these.
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        defer_build=True,
    )

    def document(self) -> dict[str, Any]:
        """Return the record as a JSON document with camelCase names."""
        return self.model_dump(mode="json")
