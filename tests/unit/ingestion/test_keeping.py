"""What is kept too long goes, nothing else does, and a round that dies anywhere is made up for."""

from datetime import timedelta

import pytest

from shared.ingestion.committing.ports import TableChange
from shared.ingestion.keeping.horizons import LOG_FOR, READ_FOR, TOMBSTONES_FOR, Horizons
from shared.ingestion.keeping.ports import Removal
from shared.ingestion.keeping.removing import Removed
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import IngestState
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.keeping import RESULTS, KeptDistrict, MemoryNotes, id_of_age

GRADES, ROSTER = "canvas-gradebook.a", "oneroster-csv"
DAYS = Catalogue.built_in().newest[0].retention_days
FOREVER, LATELY = id_of_age(DAYS + 1), id_of_age(1)
DEAD, FRESHLY_DEAD = id_of_age(TOMBSTONES_FOR.days + 1), id_of_age(TOMBSTONES_FOR.days - 1)
OLD = READ_FOR + timedelta(days=60)
ONE = {"learner": "l", "course": "c"}


async def test_a_file_all_of_whose_rows_expired_goes_without_being_read() -> None:
    district = KeptDistrict()
    await district.commit(GRADES, {FOREVER: [ONE, ONE]})
    district.tables.frames.clear()

    kept = await district.keep()

    assert (kept.removed, district.tables.live) == (Removed(2, 1), [])
    assert district.told.refolded == [f"results/source={GRADES}/{FOREVER}-000000.parquet"]
    assert district.told.audited == [f"retention.expire ingest:{FOREVER}"]


async def test_of_a_compacted_file_only_the_rows_of_expired_ingests_go() -> None:
    district = KeptDistrict()
    await district.commit(GRADES, {FOREVER: [ONE], LATELY: [{**ONE, "learner": "m"}]})

    await district.keep()

    assert district.tables.rows(RESULTS)["learner"].to_list() == ["m"]
    assert (await district.keep()).removed == Removed()


async def test_an_ingest_over_several_files_of_its_source_goes_in_one_transaction() -> None:
    district = KeptDistrict()
    for other in (LATELY, FRESHLY_DEAD):
        await district.commit(GRADES, {other: [ONE], FOREVER: [ONE]})

    assert (await district.keep()).removed == Removed(2, 1)


async def test_tombstones_go_when_no_late_news_can_meet_them_and_live_rows_stay() -> None:
    district = KeptDistrict()
    await district.commit(
        ROSTER,
        {
            DEAD: [{"org": "a", "deleted": True}, {"org": "b", "title": "B"}],
            FRESHLY_DEAD: [{"org": "c", "deleted": True}],
        },
        TableName.ORG,
    )

    await district.keep()

    assert sorted(district.tables.rows(TableName.ORG)["org"]) == ["b", "c"]
    assert district.told.audited == [f"tombstones.drop source:{ROSTER}"]


async def test_no_tombstone_goes_while_an_ingest_as_old_is_open() -> None:
    district = KeptDistrict()
    district.know(id_of_age(TOMBSTONES_FOR.days + 2), IngestState.WORKED)
    await district.commit(ROSTER, {DEAD: [{"org": "a", "deleted": True}]}, TableName.ORG)

    assert (await district.keep()).removed == Removed()


def test_tombstones_of_sources_that_are_replaced_whole_stay_for_their_manifest() -> None:
    horizons = Horizons(KeptDistrict().clock.now(), Catalogue.built_in(), {})

    assert horizons.forgets(ROSTER, TableName.ORG)
    assert not horizons.forgets(GRADES, RESULTS)
    assert not horizons.forgets("a-feed-of-long-ago", RESULTS)


async def test_people_are_linked_anew_when_rows_of_theirs_expire() -> None:
    district = KeptDistrict()
    await district.commit(ROSTER, {FOREVER: [{"learner": "l"}]}, TableName.PERSON)

    await district.keep()

    assert district.told.relinked == 1


async def test_a_commit_that_comes_first_wins_and_nothing_is_told() -> None:
    district = KeptDistrict()
    await district.commit(GRADES, {FOREVER: [ONE]})

    class Interrupted(MemoryNotes):
        async def note(self, scope: TenantScope, removal: Removal) -> None:
            newest = await district.tables.open(scope, RESULTS)
            await district.tables.commit(scope, newest, TableChange((), (), {}))
            await MemoryNotes.note(self, scope, removal)

    district.notes = Interrupted()
    assert (await district.keep()).removed == Removed()
    assert (district.told.audited, district.notes.removals) == ([], {})


