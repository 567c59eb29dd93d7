"""Takes columns over from another part of the feed: a result's course and points from its line item."""

from typing import TYPE_CHECKING

import polars as pl

from shared.ingestion.mapping.parts import Lookup
from shared.ingestion.model import RejectCode
from shared.ingestion.working.casting import cast
from shared.ingestion.working.verdicts import Verdicts

if TYPE_CHECKING:
    from shared.ingestion.working.binding import Binding


def looked_up(
    values: pl.DataFrame, lookup: Lookup, known: pl.DataFrame | None, verdicts: Verdicts, binding: "Binding"
) -> pl.DataFrame:
    """Return `values` with the columns that `known`, the facts of the other part, has for them.

    Rows whose value the other part does not state are rejected, tombstones aside.
    """
    other = pl.DataFrame(schema={lookup.on: pl.String}) if known is None else known
    taken = [pl.col(theirs).alias(mine) for mine, theirs in lookup.take.items() if theirs in other.columns]
    theirs = other.select(pl.col(lookup.on), *taken).unique(lookup.on, keep="last", maintain_order=True)
    joined = values.join(
        theirs.with_columns(found=pl.lit(value=True)),
        on=lookup.on,
        how="left",
        maintain_order="left",
        suffix=" of other",
    )
    unknown = joined["found"].is_null() & joined[lookup.on].is_not_null()
    if "deleted" in values.columns:
        unknown &= ~values["deleted"].fill_null(value=False)
    if unknown.any():
        label = binding.layout.header[binding.positions[lookup.on]]
        verdicts.reject(unknown, RejectCode.REFERENCE, label, f"not stated by the part {lookup.part}")
    return joined.drop("found")


def sought(rows: pl.DataFrame, lookup: Lookup, binding: "Binding") -> pl.Series:
    """Return, sorted and once each, the values by which `rows` look up in the other part."""
    column, position = binding.part.by_name[lookup.on], binding.positions[lookup.on]
    text = binding.text(rows, position, column.default)
    kind = column.cast_in(binding.part.canonical)
    return cast(text, column, kind, binding.layout.dialect.decimal).values.drop_nulls().unique().sort()
