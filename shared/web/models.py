"""Bases of the models that cross HTTP: camelCase outside, nothing undeclared accepted."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

_BASE = ConfigDict(
    frozen=True,
    alias_generator=to_camel,
    validate_by_name=True,
    serialize_by_alias=True,
    defer_build=True,
)


class RequestModel(BaseModel):
    """A JSON body or a query: unknown members are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(**_BASE, extra="forbid")


class ResponseModel(BaseModel):
    """A JSON answer."""

    model_config = _BASE


class PageQuery(RequestModel):
    """The query of a list: how many items, and from where."""

    limit: Annotated[int, Field(ge=1, le=200, description="At most so many items.")] = 50
    cursor: Annotated[
        str | None,
        Field(max_length=4096, description="`nextCursor` of the page before; absent for the first page."),
    ] = None
