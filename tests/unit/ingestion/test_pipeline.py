"""A file from upload to worked: every record accounted for, whatever its size, style and faults."""

import io
from collections.abc import Awaitable, Callable
from datetime import timedelta

import polars as pl
import pytest

from scripts.lib.demo_files import Style, Truth, write_attempts, write_gradebook
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.resuming.sweeper import Sweeper
from shared.ingestion.tables import RESULTS
from shared.ingestion.working.begun import Begun
from shared.ingestion.working.worker import Worker
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.ingestion import MemoryIngests, MemoryLanding, Pipeline

PLAIN = Style()
STYLES = [
    PLAIN,
    Style(bom=True, line_end="\r\n"),
    Style(separator=";", decimal=","),
    Style(separator=",", decimal=","),
    Style(separator="\t"),
]


def attempts(seed: int = 1, rows: int = 400, style: Style = PLAIN) -> tuple[bytes, Truth]:
    out = io.BytesIO()
    truth = write_attempts(out, seed=seed, rows=rows, courses=["alg", "bio", "geo"], style=style)
    return out.getvalue(), truth


def gradebook(seed: int = 1, rows: int = 60, style: Style = PLAIN) -> tuple[bytes, Truth]:
    out = io.BytesIO()
    truth = write_gradebook(out, seed=seed, rows=rows, course="ALG_1", style=style)
    return out.getvalue(), truth


def assert_true(pipeline: Pipeline, ingest: Ingest, truth: Truth) -> None:
    """Check an ingest against the truth, to the row."""
    progress = ingest.progress
    assert (ingest.state, ingest.failure) == (IngestState.WORKED, None)
    assert (progress.records, progress.facts) == (truth.records, truth.facts)
    assert progress.rejects == truth.rejects
    assert progress.accepted + progress.rejected == progress.records
    facts = pipeline.facts(ingest)
    assert facts.schema == RESULTS.schema
    assert not [name for name in RESULTS.never_null if facts[name].null_count()]
    latest = facts.unique(["course", "line_item", "learner"], keep="last", maintain_order=True)
    for course, expected in truth.courses.items():
        results = latest.filter(course=course)
        counted = results.filter(pl.col("status") == "fully-graded").drop_nulls("score")
        assert (results.height, counted.height) == (expected.results, expected.scored)
        percent = (counted["score"].cast(pl.Float64) * 100 / counted["max_score"].cast(pl.Float64)).mean()
        assert percent == pytest.approx(expected.mean_percent)


@pytest.mark.parametrize("style", STYLES)
async def test_attempts_in_any_style_come_to_the_truth(style: Style) -> None:
    content, truth = attempts(style=style)
    pipeline = Pipeline()

    ingest = await pipeline.run("attempts-2026-03-01.csv", content)

    assert ingest.progress.chunks > 5
    assert_true(pipeline, ingest, truth)


@pytest.mark.parametrize("style", STYLES)
async def test_a_gradebook_in_any_style_comes_to_the_truth(style: Style) -> None:
    content, truth = gradebook(style=style)
    pipeline = Pipeline()

    ingest = await pipeline.run("2026-03-05T1200_Grades-ALG_1.csv", content)

    assert ingest.recognised.source == "canvas-gradebook.ALG_1"
    assert_true(pipeline, ingest, truth)


@pytest.mark.parametrize("chunk_bytes", [1, 500, 3000, 10**6])
async def test_facts_and_rejects_do_not_depend_on_the_cuts(chunk_bytes: int) -> None:
    content, _ = attempts(rows=60)
    content += b'x,"stray quote,1\n0000009,alg,,A"1,t,1,graded,5,10,\n'
    reference = Pipeline(chunk_bytes=10**9, read_bytes=10**9)
    whole = await reference.run("attempts.csv", content)
    pipeline = Pipeline(chunk_bytes=chunk_bytes, read_bytes=333)

    ingest = await pipeline.run("attempts.csv", content)

    same = [name for name in RESULTS.schema if name not in {"ingest_id", "chunk"}]
    assert pipeline.facts(ingest).select(same).equals(reference.facts(whole).select(same))
    assert ingest.progress.rejects == whole.progress.rejects
    assert ingest.progress.rejects["malformed-quoting"] == 2


