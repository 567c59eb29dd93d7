"""The repository of ingests over the real SDK: batches with events, guarded replacement, lists."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.ingestion.events import chunk_ready, landed
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import (
    Chunk,
    ChunkDone,
    Dialect,
    Ingest,
    IngestState,
    Layout,
    Measure,
    Part,
    Plan,
    PlannedMember,
    Recognition,
    Upload,
)
from shared.ingestion.ports import PlannedFile, Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Conflict, NotFound, PreconditionFailed
from shared.kernel.ids import new_id, uuid7_at
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.cosmos.keeping import CosmosKeptIngests
from shared.platform.cosmos.scoped import ScopedContainer
from tests.fixtures.messaging import FixedClock

CLOCK = FixedClock()
NOW = CLOCK.now()


def an_upload(upload_id: str) -> Upload:
    return Upload(
        id=upload_id,
        file_name="attempts.csv",
        blob=f"t/{upload_id}/attempts.csv",
        size=12,
        size_limit=1000,
        feed_hint=None,
        created_at=NOW,
        created_by="person:1",
        expires_at=NOW + timedelta(hours=1),
    )


def an_ingest(ingest_id: str, minutes: int = 0) -> Ingest:
    return Ingest(
        id=ingest_id,
        state=IngestState.LANDED,
        file_name="attempts.csv",
        blob=f"t/{ingest_id}/attempts.csv",
        etag='"0x1"',
        size=12,
        reached={IngestState.LANDED: NOW + timedelta(minutes=minutes)},
    )


def a_plan(ingest_id: str) -> Plan:
    measure = Measure(values={"score": 5}, constants={"line_item": "7", "max_score": "10"})
    layout = Layout(
        dialect=Dialect(separator=";", decimal=","),
        header=("Student", "ID"),
        constants={"course": "alg"},
        measures=(measure,),
        body_offset=11,
    )
    member = PlannedMember(name="a.csv", part="attempts", layout=layout, size=161)
    return Plan(ingest_id, (member,), (Chunk(0, 11, 100, 2, 5), Chunk(1, 111, 50, 7, 3)))


def a_chunk(n: int, rejected: int) -> ChunkDone:
    return ChunkDone(
        n=n,
        part=Part("results/x.parquet", 10, 4),
        accepted=4,
        rejected=rejected,
        rejects={"bad-number": rejected},
    )


RESULTS = Target(TableName.RESULTS, Load.REPLACE, (), 0.5)
PINS = Recognition(
    sha256="ab", feed="attempts", mapping_version=1, engine_version=1, source="attempts.x", targets=(RESULTS,)
)


async def test_an_upload_is_found_by_its_own_tenant_only(
    ingests: CosmosIngests, scope: TenantScope, other: TenantScope
) -> None:
    upload = an_upload(new_id())
    await ingests.add_upload(scope, upload)

    assert await ingests.find_upload(scope, upload.id) == upload
    assert await ingests.find_upload(other, upload.id) is None
    with pytest.raises(Conflict):
        await ingests.add_upload(scope, upload)


async def test_an_ingest_comes_with_its_event_or_not_at_all(
    ingests: CosmosIngests, scoped: ScopedContainer, scope: TenantScope
) -> None:
    ingest = an_ingest(new_id())
    await ingests.add_upload(scope, an_upload(ingest.id))
    await ingests.add(scope, ingest, [landed(scope, ingest, CLOCK)])
    with pytest.raises(Conflict):
        await ingests.add(scope, ingest, [landed(scope, ingest, CLOCK)])

    assert (await ingests.get(scope, ingest.id)).value == ingest
    events = await scoped.query(scope, "c.kind = 'outbox'", {}, level=ingest.id, limit=10)
    assert [event["destination"] for event in events.items] == ["ingest-small"]


async def test_an_upload_is_overlooked_until_it_becomes_an_ingest(
    ingests: CosmosIngests, scope: TenantScope
) -> None:
    hour, waiting, become = timedelta(hours=1), new_id(), new_id()
    for upload_id in (waiting, become):
        await ingests.add_upload(scope, an_upload(upload_id))
    await ingests.add(scope, an_ingest(become), [])

    assert [upload.id async for upload in ingests.overlooked(scope, NOW - hour, NOW)] == [waiting]
    assert [upload.id async for upload in ingests.overlooked(scope, NOW - 2 * hour, NOW - hour)] == []


async def test_an_upload_that_was_never_sent_is_found_however_old_and_forgotten(
    ingests: CosmosIngests, scoped: ScopedContainer, scope: TenantScope
) -> None:
    never, become = new_id(), new_id()
    for upload_id in (never, become):
        await ingests.add_upload(scope, an_upload(upload_id))
    await ingests.add(scope, an_ingest(become), [])
    kept = CosmosKeptIngests(scoped)

    assert [upload_id async for upload_id in kept.unsent(scope, NOW - timedelta(seconds=1))] == []
    assert [upload_id async for upload_id in kept.unsent(scope, NOW)] == [never]
    await kept.forget(scope, never)

    assert await ingests.find_upload(scope, never) is None
    assert await ingests.find_upload(scope, become) is not None
    assert [upload_id async for upload_id in kept.unsent(scope, NOW)] == []


async def test_a_stale_ingest_replaces_nothing_and_sends_nothing(
    ingests: CosmosIngests, scoped: ScopedContainer, scope: TenantScope
) -> None:
    ingest = an_ingest(new_id())
    await ingests.add_upload(scope, an_upload(ingest.id))
    await ingests.add(scope, ingest, [])
    found = await ingests.get(scope, ingest.id)
    planned = replace(found.value.to(IngestState.PLANNED, NOW), recognition=PINS)
    plan = a_plan(ingest.id)
    await ingests.save(scope, Versioned(planned, found.etag), beside=plan)

    with pytest.raises(PreconditionFailed):
        await ingests.save(
            scope, Versioned(planned, found.etag), outgoing=[chunk_ready(scope, planned, 0, CLOCK)]
        )
    assert await ingests.plan(scope, ingest.id) == plan
    assert (await ingests.get(scope, ingest.id)).value == planned
    events = await scoped.query(scope, "c.kind = 'outbox'", {}, level=ingest.id, limit=10)
    assert events.items == []


async def test_a_chunk_is_marked_once(ingests: CosmosIngests, scope: TenantScope) -> None:
    ingest = an_ingest(new_id())
    await ingests.add_upload(scope, an_upload(ingest.id))
    await ingests.add(scope, ingest, [])
    assert await ingests.find_chunk(scope, ingest.id, 0) is None
    for n, rejected in ((0, 0), (1, 2), (2, 1)):
        found = await ingests.get(scope, ingest.id)
        await ingests.save(scope, found, beside=a_chunk(n, rejected))
    found = await ingests.get(scope, ingest.id)

    with pytest.raises(Conflict):
        await ingests.save(scope, found, beside=a_chunk(1, 0))
    assert await ingests.find_chunk(scope, ingest.id, 1) == a_chunk(1, 2)
    assert await ingests.chunks_done(scope, ingest.id) == {0, 1, 2}
    assert await ingests.chunks_with_rejects(scope, ingest.id, 0) == (1, 2)
    assert await ingests.chunks_with_rejects(scope, ingest.id, 2) == (2,)


async def test_ingests_are_listed_newest_first_page_by_page(
    ingests: CosmosIngests, scope: TenantScope, other: TenantScope
) -> None:
    ids = [uuid7_at(1_000_000 + n) for n in range(5)]
    for n, ingest_id in enumerate(ids):
        await ingests.add_upload(scope, an_upload(ingest_id))
        await ingests.add(scope, an_ingest(ingest_id, minutes=n), [])

    first = await ingests.page(scope, 3, None)
    second = await ingests.page(scope, 3, first.cursor)

    assert [i.id for i in (*first.items, *second.items)] == ids[::-1]
    assert second.cursor is None
    assert (await ingests.page(other, 3, None)).items == ()


async def test_only_ingests_that_stand_still_are_stuck(ingests: CosmosIngests, scope: TenantScope) -> None:
    still, moving, ended = new_id(), new_id(), new_id()
    for ingest_id in (still, moving, ended):
        await ingests.add_upload(scope, an_upload(ingest_id))
        await ingests.add(scope, an_ingest(ingest_id), [])
    found = await ingests.get(scope, moving)
    later = found.value.to(IngestState.PLANNED, NOW + timedelta(hours=1))
    await ingests.save(scope, Versioned(later, found.etag))
    found = await ingests.get(scope, ended)
    await ingests.save(scope, Versioned(found.value.to(IngestState.DUPLICATE, NOW), found.etag))

    stuck = await ingests.stuck(scope, NOW + timedelta(minutes=30))

    assert [entry.value.id for entry in stuck] == [still]


async def test_the_newest_planned_file_is_replaced_by_who_saw_it_only(
    ingests: CosmosIngests, scope: TenantScope
) -> None:
    assert await ingests.planned_file(scope, "attempts.x") is None
    await ingests.note_planned(scope, "attempts.x", PlannedFile("1", "aa"), None)
    with pytest.raises(Conflict):
        await ingests.note_planned(scope, "attempts.x", PlannedFile("2", "bb"), None)
    seen = await ingests.planned_file(scope, "attempts.x")
    assert seen is not None
    await ingests.note_planned(scope, "attempts.x", PlannedFile("2", "bb"), seen.etag)
    with pytest.raises(PreconditionFailed):
        await ingests.note_planned(scope, "attempts.x", PlannedFile("3", "cc"), seen.etag)

    again = await ingests.planned_file(scope, "attempts.x")
    assert again is not None
    assert again.value == PlannedFile("2", "bb")


async def test_an_unknown_ingest_is_not_found(ingests: CosmosIngests, scope: TenantScope) -> None:
    assert await ingests.find(scope, new_id()) is None
    with pytest.raises(NotFound):
        await ingests.get(scope, new_id())
    with pytest.raises(NotFound):
        await ingests.plan(scope, new_id())
