"""Checks what a genuine bundle holds of one chunk, and makes of it what the work on the chunk would give.

The appliance did the work, but what becomes visible is decided here: facts of exactly the schema, people by
pseudonyms only, records of this chunk, and the counts that the manifest states.
"""

import io
from collections.abc import Iterator
from typing import Final

import polars as pl

from shared.ingestion.bundles.manifest import PackedChunk, facts_name, rejects_name
from shared.ingestion.bundles.refusals import unsound
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import IDENTIFIERS, NAME, Table
from shared.ingestion.working.verdicts import REJECTS
from shared.ingestion.working.work import Task, Work, stamped
from shared.kernel.errors import Violation

_PSEUDONYM: Final = r"^l[0-9a-f]{24}$"


def checked(data: bytes, packed: PackedChunk, task: Task) -> Work:
    """Return the work on a chunk that `data` holds, facts first; `BundleRefused` names what is wrong."""
    facts = task.part.canonical.schema.to_frame()
    if packed.facts is not None:
        facts = _facts(data[: packed.facts.size], packed, task)
    rejects = pl.DataFrame(schema=REJECTS)
    if packed.rejects is not None:
        rejects = _rejects(data[len(data) - packed.rejects.size :], packed, task)
    return Work(stamped(facts, task), rejects, packed.records)


def _facts(content: bytes, packed: PackedChunk, task: Task) -> pl.DataFrame:
    place, table = facts_name(task.chunk.n), task.part.canonical
    try:
        footer = pl.scan_parquet(io.BytesIO(content), hive_partitioning=False)
        if footer.collect_schema() != table.schema:
            raise unsound(Violation(place, f"does not have the columns of table {table.name}"))
        rows = footer.select(pl.len()).collect().item()
        if packed.facts is None or rows != packed.facts.rows:
            raise unsound(Violation(place, f"has {rows} rows, other than the manifest says"))
        facts = footer.collect()
    except pl.exceptions.PolarsError:
        raise unsound(Violation(place, "is no readable Parquet file")) from None
    violations = [Violation(f"{place}, column {column}", why) for column, why in _faults(facts, table)]
    violations += _strays(facts["record"], packed, place)
    if violations:
        raise unsound(*violations)
    return facts


def _faults(facts: pl.DataFrame, table: Table) -> Iterator[tuple[str, str]]:
    """Yield the columns that hold what they may not, without a word of it."""
    people = [*sorted(table.people), *(IDENTIFIERS if table.name is TableName.PERSON else ())]
    for column in people:
        if not facts[column].drop_nulls().str.contains(_PSEUDONYM).all():
            yield column, "holds something else than pseudonyms"
    if table.name is TableName.PERSON and facts[NAME].null_count() < facts.height:
        yield NAME, "holds names, which stay in the district"
    alive = facts.filter(~pl.col("deleted").fill_null(value=False))
    for column in sorted(table.required):
        if alive[column].null_count():
            yield column, "lacks values"


def _rejects(content: bytes, packed: PackedChunk, task: Task) -> pl.DataFrame:
    place = rejects_name(task.chunk.n)
    try:
        rejects = pl.read_ndjson(content, schema=REJECTS)
    except pl.exceptions.PolarsError:
        raise unsound(Violation(place, "does not hold rejects")) from None
    counts = dict(rejects.group_by("code").len().iter_rows())
    if counts != {code.value: count for code, count in packed.reject_counts.items()}:
        raise unsound(Violation(place, "does not hold the rejects that the manifest counts"))
    strays = _strays(rejects["record"], packed, place)
    if strays:
        raise unsound(*strays)
    return rejects


def _strays(records: pl.Series, packed: PackedChunk, place: str) -> list[Violation]:
    """Check that rows are of records of the chunk."""
    last = packed.first_record + packed.records - 1
    if records.is_between(packed.first_record, last).all() and not records.null_count():
        return []
    return [Violation(place, "holds records of another chunk")]
