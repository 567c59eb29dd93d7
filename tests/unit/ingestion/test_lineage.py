"""Every fact and reject leads back to its record, in any kind of file; how far an ingest has come is told."""

from datetime import timedelta

import pytest

from shared.ingestion.following.ingest_views import IngestViews
from shared.ingestion.following.lineage import Lineage
from shared.ingestion.following.pace import pace_of
from shared.ingestion.model import IngestState
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from tests.fixtures.ingestion import Pipeline
from tests.fixtures.staging import zipped

HEADER = "student_id,course_id,assessment_id,assessment_title,status,score\n"
ROWS = ['7,alg,q1,"Quiz,\n1",graded,5\n', "8,alg,q1,Quiz,graded,many\n", "9,alg,q2,Quiz,graded,7\n"]
CONTENT = (HEADER + "".join(ROWS)).encode()


@pytest.mark.parametrize(
    ("name", "content", "member"),
    [
        ("attempts.csv", CONTENT, "attempts.csv"),
        ("attempts.csv", CONTENT.decode().encode("utf-16"), "attempts.csv"),
        ("attempts.zip", zipped({"attempts.csv": CONTENT}), "attempts.csv"),
    ],
)
async def test_a_fact_leads_back_to_its_record(name: str, content: bytes, member: str) -> None:
    pipeline = Pipeline(chunk_bytes=30)
    ingest = await pipeline.run(name, content)
    lineage = Lineage(pipeline.ingests, pipeline.blobs, pipeline.lake)

    facts = pipeline.facts(ingest).select("member", "chunk", "record", "byte").rows()
    assert [(fact[0], fact[2]) for fact in facts] == [(member, 2), (member, 4)]
    for (_, chunk, record, byte), row in zip(facts, (ROWS[0], ROWS[2]), strict=True):
        origin = await lineage.origin(pipeline.scope, ingest.id, chunk, record)
        assert (origin.byte, origin.length) == (byte, len(row))
        assert await lineage.text(pipeline.scope, ingest.id, chunk, record) == row.rstrip("\n")


async def test_a_reject_names_member_record_and_byte() -> None:
    pipeline = Pipeline(chunk_bytes=30)
    ingest = await pipeline.run("attempts.zip", zipped({"attempts.csv": CONTENT}))

    page = await IngestViews(pipeline.ingests, pipeline.lake).rejects(pipeline.scope, ingest.id, 10, None)

    (reject,) = page.items
    assert (reject.member, reject.record, reject.code) == ("attempts.csv", 3, "bad-number")
    assert reject.byte == len(HEADER + ROWS[0])


@pytest.mark.parametrize(("chunk", "record"), [(0, 1), (0, 99), (99, 2)])
async def test_a_record_that_a_chunk_does_not_have_is_not_found(chunk: int, record: int) -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run("attempts.csv", CONTENT)
    lineage = Lineage(pipeline.ingests, pipeline.blobs, pipeline.lake)

    with pytest.raises(NotFound):
        await lineage.origin(pipeline.scope, ingest.id, chunk, record)


async def test_the_plan_tells_each_table_with_its_drift() -> None:
    pipeline = Pipeline(chunk_bytes=30)
    content = CONTENT.replace(b"score\n", b"score,mood\n").replace(b",5\n", b",5,fine\n")
    ingest = await pipeline.run("attempts.zip", zipped({"attempts.csv": content}))

    (table,) = await IngestViews(pipeline.ingests, pipeline.lake).plan(pipeline.scope, ingest.id)

    assert (table.member.part, table.member.unread, table.records) == ("attempts", ("mood",), 3)
    assert table.chunks == table.chunks_done == ingest.progress.chunks
    with pytest.raises(NotFound):
        await IngestViews(pipeline.ingests, pipeline.lake).plan(pipeline.scope, new_id())


async def test_the_pace_tells_when_the_rest_will_be_done() -> None:
    pipeline = Pipeline(chunk_bytes=20, window=2)
    rows = ROWS[2] * 8
    ingest_id = await pipeline.upload("attempts.csv", (HEADER + rows).encode())
    await pipeline.planner.plan(pipeline.scope, ingest_id)
    planned = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    assert pace_of(planned) is not None
    pipeline.clock.advance(timedelta(seconds=2))
    await pipeline.worker.work(pipeline.scope, ingest_id, 0)

    working = (await pipeline.ingests.get(pipeline.scope, ingest_id)).value
    pace = pace_of(working)

    assert working.state is IngestState.WORKING
    assert pace is not None
    done = working.progress.accepted
    assert pace.records_per_second == pytest.approx(done / 2)
    assert pace.worked_at == pipeline.clock.now() + timedelta(seconds=2 * (8 - done) / done)
