"""What a call of the worker takes on: some chunks of a file one after the other, and who goes on after it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from functions.messages import ingestion
from shared.ingestion import events, policies
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Failure, IngestState
from shared.ingestion.policies import SUSPECT_FROM
from shared.ingestion.ports import Versioned
from shared.ingestion.working.isolating import Isolator
from shared.ingestion.working.seen_ingests import SeenIngests
from shared.ingestion.working.work import Task, Work, work
from shared.kernel.errors import NotFound
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.ingestion import Pipeline
from tests.fixtures.messaging import an_event, tenant_scope
from tests.unit.ingestion.test_pipeline import ATTEMPT, assert_true, attempts


@pytest.fixture
def isolated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The chunks that were worked in isolation; here no process is started for them."""
    chunks = list[int]()

    async def noted(_self: Isolator, data: bytes, task: Task, key: bytes) -> Work:
        chunks.append(task.chunk.n)
        return work(data, task, key)

    monkeypatch.setattr(Isolator, "work", noted)
    return chunks


async def planned(content: bytes | None = None) -> tuple[Pipeline, str]:
    """Return a pipeline with a window of two, and a planned file of many chunks in it."""
    pipeline = Pipeline(window=2)
    ingest_id = await pipeline.upload("attempts.csv", content or attempts()[0])
    await pipeline.planner.plan(pipeline.scope, ingest_id)
    pipeline.ingests.outbox.clear()
    return pipeline, ingest_id


def done_and_asked(pipeline: Pipeline, ingest_id: str) -> tuple[list[int], list[object]]:
    """Return which chunks are done, and which are asked for."""
    done = [chunk.n for chunk in pipeline.ingests.chunks(pipeline.scope, ingest_id)]
    return done, [message.event.data["chunk"] for message in pipeline.ingests.outbox]


async def test_fresh_chunks_that_are_done_already_are_counted_once() -> None:
    content, truth = attempts()
    pipeline, ingest_id = await planned(content)

    for start in (0, 0, 1):
        await pipeline.worker.work(pipeline.scope, ingest_id, start, fresh=True)
    progress = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.progress
    await pipeline.carry()

    assert progress.chunks_done == 2 * policies.CHUNKS_A_CALL
    assert_true(pipeline, (await pipeline.ingests.get(pipeline.scope, ingest_id)).value, truth)


async def test_a_call_works_what_follows_a_chunk_in_the_window_and_asks_for_the_next() -> None:
    pipeline, ingest_id = await planned()

    await pipeline.worker.work(pipeline.scope, ingest_id, 1, fresh=True)

    assert done_and_asked(pipeline, ingest_id) == ([1, 3, 5, 7], [9])


async def test_a_suspect_call_isolates_the_first_chunk_that_is_left_and_asks_for_the_others(
    isolated: list[int],
) -> None:
    pipeline, ingest_id = await planned()
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, suspect=True)
    assert (isolated, *done_and_asked(pipeline, ingest_id)) == ([0], [0], [2])

    await pipeline.worker.work(pipeline.scope, ingest_id, 0, suspect=True)

    assert (isolated, *done_and_asked(pipeline, ingest_id)) == ([0, 2], [0, 2], [2, 4])


async def test_a_suspect_call_goes_on_when_one_that_died_afterwards_marked_its_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline, ingest_id = await planned()
    one_lives_on = pipeline.worker
    pipeline.use(Catalogue.built_in())

    async def dies() -> None:
        if pipeline.ingests.chunks(pipeline.scope, ingest_id):
            raise ConnectionAbortedError

    async def overtaken(_self: Isolator, data: bytes, task: Task, key: bytes) -> Work:
        if task.chunk.n == 0:
            pipeline.blobs.meanwhile = dies
            with pytest.raises(ConnectionAbortedError):
                await one_lives_on.work(pipeline.scope, ingest_id, 0)
            pipeline.blobs.meanwhile = None
        return work(data, task, key)

    monkeypatch.setattr(Isolator, "work", overtaken)
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, suspect=True)

    assert done_and_asked(pipeline, ingest_id) == ([0, 2], [4])


async def test_a_call_that_died_between_two_chunks_goes_on_where_it_was() -> None:
    async def scenario(power: Power) -> None:
        pipeline, ingest_id = await planned()
        pipeline.ingests.power = pipeline.lake.power = power
        try:
            await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)
        except PowerCut:
            pipeline.use(Catalogue.built_in())  # another process
            await pipeline.worker.work(pipeline.scope, ingest_id, 0)
        assert done_and_asked(pipeline, ingest_id) == ([0, 2, 4, 6], [8])

    assert await at_every_crash_point(scenario) > policies.CHUNKS_A_CALL


async def test_two_processes_work_chunks_of_one_ingest_in_turn_and_leave_none() -> None:
    content, truth = attempts()
    pipeline, ingest_id = await planned(content)
    workers = [pipeline.worker]
    pipeline.use(Catalogue.built_in())
    workers.append(pipeline.worker)
    starts = [0, 1]

    for n, start in enumerate(starts):
        await workers[n % 2].work(pipeline.scope, ingest_id, start, fresh=True)
        starts += [
            int(str(one.event.data["chunk"])) for one in pipeline.ingests.outbox if "chunk" in one.event.data
        ]
        pipeline.ingests.outbox.clear()

    assert_true(pipeline, (await pipeline.ingests.get(pipeline.scope, ingest_id)).value, truth)