BLOBS = {
    f"results/source=a/{LATELY}-000000.parquet": OLD,
    f"results/source=a/{DEAD}-000000.parquet": READ_FOR - timedelta(hours=1),
    f"rejects/{FRESHLY_DEAD}/000000.jsonl": OLD,
    f"staged/{FRESHLY_DEAD}/000": OLD,
    "people/matching.json": OLD,
}


async def test_parts_without_a_reference_and_lines_of_failed_ingests_go_when_they_are_old() -> None:
    district = KeptDistrict()
    district.know(FRESHLY_DEAD, IngestState.FAILED)
    district.blobs.ages = dict(BLOBS)

    assert (await district.keep()).blobs == 3

    kept = [f"results/source=a/{DEAD}-000000.parquet", "people/matching.json"]
    assert sorted(district.blobs.ages) == sorted(kept)
    assert district.told.audited == [
        f"lake.vacuum parts:{LATELY}",
        f"lake.vacuum staged:{FRESHLY_DEAD}",
        f"lake.vacuum rejects:{FRESHLY_DEAD}",
    ]


@pytest.mark.parametrize("state", [IngestState.WORKED, IngestState.FOLDED])
async def test_an_ingest_on_its_way_and_lines_behind_facts_are_not_touched(state: IngestState) -> None:
    district = KeptDistrict()
    for ingest in (LATELY, FRESHLY_DEAD):
        district.know(ingest, IngestState.WORKED)
    if state is IngestState.FOLDED:
        await district.commit("a", {LATELY: [ONE]})
        district.ingests.ingests[FRESHLY_DEAD] = (
            district.ingests.ingests[FRESHLY_DEAD]
            .committed({}, None, district.clock.now())
            .to(IngestState.FOLDED, district.clock.now())
        )
    district.blobs.ages = dict(BLOBS)

    assert (await district.keep()).blobs == 0


async def test_links_that_no_version_of_the_last_days_consists_of_go_with_their_log() -> None:
    district = KeptDistrict()
    ages = [LOG_FOR + timedelta(days=days) for days in (9, 8, 7)]
    log = [f"person_link/_delta_log/{n:020}.json" for n in range(3)]
    checkpoint = log[1].replace("json", "checkpoint.parquet")
    district.blobs.ages = {**dict(zip(log, ages, strict=True)), checkpoint: LOG_FOR + timedelta(hours=1)}
    district.blobs.ages |= {
        "person_link/part-live.parquet": OLD,
        "person_link/part-dead.parquet": OLD,
        "person_link/part-late.parquet": READ_FOR - timedelta(hours=1),
    }

    assert (await district.keep()).blobs == 2

    assert {"person_link/part-dead.parquet", log[0]} & district.blobs.ages.keys() == set()
    assert district.told.audited == ["lake.vacuum parts:person_link", "lake.vacuum log:person_link"]


async def test_parts_that_a_late_fold_may_read_stay() -> None:
    district = KeptDistrict()
    district.know(id_of_age(READ_FOR.days + 1), IngestState.COMMITTED)
    district.blobs.ages = {f"results/source=a/{LATELY}-000000.parquet": OLD}

    assert (await district.keep()).blobs == 0


async def test_a_round_that_dies_anywhere_is_made_up_for_by_the_next() -> None:
    async def scenario(power: Power) -> None:
        district = KeptDistrict()
        await district.commit(GRADES, {FOREVER: [ONE], LATELY: [{**ONE, "learner": "m"}]})
        await district.commit(ROSTER, {DEAD: [{"org": "a", "deleted": True}]}, TableName.ORG)
        district.blobs.ages = {f"results/source=a/{FOREVER}-000000.parquet": OLD}
        for supply in (power, Power()):
            try:
                await district.keep(supply)
            except PowerCut:
                continue
        district.clock.advance(timedelta(hours=2))
        await district.keep()

        assert district.tables.rows(RESULTS)["learner"].to_list() == ["m"]
        assert district.tables.rows(TableName.ORG).is_empty()
        assert (district.blobs.ages, district.notes.removals) == ({}, {})
        assert f"results/source={GRADES}/{FOREVER}-000000.parquet" in district.told.refolded
        assert {f"retention.expire ingest:{FOREVER}", f"tombstones.drop source:{ROSTER}"} < set(
            district.told.audited
        )

    assert await at_every_crash_point(scenario) > 16
