"""Reads who the people of a file are: the further identifiers that it states of its learners."""

import polars as pl

from shared.ingestion.table_names import TableName
from shared.ingestion.tables import NAME, TABLES
from shared.ingestion.working.binding import Binding
from shared.ingestion.working.casting import cast
from shared.ingestion.working.stated_names import names_of


def people_of(binding: Binding, rows: pl.DataFrame) -> pl.DataFrame:
    """Return a row of the person table for each learner in `rows`, at the record that names them first.

    Learners of whom the file states no more than the identifier of its facts are left out.
    """
    table, part = TABLES[TableName.PERSON], binding.part
    named: list[tuple[str, str]] = [("learner", "learner"), *part.identities.items()]
    known = {field: name for field, name in named if name in binding.positions}
    people = rows.select("record", "byte").with_columns(
        _identifiers(binding, rows, name).alias(field) for field, name in known.items()
    )
    people = people.with_columns(names_of(binding, rows))
    people = people.with_columns(
        pl.lit(None, dtype=table.schema[name]).alias(name)
        for name in table.from_record
        if name not in people.columns
    )
    stated = pl.any_horizontal(pl.col(field).is_not_null() for field in (*part.identities, NAME))
    people = people.with_columns(deleted=pl.lit(value=False)).select(table.from_record)
    return people.filter(pl.col("learner").is_not_null() & stated).unique(
        "learner", keep="first", maintain_order=True
    )


def _identifiers(binding: Binding, rows: pl.DataFrame, name: str) -> pl.Series:
    column = binding.part.by_name[name]
    text = binding.text(rows, binding.positions[name], column.default)
    return cast(text, column, None, binding.layout.dialect.decimal).values
