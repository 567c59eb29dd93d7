"""Puts pseudonyms in the place of the identifiers of people in facts."""

from typing import Final

import polars as pl

from shared.ingestion.known_people import named
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import IDENTIFIERS, Table

_CASELESS: Final = frozenset({"username", "email"})


def pseudonymised(facts: pl.DataFrame, table: Table, key: bytes, system: str) -> pl.DataFrame:
    """Return facts whose people are pseudonyms under the tenant's key.

    A person is named by the system that knows them. The other identifiers of a person are each of their own
    kind, whichever system states them, so that equal ones can be found and none can be read.
    """
    systems = dict.fromkeys(sorted(table.people), system)
    if table.name is TableName.PERSON:
        systems |= {kind: f"identifier:{kind}" for kind in IDENTIFIERS}
    return facts.with_columns(
        named(_comparable(facts[column], column), key, kind).alias(column) for column, kind in systems.items()
    )


def _comparable(ids: pl.Series, column: str) -> pl.Series:
    return ids.str.to_lowercase() if column in _CASELESS else ids
