"""How the records of tenancy are stored."""

from typing import Any

from shared.json_model import JsonModel


class Record(JsonModel):
    """The root of every stored record."""

    def document(self) -> dict[str, Any]:
        """Return the record as a JSON document with camelCase names."""
        return self.model_dump(mode="json")