async def test_each_fact_and_reject_leads_back_to_its_bytes() -> None:
    content, _ = attempts()
    pipeline = Pipeline()

    ingest = await pipeline.run("attempts.csv", content)

    for course, line_item, byte in pipeline.facts(ingest).select("course", "line_item", "byte").iter_rows():
        record = content[byte : content.index(b"Z", byte)].decode()
        assert record.split(",")[1:4:2] == [course, line_item]


async def test_a_file_of_one_chunk_is_worked_in_the_call_that_plans_it() -> None:
    content, truth = attempts(rows=20)
    pipeline = Pipeline(chunk_bytes=10**6)

    ingest = await pipeline.run("attempts.csv", content)

    assert_true(pipeline, ingest, truth)
    assert pipeline.delivered == ["ingestion.landed", "ingestion.worked"]


async def test_no_more_chunks_than_the_window_are_under_way() -> None:
    content, _ = attempts()
    pipeline = Pipeline(window=2)
    await pipeline.upload("attempts.csv", content)
    await pipeline.planner.plan(pipeline.scope, pipeline.ingests.outbox.popleft().event.subject)

    assert [message.event.data["chunk"] for message in pipeline.ingests.outbox] == [0, 1]
    await pipeline.carry()
    assert pipeline.delivered.count("ingestion.worked") == 1


async def test_three_deliveries_of_everything_at_once_change_nothing() -> None:
    content, truth = attempts(rows=100)
    pipeline = Pipeline()
    ingest_id = await pipeline.upload("attempts.csv", content)

    await pipeline.carry(copies=3)

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert_true(pipeline, ingest, truth)
    assert pipeline.delivered.count("ingestion.worked") == 1


async def test_a_process_that_dies_anywhere_leaves_what_a_sweep_and_redelivery_complete() -> None:
    content, truth = attempts(rows=40)

    async def scenario(power: Power) -> None:
        pipeline = Pipeline(chunk_bytes=700, power=power)
        granted = await _until_alive(pipeline, content)
        sweeper = Sweeper(pipeline.ingests, pipeline.clock)
        for _ in range(3):
            try:
                await pipeline.carry()
            except PowerCut:
                pipeline.ingests.outbox.clear()
            pipeline.clock.advance(timedelta(hours=1))
            try:
                await sweeper.sweep(pipeline.scope)
            except PowerCut:
                pipeline.ingests.outbox.clear()
        await pipeline.carry()
        ingest = (await pipeline.ingests.get(pipeline.scope, granted)).value
        assert_true(pipeline, ingest, truth)

    assert await at_every_crash_point(scenario) > 11


async def _until_alive(pipeline: Pipeline, content: bytes) -> str:
    """Upload and land; a cut there is a client that tries again, or a landing event that comes again."""
    for _ in range(3):
        try:
            granted = await pipeline.uploads.request_upload(pipeline.scope, "attempts.csv", len(content))
        except PowerCut:
            continue
        pipeline.blobs.put(granted.upload.blob, content)
        try:
            await pipeline.receive(granted.upload)
        except PowerCut:
            await pipeline.receive(granted.upload)
        return granted.upload.id
    raise Unavailable


async def test_a_b_a_again_is_three_ingests_and_twice_the_same_is_one() -> None:
    first, _ = attempts(seed=1, rows=30)
    second, _ = attempts(seed=2, rows=30)
    pipeline = Pipeline()
    states = []
    for content in (first, first, second, first, first):
        states.append((ingest := await pipeline.run("attempts.csv", content)).state)
        if ingest.state is IngestState.WORKED:
            await pipeline.commit(ingest)

    worked, duplicate = IngestState.WORKED, IngestState.DUPLICATE
    assert states == [worked, duplicate, worked, worked, duplicate]


async def test_the_same_bytes_are_worked_again_while_their_first_ingest_may_still_fail() -> None:
    content, _ = attempts(rows=30)
    pipeline = Pipeline()
    states = [(await pipeline.run("attempts.csv", content)).state for _ in range(2)]
    assert states == [IngestState.WORKED, IngestState.WORKED]


