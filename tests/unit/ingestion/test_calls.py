"""What a call of the worker takes on: some chunks of a file one after the other, and who goes on after it."""

import pytest

from shared.ingestion import policies
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import IngestState
from shared.kernel.errors import Unavailable
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.ingestion import Pipeline
from tests.unit.ingestion.test_pipeline import ATTEMPT, assert_true, attempts


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


async def test_a_suspect_call_isolates_the_first_chunk_that_is_left_and_asks_for_the_others() -> None:
    pipeline, ingest_id = await planned()
    plan = await pipeline.ingests.plan(pipeline.scope, ingest_id)
    assert len(plan.chunks) > 9
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, suspect=True)
    assert done_and_asked(pipeline, ingest_id) == ([0], [2])

    await pipeline.worker.work(pipeline.scope, ingest_id, 0, suspect=True)

    assert done_and_asked(pipeline, ingest_id) == ([0, 2], [2, 4])


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


async def test_two_processes_mark_chunks_of_one_ingest_in_turn_and_lose_none() -> None:
    content, truth = attempts()
    pipeline, ingest_id = await planned(content)
    workers = [pipeline.worker]
    pipeline.use(Catalogue.built_in())
    workers.append(pipeline.worker)
    chunks = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.progress.chunks

    for n in range(chunks):
        await workers[n % 3 % 2].work(pipeline.scope, ingest_id, n, fresh=True)

    assert_true(pipeline, (await pipeline.ingests.get(pipeline.scope, ingest_id)).value, truth)


async def test_a_call_whose_file_is_refused_leaves_the_chunks_that_follow() -> None:
    pipeline, ingest_id = await planned()
    pipeline.blobs.put(f"harbor/{ingest_id}/attempts.csv", b"another file")

    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)
    await pipeline.worker.work(pipeline.scope, ingest_id, 1, fresh=True)

    ingest = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert (ingest.state, ingest.progress.chunks_done) == (IngestState.FAILED, 0)
    assert done_and_asked(pipeline, ingest_id) == ([], [])


async def test_a_refusal_upon_an_ingest_that_changed_meanwhile_counts_when_the_message_comes_again() -> None:
    pipeline, ingest_id = await planned()
    await pipeline.worker.work(pipeline.scope, ingest_id, 0, fresh=True)
    other = pipeline.worker
    pipeline.use(Catalogue.built_in())
    await pipeline.worker.work(pipeline.scope, ingest_id, 1, fresh=True)
    pipeline.blobs.put(f"harbor/{ingest_id}/attempts.csv", b"another file")

    with pytest.raises(Unavailable):
        await other.work(pipeline.scope, ingest_id, 8, fresh=True)
    await other.work(pipeline.scope, ingest_id, 8)

    assert (await pipeline.ingests.get(pipeline.scope, ingest_id)).value.state is IngestState.FAILED


async def test_memory_is_given_back_once_a_large_file_is_worked_and_only_then() -> None:
    given = list[str]()
    pipeline, _ = await planned()
    pipeline.use(Catalogue.built_in(), give_back=lambda: given.append("all"))

    await pipeline.run("small.csv", ATTEMPT)
    assert not given
    await pipeline.run("attempts.csv", attempts(seed=2)[0])

    assert given == ["all"]
