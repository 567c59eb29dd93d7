"""Continuations of queries: where the next page starts, bound to the statement that it belongs to."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from infra.local.cosmos.errors import bad_request
from infra.local.cosmos.item_table import ItemKey


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page starts.

    Either `at` the item with this key, of whose rows `skip` were given already, or, if rows do not follow
    items, behind the first `offset` rows of the whole result.
    """

    at: ItemKey | None = None
    skip: int = 0
    offset: int = 0


class _Token(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    query: str
    at: tuple[str, str] | None = None
    skip: NonNegativeInt = 0
    offset: NonNegativeInt = 0


def write_continuation(digest: str, start: Start | None) -> str:
    """Return the token of a start, an empty text at the end."""
    if start is None:
        return ""
    at = None if start.at is None else (start.at[0].hex(), start.at[1])
    return _Token(query=digest, at=at, skip=start.skip, offset=start.offset).model_dump_json(
        exclude_defaults=True, ensure_ascii=True
    )


def read_continuation(token: str, digest: str) -> Start:
    """Return the start of a token, the beginning for an empty one; 400 when it is of another statement."""
    if not token:
        return Start()
    try:
        read = _Token.model_validate_json(token)
        at = None if read.at is None else (bytes.fromhex(read.at[0]), read.at[1])
    except (ValidationError, ValueError) as error:
        raise bad_request(f"The continuation token is malformed: {error}") from error
    if read.query != digest:
        raise bad_request("The continuation token belongs to another query.")
    return Start(at, read.skip, read.offset)