async def test_fresh_chunks_are_asked_about_once_another_delivery_was_seen_at_them() -> None:
    pipeline, ingest_id = await planned()
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)
    before = pipeline.blobs.reads

    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)

    assert pipeline.blobs.reads == before + 1


async def test_no_further_chunk_is_worked_once_another_process_ended_the_ingest() -> None:
    pipeline, ingest_id = await planned()

    async def ended_elsewhere() -> None:
        found = await pipeline.ingests.get(pipeline.scope, ingest_id)
        if found.value.progress.chunks_done == 1:
            failed = found.value.failed(Failure("too-late", "elsewhere"), pipeline.clock.now())
            await pipeline.ingests.save(pipeline.scope, Versioned(failed, found.etag))

    before, pipeline.blobs.meanwhile = pipeline.blobs.reads, ended_elsewhere
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)

    assert done_and_asked(pipeline, ingest_id) == ([0], [])
    assert pipeline.blobs.reads == before + 2


async def test_a_call_whose_file_is_refused_leaves_the_chunks_that_follow() -> None:
    pipeline, ingest_id = await planned()
    pipeline.blobs.put(f"harbor/{ingest_id}/attempts.csv", b"another file")

    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)
    await pipeline.worker.work(pipeline.scope, ingest_id, 1, fresh=True)

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert (ingest.state, ingest.progress.chunks_done) == (IngestState.FAILED, 0)
    assert done_and_asked(pipeline, ingest_id) == ([], [])


async def test_a_refusal_ends_an_ingest_although_other_chunks_are_marked_meanwhile() -> None:
    pipeline, ingest_id = await planned()
    one = pipeline.worker
    pipeline.use(Catalogue.built_in())

    async def marked_elsewhere() -> None:
        pipeline.blobs.meanwhile = None
        await pipeline.worker.work(pipeline.scope, ingest_id, 1, fresh=True)
        pipeline.blobs.put(f"harbor/{ingest_id}/attempts.csv", b"another file")

    pipeline.blobs.meanwhile = marked_elsewhere
    await one.work(pipeline.scope, ingest_id, 0, fresh=True)

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert (ingest.state, ingest.progress.chunks_done) == (IngestState.FAILED, policies.CHUNKS_A_CALL)


async def test_a_refusal_of_a_chunk_that_another_worked_changes_nothing_once_all_are_worked() -> None:
    content, truth = attempts()
    pipeline, ingest_id = await planned(content)
    one, blob = pipeline.worker, f"harbor/{ingest_id}/attempts.csv"
    pipeline.use(Catalogue.built_in())

    async def all_worked_elsewhere() -> None:
        pipeline.blobs.meanwhile = None
        for n in (0, 1):
            await pipeline.worker.work(pipeline.scope, ingest_id, n, fresh=True)
        await pipeline.carry()
        pipeline.blobs.put(blob, b"another file")

    pipeline.blobs.meanwhile = all_worked_elsewhere
    await one.work(pipeline.scope, ingest_id, 0, fresh=True)

    assert_true(pipeline, (await pipeline.ingests.get(pipeline.scope, ingest_id)).value, truth)


async def test_memory_is_given_back_once_a_large_file_is_worked_and_only_then() -> None:
    given = list[str]()
    pipeline, _ = await planned()
    pipeline.use(Catalogue.built_in(), give_back=lambda: given.append("all"))

    await pipeline.run("small.csv", ATTEMPT)
    assert not given
    await pipeline.run("attempts.csv", attempts(seed=2)[0])

    assert given == ["all"]


async def test_an_ingest_is_remembered_for_its_tenant_alone() -> None:
    pipeline, ingest_id = await planned()
    seen = SeenIngests(pipeline.ingests)
    assert await seen.find(pipeline.scope, ingest_id)

    assert await seen.find(tenant_scope("elsewhere"), ingest_id) is None
    with pytest.raises(NotFound):
        await seen.last(tenant_scope("elsewhere"), ingest_id)


@pytest.mark.parametrize(
    ("message_id", "delivery", "told"),
    [
        ("e1", 1, {"suspect": False, "fresh": True}),
        ("e1", 2, {"suspect": False, "fresh": False}),
        ("e1", SUSPECT_FROM, {"suspect": True, "fresh": False}),
        ("e1:1", 1, {"suspect": False, "fresh": False}),
        ("e1:r1", 1, {"suspect": False, "fresh": False}),
    ],
)
async def test_only_the_first_delivery_of_the_first_message_is_of_fresh_chunks(
    message_id: str, delivery: int, told: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[object]()

    async def noted(*args: object, **options: bool) -> None:
        asked.append((*args[1:], options))

    services = SimpleNamespace(worker=SimpleNamespace(work=noted))
    monkeypatch.setattr(ingestion, "services", lambda: services)
    event = replace(an_event(chunk=7), id="e1", type=events.CHUNK_READY, subject="i1")

    await ingestion.plan_or_work(tenant_scope(), event, message_id=message_id, delivery=delivery)

    assert asked == [("i1", 7, told)]
