"""Compares what came of a file with the truth about it, to the row, one part of its facts at a time."""

import io
from collections.abc import AsyncIterator, Iterator

import polars as pl

from scripts.lib.simulation.notes import fact_schema
from scripts.lib.simulation.truth import FileTruth, MemberTruth
from scripts.lib.simulation.writing import Written
from shared.bootstrap import Services
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.tables import TABLES
from shared.ingestion.working.people import pseudonymised
from shared.kernel.scope import TenantScope

_PAGE = 1000
_SHOWN = 5


async def differences(services: Services, scope: TenantScope, ingest: Ingest, written: Written) -> list[str]:
    """Return how an ended ingest differs from the truth: nothing when it is as it must be."""
    truth = written.truth
    found = [*_of_counts(ingest, truth), *_of_warnings(ingest, truth)]
    if ingest.state is not IngestState.FOLDED:
        return found
    found += _of_rejects(await _rejects(services, scope, ingest), written)
    for member in truth.members:
        async for difference in _of_facts(services, scope, ingest, member, written):
            found.append(difference)
    return found


def _of_counts(ingest: Ingest, truth: FileTruth) -> Iterator[str]:
    code = ingest.failure.code if ingest.failure else None
    ends = {IngestState.FOLDED, IngestState.DUPLICATE} if truth.repeats else {IngestState.FOLDED}
    if code != truth.failure or (code is None and ingest.state not in ends):
        detail = ingest.failure.detail if ingest.failure else ""
        yield f"is {ingest.state} ({code} {detail}), expected failure {truth.failure}"
        return
    progress = ingest.progress
    counts = (progress.records, progress.accepted, progress.rejected, progress.facts)
    expected = (truth.records, truth.accepted, truth.rejects_in_all, truth.facts)
    if ingest.state is IngestState.FOLDED and counts != expected:
        yield f"records, accepted, rejected, facts are {counts}, not {expected}"


def _of_warnings(ingest: Ingest, truth: FileTruth) -> Iterator[str]:
    told = " ".join(ingest.warnings)
    for name in truth.unread:
        if ingest.state is IngestState.FOLDED and name not in told:
            yield f"does not report that {name} was not read"


def _of_rejects(found: set[tuple[object, ...]], written: Written) -> Iterator[str]:
    expected = {
        (member.name, *reject)
        for member in written.truth.members
        for reject in pl.read_parquet(written.notes.rejects(member.part)).drop("column").iter_rows()
    }
    for rejected in [*(found - expected)][:_SHOWN]:
        yield f"rejected, but is sound or another: {rejected}"
    for missed in [*(expected - found)][:_SHOWN]:
        yield f"not rejected: {missed}"


async def _rejects(services: Services, scope: TenantScope, ingest: Ingest) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    position: str | None = None
    while True:
        page = await services.ingest_views.rejects(scope, ingest.id, _PAGE, position)
        found |= {(one.member, one.record, one.byte, one.code.value) for one in page.items}
        if (position := page.cursor) is None:
            return found


async def _of_facts(
    services: Services, scope: TenantScope, ingest: Ingest, member: MemberTruth, written: Written
) -> AsyncIterator[str]:
    """Compare the facts of a member, part by part of the ingest."""
    schema, system = fact_schema(member.table), written.wish.mapping.system
    key = await services.pseudonym_keys.key(scope)
    truth, at = pl.scan_parquet(written.notes.facts(member.part)), 0
    async for part in _parts(services, scope, ingest, member):
        meant = truth.slice(at, part.height).collect()
        at += part.height
        expected = pseudonymised(meant, TABLES[member.table], key, system)
        got = part.select(schema.names())
        if not got.equals(expected):
            pairs = zip(got.iter_rows(), expected.iter_rows(), strict=False)
            for read, said in (pair for pair in pairs if pair[0] != pair[1]):
                yield f"{member.name} gave the fact {read}, not {said}"
                return
    if at != member.facts:
        yield f"{member.name} gave {at} facts, not {member.facts}"


async def _parts(
    services: Services, scope: TenantScope, ingest: Ingest, member: MemberTruth
) -> AsyncIterator[pl.DataFrame]:
    """Yield the parts of an ingest that are of a member, in the order of its chunks."""
    for done in await services.commit_ledger.chunks(scope, ingest.id):
        part = done.part
        if part is None or part.table is not member.table:
            continue
        content = await services.lake_blobs.read(scope, part.path, 0, part.size)
        frame = pl.read_parquet(io.BytesIO(content), hive_partitioning=False)
        if frame["member"][0] == member.name:
            yield frame