async def test_a_file_from_before_a_duplicate_comes_too_late_though_no_newer_one_was_worked() -> None:
    content, _ = attempts(seed=1, rows=30)
    older, _ = attempts(seed=2, rows=30)
    pipeline = Pipeline()
    await pipeline.commit(await pipeline.run("attempts.csv", content))
    granted = [await pipeline.uploads.request_upload(pipeline.scope, "attempts.csv") for _ in range(2)]
    uploads = sorted((grant.upload for grant in granted), key=lambda upload: upload.id)

    states = []
    for upload, data in ((uploads[1], content), (uploads[0], older)):
        pipeline.blobs.put(upload.blob, data)
        await pipeline.receive(upload)
        await pipeline.carry()
        states.append((await pipeline.ingests.get(pipeline.scope, upload.id)).value.state)

    assert states == [IngestState.DUPLICATE, IngestState.SUPERSEDED]


async def test_the_same_bytes_are_worked_again_after_their_first_ingest_failed() -> None:
    content = (
        b"student_id,course_id,assessment_id,assessment_title,status,score\n" + b"1,c,a,t,graded,x\n" * 9
    )
    pipeline = Pipeline()

    first = await pipeline.run("attempts.csv", content)
    second = await pipeline.run("attempts.csv", content)

    assert [first.state, second.state] == [IngestState.FAILED, IngestState.FAILED]
    assert first.failure is not None
    assert first.failure.code == "too-many-rejects"


async def test_a_blob_that_is_overwritten_while_it_is_worked_fails_its_ingest() -> None:
    content, _ = attempts()
    pipeline = Pipeline()
    ingest_id = await pipeline.upload("attempts.csv", content)
    pipeline.blobs.put(f"harbor/{ingest_id}/attempts.csv", content[:500])

    await pipeline.carry()

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert ingest.failure is not None
    assert (ingest.state, ingest.failure.code) == (IngestState.FAILED, "blob-replaced")


async def test_a_message_that_is_ahead_of_its_documents_is_tried_again() -> None:
    pipeline = Pipeline()
    with pytest.raises(Unavailable):
        await pipeline.planner.plan(pipeline.scope, new_id())
    with pytest.raises(Unavailable):
        await pipeline.worker.work(pipeline.scope, new_id(), 0)
    landed = await pipeline.upload("attempts.csv", attempts(rows=5)[0])
    with pytest.raises(Unavailable):
        await pipeline.worker.work(pipeline.scope, landed, 0)


ATTEMPT = b"student_id,course_id,assessment_id,assessment_title,status,score\n007,c,a,Quiz,graded,5\n"


async def test_a_small_file_is_worked_with_what_its_planning_has_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline, asked = Pipeline(), list[str]()
    ingest_id = await pipeline.upload("a.csv", ATTEMPT)

    def noted[**P, T](name: str, ask: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        async def noting(*args: P.args, **options: P.kwargs) -> T:
            asked.append(name)
            return await ask(*args, **options)

        return noting

    for name in ("find", "plan", "find_chunk"):
        monkeypatch.setattr(MemoryIngests, name, staticmethod(noted(name, getattr(pipeline.ingests, name))))
    monkeypatch.setattr(MemoryLanding, "read", staticmethod(noted("read", pipeline.blobs.read)))
    await pipeline.planner.plan(pipeline.scope, ingest_id)

    assert asked == ["find", "read"]
    monkeypatch.undo()
    assert (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.state is IngestState.WORKED


async def test_what_died_between_plan_and_work_is_worked_when_the_message_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline()
    ingest_id = await pipeline.upload("a.csv", ATTEMPT)

    async def dies(_self: Worker, _scope: TenantScope, _begun: Begun, *, suspect: bool) -> None:
        raise ConnectionAbortedError(suspect)

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "work_all", dies)
        with pytest.raises(ConnectionAbortedError):
            await pipeline.planner.plan(pipeline.scope, ingest_id)
    assert (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.state is IngestState.PLANNED

    await pipeline.planner.plan(pipeline.scope, ingest_id)
    await pipeline.planner.plan(pipeline.scope, ingest_id)

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert (ingest.state, ingest.progress.chunks_done) == (IngestState.WORKED, 1)
