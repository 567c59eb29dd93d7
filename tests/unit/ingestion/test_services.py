"""Uploads, landing, sweeping and views, on doubles of their ports."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.ingestion.events import Outgoing
from shared.ingestion.following.ingest_views import IngestViews
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import BlobFacts, Versioned
from shared.ingestion.resuming.sweeper import Sweeper
from shared.ingestion.views import IngestView, RejectView, UploadView
from shared.ingestion.ways.landing import Landed
from shared.kernel.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Unavailable,
    WrongStamp,
)
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from tests.fixtures.ingestion import MemoryIngests, MemoryLanding, Pipeline
from tests.fixtures.messaging import tenant_scope

HEADER = b"student_id,course_id,assessment_id,assessment_title,status,score\n"
GOOD = b"1,c,a,t,graded,5\n"
BAD = b"1,c,a,t,graded,five\n"


async def test_an_upload_names_one_blob_of_its_tenant_for_an_hour() -> None:
    pipeline = Pipeline()

    granted = await pipeline.uploads.request_upload(pipeline.scope, r"C:\a/grades?.csv", 10)

    assert granted.upload.blob == f"harbor/{granted.upload.id}/grades_.csv"
    assert granted.upload.expires_at - granted.upload.created_at == timedelta(hours=1)
    assert UploadView.of(granted).model_dump(mode="json")["ingestId"] == granted.upload.id


async def test_an_upload_record_outlives_a_late_event_and_does_not_stay_for_ever() -> None:
    pipeline = Pipeline()
    upload = (await pipeline.uploads.request_upload(pipeline.scope, "a.csv")).upload
    document = pipeline.ingests.documents["harbor", upload.id, "upload"]
    assert timedelta(days=1, hours=1) < timedelta(seconds=document["ttl"]) <= timedelta(days=30)


async def test_a_district_with_an_appliance_takes_no_direct_upload() -> None:
    pipeline = Pipeline()
    pipeline.rules.direct = False

    with pytest.raises(Forbidden):
        await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    assert not pipeline.ingests.documents


async def test_an_agreement_bounds_what_is_announced_and_what_lands() -> None:
    pipeline = Pipeline()
    pipeline.rules.largest = len(HEADER)
    with pytest.raises(TooLarge):
        await pipeline.uploads.request_upload(pipeline.scope, "a.csv", len(HEADER + GOOD))
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv")
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD)
    assert await pipeline.receive(granted.upload) is Landed.NEW

    ingest = (await pipeline.ingests.get(pipeline.scope, granted.upload.id)).value
    assert ingest.failure is not None
    assert (ingest.state, ingest.failure.code) == (IngestState.FAILED, "too-large")
    assert not pipeline.ingests.outbox


async def test_a_landing_without_an_upload_record_of_that_tenant_is_nobodys() -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    upload = granted.upload
    pipeline.blobs.put(upload.blob, GOOD)
    for tenant, upload_id, name in (
        ("lagoon", upload.id, "a.csv"),
        ("harbor", new_id(), "a.csv"),
        ("harbor", upload.id, "b.csv"),
        ("harbor", "x", "a.csv"),
        ("Not A Tenant", upload.id, "a.csv"),
    ):
        with pytest.raises(NotFound):
            await pipeline.landing.receive(tenant, upload_id, name)

    assert not pipeline.ingests.outbox


async def test_a_landing_of_a_tenant_that_has_moved_away_is_refused_with_its_upload_record() -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "attempts.csv")
    pipeline.blobs.put(granted.upload.blob, b"x")
    pipeline.residency.elsewhere.add(pipeline.scope.tenant_id)
    with pytest.raises(WrongStamp):
        await pipeline.receive(granted.upload)
    assert await pipeline.ingests.find(pipeline.scope, granted.upload.id) is None


async def test_a_landing_event_that_comes_again_starts_nothing() -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD)

    assert await pipeline.receive(granted.upload) is Landed.NEW
    assert await pipeline.receive(granted.upload) is Landed.REPEATED
    assert len(pipeline.ingests.outbox) == 1


@pytest.mark.parametrize(("feed", "warned"), [(None, False), ("attempts", False), ("atempts", True)])
async def test_a_sender_hears_that_the_feed_they_named_does_not_exist(feed: str | None, warned: bool) -> None:
    pipeline = Pipeline()
    ingest_id = await pipeline.upload("a.csv", HEADER + GOOD, feed)
    await pipeline.carry()
    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert ingest.state is IngestState.WORKED
    assert any("named a feed" in warning for warning in ingest.warnings) is warned


async def test_a_blob_that_is_completed_before_planning_is_read_whole() -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    pipeline.blobs.put(granted.upload.blob, HEADER)
    await pipeline.receive(granted.upload)
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD)

    assert await pipeline.receive(granted.upload) is Landed.REWRITTEN
    await pipeline.carry()
    assert (await pipeline.ingests.get(pipeline.scope, granted.upload.id)).value.progress.records == 1


async def test_a_blob_that_is_written_again_later_is_refused_visibly() -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD)
    await pipeline.receive(granted.upload)
    await pipeline.carry()
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD + GOOD)

    assert await pipeline.receive(granted.upload) is Landed.TOO_LATE
    assert await pipeline.receive(granted.upload) is Landed.REPEATED
    ingest = (await pipeline.ingests.get(pipeline.scope, granted.upload.id)).value
    assert ingest.progress.records == 1
    assert "written again" in ingest.warnings[0]


async def test_a_blob_that_is_written_again_is_noted_when_a_chunk_ends_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline()
    granted = await pipeline.uploads.request_upload(pipeline.scope, "a.csv", 10)
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD)
    await pipeline.receive(granted.upload)
    await pipeline.carry()
    pipeline.blobs.put(granted.upload.blob, HEADER + GOOD + GOOD)
    save, lost = pipeline.ingests.save, [PreconditionFailed()]

    async def save_after_another(
        scope: TenantScope, ingest: Versioned[Ingest], *, outgoing: Sequence[Outgoing] = ()
    ) -> None:
        if lost:
            raise lost.pop()
        await save(scope, ingest, outgoing=outgoing)

    monkeypatch.setattr(MemoryIngests, "save", staticmethod(save_after_another))
    assert await pipeline.receive(granted.upload) is Landed.TOO_LATE
    assert (await pipeline.ingests.get(pipeline.scope, granted.upload.id)).value.warnings


async def test_a_sweep_asks_for_the_step_that_a_stuck_ingest_waits_for() -> None:
    pipeline = Pipeline(chunk_bytes=20)
    ingest_id = await pipeline.upload("a.csv", HEADER + GOOD * 6)
    sweeper = Sweeper(pipeline.ingests, pipeline.clock)
    asked = []
    for state in (IngestState.LANDED, IngestState.PLANNED, IngestState.WORKING, IngestState.WORKED):
        pipeline.clock.advance(timedelta(minutes=16))
        pipeline.ingests.outbox.clear()
        assert (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.state is state
        assert await sweeper.sweep(pipeline.scope) == 1
        asked.append([(m.event.type, m.event.data.get("chunk")) for m in pipeline.ingests.outbox])
        if state is IngestState.LANDED:
            await pipeline.planner.plan(pipeline.scope, ingest_id)
        elif state is IngestState.PLANNED:
            await pipeline.worker.work(pipeline.scope, ingest_id, 1)
        else:
            await pipeline.carry()

    assert asked == [
        [("ingestion.landed", None)],
        [("ingestion.chunk-ready", n) for n in (0, 1, 2)],
        [("ingestion.chunk-ready", n) for n in (0, 2)],
        [("ingestion.worked", None)],
    ]


async def test_a_blob_whose_event_was_lost_is_received_all_the_same_and_an_upload_without_one_is_not() -> (
    None
):
    pipeline = Pipeline()
    written, abandoned = [await pipeline.uploads.request_upload(pipeline.scope, "a.csv") for _ in range(2)]
    pipeline.blobs.put(written.upload.blob, HEADER + GOOD)

    early = await pipeline.landing.catch_up(pipeline.scope)
    pipeline.clock.advance(timedelta(minutes=16))
    caught = [await pipeline.landing.catch_up(pipeline.scope) for _ in range(2)]

    assert (early, caught) == (0, [1, 0])
    assert await pipeline.ingests.find(pipeline.scope, written.upload.id)
    assert await pipeline.ingests.find(pipeline.scope, abandoned.upload.id) is None


async def test_a_fault_at_one_blob_keeps_no_other_from_being_caught_up_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline()
    broken, sound = [await pipeline.uploads.request_upload(pipeline.scope, "a.csv") for _ in range(2)]
    for one in (broken, sound):
        pipeline.blobs.put(one.upload.blob, HEADER + GOOD)
    facts = MemoryLanding.facts

    async def answers_for_one(blobs: MemoryLanding, scope: TenantScope, blob: str) -> BlobFacts:
        if blob == broken.upload.blob:
            raise Unavailable
        return await facts(blobs, scope, blob)

    monkeypatch.setattr(MemoryLanding, "facts", answers_for_one)
    pipeline.clock.advance(timedelta(minutes=16))
    with pytest.raises(ExceptionGroup):
        await pipeline.landing.catch_up(pipeline.scope)

    assert await pipeline.ingests.find(pipeline.scope, sound.upload.id)
    assert await pipeline.ingests.find(pipeline.scope, broken.upload.id) is None


async def test_a_sweep_leaves_alone_what_moves_and_what_it_has_just_asked_for() -> None:
    pipeline = Pipeline()
    await pipeline.upload("a.csv", HEADER + GOOD)
    sweeper = Sweeper(pipeline.ingests, pipeline.clock)

    assert await sweeper.sweep(pipeline.scope) == 0
    pipeline.clock.advance(timedelta(minutes=16))
    assert [await sweeper.sweep(pipeline.scope), await sweeper.sweep(pipeline.scope)] == [1, 0]


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
async def test_rejects_are_paged_in_the_order_of_the_file(limit: int) -> None:
    pipeline = Pipeline(chunk_bytes=60)
    content = HEADER + b"".join(BAD if n % 4 == 3 else GOOD for n in range(40))
    ingest = await pipeline.run("a.csv", content)
    views = IngestViews(pipeline.ingests, pipeline.lake)

    records: list[int] = []
    position: str | None = None
    for _ in range(30):
        page = await views.rejects(pipeline.scope, ingest.id, limit, position)
        assert len(page.items) <= limit
        records += [reject.record for reject in page.items]
        for reject in page.items:
            assert content[reject.byte : reject.byte + reject.length] == BAD
        position = page.cursor
        if position is None:
            break

    assert records == [n + 2 for n in range(40) if n % 4 == 3]
    shown = RejectView.of(page.items[-1]).model_dump(mode="json") if page.items else {"column": "score"}
    assert shown["column"] == "score"


async def test_views_of_another_tenant_and_of_nothing_are_not_found() -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run("a.csv", HEADER + GOOD)
    views = IngestViews(pipeline.ingests, pipeline.lake)

    assert IngestView.of((await views.ingest(pipeline.scope, ingest.id)).value).accepted == 1
    for scope, ingest_id in (
        (tenant_scope("lagoon"), ingest.id),
        (pipeline.scope, new_id()),
        (pipeline.scope, "x"),
    ):
        with pytest.raises(NotFound):
            await views.rejects(scope, ingest_id, 5, None)
    with pytest.raises(InvalidInput):
        await views.rejects(pipeline.scope, ingest.id, 5, "nonsense")
    assert (await views.ingests(tenant_scope("lagoon"), 5, None)).items == ()


async def test_an_ingest_whose_work_is_given_up_ends_with_the_reason() -> None:
    pipeline = Pipeline(chunk_bytes=20)
    ingest_id = await pipeline.upload("a.csv", HEADER + GOOD * 6)
    await pipeline.planner.plan(pipeline.scope, ingest_id)
    await pipeline.worker.give_up(pipeline.scope, ingest_id, "deliveries-exhausted")
    await pipeline.carry()

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert ingest.state is IngestState.FAILED
    assert ingest.failure is not None
    assert (ingest.failure.code, "deliveries-exhausted" in ingest.failure.detail) == ("given-up", True)
    assert await Sweeper(pipeline.ingests, pipeline.clock, patience=timedelta(0)).sweep(pipeline.scope) == 0


async def test_an_ingest_that_is_worked_goes_on_when_a_late_copy_of_its_work_is_given_up() -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run("a.csv", HEADER + GOOD)
    await pipeline.worker.give_up(pipeline.scope, ingest.id, "deliveries-exhausted")
    assert (await pipeline.ingests.get(pipeline.scope, ingest.id)).value.state is IngestState.WORKED
