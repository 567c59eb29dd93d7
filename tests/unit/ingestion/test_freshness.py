"""Freshness: told from the newest files, feed by feed, what is on the way included."""

from dataclasses import replace
from datetime import timedelta

from shared.ingestion.following.freshness import FreshnessViews
from shared.ingestion.model import IngestState
from tests.fixtures.ingestion import Pipeline

HEADER = b"student_id,course_id,assessment_id,assessment_title,status,score\n"
GOOD = b"1,c,a,t,graded,5\n"
BAD = b"1,c,a,t,graded,five\n"


async def test_freshness_tells_the_newest_file_of_a_feed_its_rejects_and_what_is_on_the_way() -> None:
    pipeline = Pipeline()
    worked = await pipeline.run("a.csv", HEADER + GOOD + BAD + BAD)
    shown_at = worked.landed_at + timedelta(seconds=4)
    folded = replace(
        worked, state=IngestState.FOLDED, reached={**worked.reached, IngestState.FOLDED: shown_at}
    )
    pipeline.ingests.put(pipeline.scope, folded)
    await pipeline.upload("b.csv", HEADER + GOOD)

    told = await FreshnessViews(pipeline.ingests).freshness(pipeline.scope)

    assert told.on_the_way == 1
    (feed,) = told.feeds
    assert (feed.newest_ingest, feed.newest_state, feed.files) == (worked.id, IngestState.FOLDED, 1)
    assert (feed.records, sum(feed.reject_counts.values()), feed.lag_seconds) == (3, 2, 4.0)


async def test_a_tenant_without_files_has_no_feed() -> None:
    pipeline = Pipeline()
    told = await FreshnessViews(pipeline.ingests).freshness(pipeline.scope)
    assert (told.on_the_way, told.feeds) == (0, [])
