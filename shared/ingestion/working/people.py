"""Puts pseudonyms in the place of the identifiers of people in facts."""

from typing import Final

import polars as pl

from shared.ingestion.table_names import TableName
from shared.ingestion.tables import IDENTIFIERS, Table
from shared.ingestion.working.known_people import named

_IDENTIFIER: Final = "identifier"
"""What stands for the system where an identifier is no system's own."""


def pseudonymised(facts: pl.DataFrame, table: Table, key: bytes, system: str) -> pl.DataFrame:
    """Return facts whose people are pseudonyms under the tenant's key.

    A person is named by the system that knows them. Of their other identifiers equal ones become equal
    pseudonyms, whichever system states them and in whichever column, so that people can be matched by them.
    """
    systems = dict.fromkeys(sorted(table.people), system)
    if table.name is TableName.PERSON:
        systems |= dict.fromkeys(IDENTIFIERS, _IDENTIFIER)
    return facts.with_columns(
        named(_comparable(facts[column], column), key, kind).alias(column) for column, kind in systems.items()
    )


def _comparable(ids: pl.Series, column: str) -> pl.Series:
    return ids.str.to_lowercase() if column in IDENTIFIERS else ids
