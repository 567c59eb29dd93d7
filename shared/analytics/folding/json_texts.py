"""JSON text in Polars: views that are many are written as columns of text, without an object for each."""

import json
from collections.abc import Iterable, Mapping

import polars as pl

from shared.analytics.measures import UNIT

_DECIMALS = len(str(UNIT)) - 1
_FEW = 2_000
"""Texts that are looked at one by one: to make a column of those that are distinct would cost more."""


def points(value: pl.Expr) -> pl.Expr:
    """Return parts of `UNIT` as the number that `json` writes for their quotient; null stays null."""
    whole, part = value.abs() // UNIT, value.abs() % UNIT
    decimals = part.cast(pl.String).str.zfill(_DECIMALS).str.strip_chars_end("0")
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    tail = pl.when(part == 0).then(pl.lit("0")).otherwise(decimals)
    return pl.concat_str(sign, whole.cast(pl.String), pl.lit("."), tail)


def number(value: pl.Expr) -> pl.Expr:
    """Return integers as JSON."""
    return value.cast(pl.String)


def or_null(text: pl.Expr) -> pl.Expr:
    """Return JSON text, `null` where there is none."""
    return text.fill_null("null")


def json_object(members: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return JSON objects with these members, whose values are JSON text."""
    return pl.concat_str(pl.lit("{"), *_members(members), pl.lit("}"))


def json_array(text: pl.Expr) -> pl.Expr:
    """Return JSON arrays of what stands in `text`, commas between."""
    return pl.concat_str(pl.lit("["), text, pl.lit("]"))


def looked_up(column: pl.Series, texts: Mapping[str, str]) -> pl.Series:
    """Return the text that stands for each text of a column."""
    if len(column) <= _FEW:
        return pl.Series([texts.get(text) for text in column.to_list()], dtype=pl.String)
    return column.cast(pl.String).replace_strict(
        list(texts), list(texts.values()), default=None, return_dtype=pl.String
    )


def quoted(column: pl.Series) -> pl.Series:
    """Return texts as JSON; each distinct one is quoted once."""
    return looked_up(column, {text: json.dumps(text) for text in distinct(column)})


def distinct(column: pl.Series) -> Iterable[str]:
    """Return the distinct texts of a column."""
    if len(column) <= _FEW:
        return [text for text in dict.fromkeys(column.to_list()) if text is not None]
    return column.drop_nulls().unique().cast(pl.String).to_list()


def _members(members: Mapping[str, pl.Expr]) -> Iterable[pl.Expr]:
    for position, (name, text) in enumerate(members.items()):
        yield pl.lit(f"{',' if position else ''}{json.dumps(name)}:")
        yield text
