"""People and links in a real lake: versions of links, and facts folded under the people of the roster."""

import polars as pl

from shared.analytics.model import bucket_of, course_shard, learner_shard, learner_view
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.linking.ports import NO_LINKS
from shared.platform.blob.link_reports import LakeLinkReports
from shared.platform.lake.people import LakePeople
from tests.contract.lake.conftest import District
from tests.fixtures.facts import fact, ingest_id, learner_id

ONE, OTHER, PERSON = learner_id(1), learner_id(2), learner_id(3)


def links(*pairs: tuple[str, str]) -> pl.DataFrame:
    rows = [("canvas", learner, person, "username", "sis_id") for learner, person in pairs]
    return pl.DataFrame(rows, schema=LINKS, orient="row")


async def test_links_have_versions_and_the_last_is_in_force(district: District) -> None:
    store = LakePeople(district.access)
    version, before = await store.links(district.scope)
    assert (version, before.height) == (NO_LINKS, 0)

    first = await store.replace_links(district.scope, links(("l1", "p1"), ("l2", "p2")))
    second = await store.replace_links(district.scope, links(("l1", "p9")))

    version, after = await store.links(district.scope)
    assert (first, second, version) == (0, 1, 1)
    assert after.equals(links(("l1", "p9")))


async def test_a_tenant_without_people_has_none(district: District) -> None:
    assert (await LakePeople(district.access).people(district.scope)).is_empty()


async def test_reports_are_replaced_as_a_whole(district: District) -> None:
    reports, scope = LakeLinkReports(district.blobs), district.scope
    assert (await reports.summary(scope), await reports.unmatched(scope, 0, 10)) == ([], b"")
    assert await reports.folded(scope) == NO_LINKS

    await reports.write(scope, [{"system": "canvas"}], b'{"a":1}\n' * 3)
    await reports.write(scope, [{"system": "brightspace"}], b'{"b":1}\n')
    await reports.note_folded(scope, 12)

    assert await reports.summary(scope) == [{"system": "brightspace"}]
    assert await reports.unmatched(scope, 0, 100) == b'{"b":1}\n'
    assert await reports.folded(scope) == 12


async def test_facts_are_folded_under_the_person_whom_their_learner_is_linked_to(district: District) -> None:
    ingest = ingest_id(0)
    facts = [fact(ingest, ONE, line_item="quiz-1"), fact(ingest, OTHER, line_item="quiz-2")]
    await district.work(ingest, "gradebook.algebra", facts)
    await district.commit(ingest)
    await district.fold(ingest)
    before = await district.rollups.find(district.scope, course_shard("algebra"), "course")

    await LakePeople(district.access).replace_links(district.scope, links((ONE, PERSON), (OTHER, PERSON)))
    await district.rebuild()

    after = await district.rollups.find(district.scope, course_shard("algebra"), "course")
    assert before is not None
    assert after is not None
    assert (before.view["learners"], after.view["learners"]) == (2, 1)
    person = await district.rollups.find(
        district.scope, learner_shard(bucket_of(PERSON)), learner_view(PERSON)
    )
    assert person is not None
    assert (
        await district.rollups.find(district.scope, learner_shard(bucket_of(ONE)), learner_view(ONE)) is None
    )
