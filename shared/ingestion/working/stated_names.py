"""Reads what people are called: plain only between here and `sealed`, and for nobody without a key."""

from typing import Final

import polars as pl

from shared.ingestion.tables import NAME
from shared.ingestion.working.binding import Binding
from shared.ingestion.working.sealing import Sealing

LONGEST: Final = 100
"""Characters of a name that are kept: a cell that holds a letter names nobody."""


def names_of(binding: Binding, rows: pl.DataFrame) -> pl.Series:
    """Return what `rows` call their people, null where they do not."""
    texts = [binding.text(rows, position) for position in binding.called]
    if not texts:
        return pl.Series(NAME, [None], dtype=pl.String).new_from_index(0, rows.height)
    words = pl.concat_str(texts, separator=" ", ignore_nulls=True)
    whole = words.str.replace_all(r"\s+", " ").str.strip_chars().str.slice(0, LONGEST)
    return pl.select(pl.when(whole != "").then(whole).alias(NAME)).to_series()


def sealed(people: pl.DataFrame, sealing: Sealing | None) -> pl.DataFrame:
    """Seal each name for the pseudonym beside it; without keys, and of nobody, no name is kept."""
    names: list[str | None] = [None] * people.height
    if sealing is not None:
        stated = people.select("learner", NAME).iter_rows()
        names = [sealing.seal(name, learner) if name and learner else None for learner, name in stated]
    return people.with_columns(pl.Series(NAME, names, dtype=pl.String))
