"""What there is to know of a part before it is committed, found by looking into its rows."""

from collections.abc import Collection

import polars as pl

from shared.ingestion.committing.ports import Inspection


def look_into(part: pl.LazyFrame, size: int, wanted: Collection[str]) -> Inspection:
    """Return what a part of `size` bytes says about itself, with the extremes of those of `wanted` it has."""
    columns = {
        # Codes are written as the texts that they stand for, and are in the order of these.
        name: "String" if kind == pl.Enum else str(kind)
        for name, kind in part.collect_schema().items()
    }
    present = [name for name in wanted if name in columns]
    least = [pl.col(name).min().name.prefix("least ") for name in present]
    most = [pl.col(name).max().name.prefix("most ") for name in present]
    seen = part.select(pl.len(), *least, *most).collect().row(0, named=True)
    extremes = {name: (seen[f"least {name}"], seen[f"most {name}"]) for name in present}
    filled = {name: found for name, found in extremes.items() if found[0] is not None}
    return Inspection(size, seen["len"], columns, filled)
