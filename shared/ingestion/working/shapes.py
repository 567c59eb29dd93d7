"""Turns text rows into facts: a long table has one per row, a wide one one per filled measure.

Both return the columns of the canonical table that come from the file, of kept rows, in its order.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from shared.ingestion.mapping.columns import Column
from shared.ingestion.mapping.parts import Unpivot
from shared.ingestion.model import Measure, RejectCode
from shared.ingestion.table_names import TableName
from shared.ingestion.working.binding import Binding
from shared.ingestion.working.casting import cast, present
from shared.ingestion.working.lookups import looked_up
from shared.ingestion.working.stated_names import names_of
from shared.ingestion.working.verdicts import Verdicts

_VOID: Final = ("suppressed", "not-tested")
_NEEDED: Final = "a value is needed for the column {} of the facts"


def facts_of(
    binding: Binding, rows: pl.DataFrame, verdicts: Verdicts, known: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the facts of `rows`; afterwards `verdicts` knows which rows were rejected and why.

    `known` are the facts of the part that this one looks up in.
    """
    values = binding.values(rows, verdicts)
    if binding.part.table is TableName.PERSON:
        values = values.with_columns(names_of(binding, rows))
    unpivot = binding.part.unpivot
    if unpivot is None:
        return _long(values, binding, verdicts, known)
    if not binding.layout.measures:
        return _complete(values.clear(), binding)
    cells = _measured(binding, unpivot, rows, verdicts)
    kept = cells.filter(verdicts.kept.gather(cells["row"])).sort("row", "measure")
    about = _about(binding.layout.measures)
    facts = values.select(pl.all().gather(kept["row"])).hstack(about.select(pl.all().gather(kept["measure"])))
    return _complete(facts.hstack(kept.drop("row", "measure")), binding)


def _long(
    values: pl.DataFrame, binding: Binding, verdicts: Verdicts, known: pl.DataFrame | None
) -> pl.DataFrame:
    lookup = binding.part.lookup
    if lookup is not None:
        values = looked_up(values, lookup, known, verdicts, binding)
    facts = _complete(values, binding)
    for name in sorted(binding.part.canonical.required):
        absent = facts[name].is_null() & ~facts["deleted"]
        if absent.any():
            verdicts.reject(absent, RejectCode.MISSING, None, _NEEDED.format(name))
    return facts.filter(verdicts.kept)


def _measured(binding: Binding, unpivot: Unpivot, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """Return the filled measures: `row`, `measure`, the cast values and, where a cell says it, `status`.

    A row that has a cell at fault is rejected.
    """
    measures = binding.layout.measures
    fields = sorted({field for measure in measures for field in measure.values})
    texts = {field: _cells(binding, rows, field) for field in fields}
    filled = pl.any_horizontal(*(text.is_not_null() for text in texts.values()))
    at = pl.select(filled).to_series().arg_true()
    cells = pl.DataFrame({"row": at % rows.height, "measure": at // rows.height})
    status: pl.Series | None = None
    for field, text in texts.items():
        own = text.gather(at)
        if field == unpivot.value and (unpivot.codes or unpivot.status):
            said = own.replace_strict(unpivot.codes, default=None, return_dtype=pl.String)
            own = own.set(said.is_not_null(), None)
            status = said.set(own.is_not_null(), unpivot.status)
        cells = cells.hstack([_cast_cells(binding, field, own, cells, verdicts)])
    if status is not None:
        stated = cells["status"] if "status" in cells.columns else status
        cells = cells.with_columns(stated.fill_null(status).alias("status"))
    return _blanked(cells, unpivot)


def _blanked(cells: pl.DataFrame, unpivot: Unpivot) -> pl.DataFrame:
    """Take the values of suppressed and untested measures away."""
    if "status" not in cells.columns:
        return cells
    void = pl.col("status").is_in(_VOID).fill_null(value=False)
    return cells.with_columns(
        pl.when(~void).then(pl.col(name)).alias(name) for name in unpivot.blank if name in cells.columns
    )


def _cells(binding: Binding, rows: pl.DataFrame, field: str) -> pl.Series:
    """Return the texts of a field, measure after measure, each with all rows."""
    none = pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    at = (measure.values.get(field) for measure in binding.layout.measures)
    text = pl.concat([none if position is None else rows[str(position)] for position in at])
    return present(text, binding.missing, None)


def _cast_cells(
    binding: Binding, field: str, text: pl.Series, cells: pl.DataFrame, verdicts: Verdicts
) -> pl.Series:
    """Cast the cells of a field; the rows at fault are rejected, each for its first such column."""
    rules = binding.part.by_name.get(field) or Column(name=field, labels=(field,))
    casted = cast(text, rules, rules.cast_in(binding.part.canonical), binding.layout.dialect.decimal)
    for fault in casted.faults:
        faulty = cells.filter(fault.where).group_by("row").agg(pl.col("measure").min())
        for (measure,), rows in faulty.sort("measure").group_by("measure", maintain_order=True):
            position = binding.layout.measures[int(str(measure))].values[field]
            label = binding.layout.header[position]
            verdicts.reject(verdicts.rows(rows["row"]), fault.code, label, fault.message)
    return casted.values.alias(field)


def _about(measures: tuple[Measure, ...]) -> pl.DataFrame:
    """Return what the header says about each measure, as text."""
    names = sorted({name for measure in measures for name in measure.constants})
    return pl.DataFrame(
        [[measure.constants.get(name) for name in names] for measure in measures],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    )


def _complete(facts: pl.DataFrame, binding: Binding) -> pl.DataFrame:
    """Add what the file's name and the feed say, and what a column is when nobody does."""
    table = binding.part.canonical
    facts = _with_constants(facts, {**binding.layout.constants, **binding.part.constants}, table.from_record)
    facts = facts.select(_column(name, table.schema[name], facts.schema) for name in table.from_record)
    return facts.with_columns(
        pl.col(name).fill_null(pl.col(other)) for name, other in binding.part.same.items()
    )


def _column(name: str, kind: pl.DataType, stated: pl.Schema) -> pl.Expr:
    """Return a column of the table: as stated, or what it is where nobody says anything."""
    usual = _USUAL.get(name)
    if name not in stated:
        return pl.lit(usual, dtype=kind).alias(name)
    column = pl.col(name) if stated[name] in (kind, pl.Enum) else pl.col(name).cast(kind)
    return column if usual is None else column.fill_null(usual)


_USUAL: Final = {"attempt": 1, "deleted": False}


def _with_constants(
    facts: pl.DataFrame, constants: Mapping[str, str], columns: tuple[str, ...]
) -> pl.DataFrame:
    """Fill columns with the text that holds for all records, where a record does not say otherwise."""
    said = {name: text for name, text in constants.items() if name in columns}
    return facts.with_columns(
        pl.col(name).fill_null(text) if name in facts.columns else pl.lit(text).alias(name)
        for name, text in said.items()
    )
