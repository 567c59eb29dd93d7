"""Tells a document that says "no records" from one that holds records which nobody knows."""

import json
from collections.abc import Iterator


def empty_list_of(text: bytes) -> str | None:
    """Return the JSON pointer (RFC 6901) of the first list of an object, if no list of it holds anything.

    None for an object without lists: it may be a record, and for text that is no whole object. How deep it
    nests was checked before.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return None
    lists = list(_lists(value, "")) if isinstance(value, dict) else []
    return lists[0][0] if lists and not any(held for _, held in lists) else None


def _lists(value: object, pointer: str) -> Iterator[tuple[str, list[object]]]:
    """Yield every list right in an object, or in an object of it, with its place."""
    if isinstance(value, list):
        yield pointer, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lists(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
