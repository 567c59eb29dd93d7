"""How what crosses a border as JSON is declared: requests, answers and stored records."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class JsonModel(BaseModel):
    """The root of such models: frozen, with camelCase names outside."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        # Built at first use: a cold start that serves one route does not pay for those of all.
        defer_build=True,
    )
