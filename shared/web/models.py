"""What every request keeps to: camelCase outside, nothing undeclared accepted."""

from typing import Annotated

from pydantic import ConfigDict, Field

from shared.json_model import JsonModel


class RequestModel(JsonModel):
    """A JSON body or a query: unknown members are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(RequestModel):
    """The query of a list: how many items, and from where."""

    limit: Annotated[int, Field(ge=1, le=200, description="At most so many items.")] = 50
    cursor: Annotated[
        str | None,
        Field(max_length=4096, description="`nextCursor` of the page before; absent for the first page."),
    ] = None
