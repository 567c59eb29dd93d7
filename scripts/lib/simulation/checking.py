"""Compares what came of a file with the truth about it, to the row."""

import io
from collections.abc import Iterator

import polars as pl

from scripts.lib.simulation.truth import FileTruth, MemberTruth
from shared.bootstrap import Services
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.people import pseudonymised
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.kernel.scope import TenantScope

_PAGE = 1000


async def differences(
    services: Services, scope: TenantScope, ingest: Ingest, truth: FileTruth, mapping: Mapping
) -> list[str]:
    """Return how an ended ingest differs from the truth: nothing when it is as it must be."""
    found = list(_of_counts(ingest, truth))
    if ingest.state is not IngestState.FOLDED:
        return found
    found += _of_rejects(await _rejects(services, scope, ingest), truth)
    facts = await _facts(services, scope, ingest)
    key = await services.pseudonym_keys.key(scope)
    for member in truth.members:
        own = [frame for frame in facts[member.table] if frame["member"][0] == member.name]
        found += _of_facts(own, member, key, mapping.system)
    return found


def _of_counts(ingest: Ingest, truth: FileTruth) -> Iterator[str]:
    code = ingest.failure.code if ingest.failure else None
    if code != truth.failure or (code is None and ingest.state is not IngestState.FOLDED):
        detail = ingest.failure.detail if ingest.failure else ""
        yield f"is {ingest.state} ({code} {detail}), expected failure {truth.failure}"
        return
    progress = ingest.progress
    counts = (progress.records, progress.accepted, progress.rejected, progress.facts)
    expected = (truth.records, truth.accepted, truth.rejects_in_all, truth.facts)
    if truth.failure is None and counts != expected:
        yield f"records, accepted, rejected, facts are {counts}, not {expected}"


def _of_rejects(found: list[tuple[object, ...]], truth: FileTruth) -> Iterator[str]:
    expected = [
        (member.name, reject.record, reject.byte, reject.code.value)
        for member in truth.members
        for reject in member.rejects
    ]
    for rejected in [*(set(found) - set(expected))][:5]:
        yield f"rejected, but is sound or another: {rejected}"
    for missed in [*(set(expected) - set(found))][:5]:
        yield f"not rejected: {missed}"


def _of_facts(found: list[pl.DataFrame], member: MemberTruth, key: bytes, system: str) -> Iterator[str]:
    table = TABLES[member.table]
    schema = {name: kind for name, kind in table.schema.items() if name in {*table.from_record, "member"}}
    meant = pseudonymised(pl.DataFrame(member.facts, schema=schema, orient="row"), table, key, system)
    read = pl.concat([frame.select(list(schema)) for frame in found]) if found else meant.clear()
    if read.height != meant.height:
        yield f"{member.name} gave {read.height} facts, not {meant.height}"
    for got, expected in zip(read.iter_rows(), meant.iter_rows(), strict=False):
        if got != expected:
            yield f"{member.name} gave the fact {got}, not {expected}"
            return


async def _rejects(services: Services, scope: TenantScope, ingest: Ingest) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    position: str | None = None
    while True:
        page = await services.ingest_views.rejects(scope, ingest.id, _PAGE, position)
        found += [(one.member, one.record, one.byte, one.code.value) for one in page.items]
        if (position := page.cursor) is None:
            return found


async def _facts(
    services: Services, scope: TenantScope, ingest: Ingest
) -> dict[TableName, list[pl.DataFrame]]:
    """Return the parts of an ingest by table, in the order of its chunks."""
    found: dict[TableName, list[pl.DataFrame]] = {table: [] for table in TableName}
    for done in await services.commit_ledger.chunks(scope, ingest.id):
        if done.part is not None:
            content = await services.lake_blobs.read(scope, done.part.path, 0, done.part.size)
            found[done.part.table].append(pl.read_parquet(io.BytesIO(content), hive_partitioning=False))
    return found
