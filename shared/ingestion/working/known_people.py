"""Names columns of people, and remembers the names: the chunks of a dump are about the same people.

A name depends on nothing but key, system and identifier, and a key belongs to one tenant. So what is
remembered is found by the key alone, and never by anybody who does not have it.
"""

from threading import Lock
from typing import Final

import polars as pl

from shared.ingestion.working.pseudonyms import pseudonyms

MOST_PEOPLE: Final = 200_000
"""Remembered of one system, about 20 MB."""
_MOST_SYSTEMS: Final = 4

_NOBODY: Final = pl.DataFrame(schema={"id": pl.String, "name": pl.String})
_known: dict[tuple[bytes, str], pl.DataFrame] = {}
"""The people of the systems whose chunks came last, oldest first. Chunks are worked in threads."""
_changing: Final = Lock()


def named(ids: pl.Series, key: bytes, system: str) -> pl.Series:
    """Return the pseudonyms of the people that `system` knows as `ids`; null stays null."""
    people = _known.get((key, system), _NOBODY)
    names = _looked_up(ids, people)
    strangers = ids.filter(names.is_null()).drop_nulls().unique().to_list()
    if not strangers:
        return names
    # New columns of their own text: slices of the chunk's would keep the whole chunk in memory.
    new = pl.DataFrame({"id": strangers, "name": pseudonyms(key, system, strangers)}, schema=_NOBODY.schema)
    people = pl.concat([people, new], rechunk=True)
    _remember((key, system), people if people.height <= MOST_PEOPLE else new)
    return _looked_up(ids, people)


def _looked_up(ids: pl.Series, people: pl.DataFrame) -> pl.Series:
    found = ids.alias("id").to_frame().join(people, on="id", how="left", maintain_order="left")
    return found["name"].alias(ids.name)


def _remember(place: tuple[bytes, str], people: pl.DataFrame) -> None:
    with _changing:
        _known.pop(place, None)
        _known[place] = people.head(MOST_PEOPLE)
        while len(_known) > _MOST_SYSTEMS:
            _known.pop(next(iter(_known)))
