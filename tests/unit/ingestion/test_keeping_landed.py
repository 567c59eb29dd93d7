"""A landed file stays while it may be replayed or has rows, then goes with what is noted of it; logs too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.ingestion.committing.ports import TableChange
from shared.ingestion.keeping.horizons import ENDED_FOR, LOG_FOR, READ_FOR, TOMBSTONES_FOR
from shared.ingestion.keeping.ports import Removal
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import IngestState
from shared.ingestion.table_names import TableName
from shared.kernel.ids import id_after
from shared.kernel.scope import TenantScope
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.keeping import KeptDistrict, MemoryNotes, id_of_age

GRADES = "canvas-gradebook.a"
DAYS = next(feed.retention_days for feed in Catalogue.built_in().newest if feed.id == "canvas-gradebook")
MARGIN = READ_FOR.days
OLD = timedelta(days=DAYS + 100)
EXPIRED = id_of_age(DAYS + MARGIN + 1)
ONE = {"learner": "l", "course": "c"}


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        (IngestState.FOLDED, DAYS - 1, True),
        (IngestState.FOLDED, DAYS + MARGIN - 1, True),
        (IngestState.FOLDED, DAYS + MARGIN + 1, False),
        (IngestState.FAILED, DAYS - 1, True),
        (IngestState.FAILED, DAYS + MARGIN + 1, False),
        (IngestState.WORKED, DAYS + MARGIN + 1, True),
    ],
)
async def test_a_file_of_a_feed_goes_days_after_its_rows(state: IngestState, days: int, stays: bool) -> None:
    district, ingest = KeptDistrict(), id_of_age(days)
    district.know(ingest, state, GRADES)
    district.land(ingest, OLD)

    kept = await district.keep()

    assert (district.landed, list(district.ingests.ingests)) == (([ingest],) * 2 if stays else ([], []))
    assert kept.landed == (not stays)
    assert district.told.audited == (
        [] if stays else [f"ingest.forget ingest:{ingest}", f"landed.delete upload:{ingest}"]
    )


@pytest.mark.parametrize("late", [-1, 1])
async def test_a_file_of_no_feed_stays_while_a_mapping_may_be_made_for_it(late: int) -> None:
    district, ingest = KeptDistrict(), id_of_age(TOMBSTONES_FOR.days + MARGIN + late)
    district.know(ingest, IngestState.FAILED)
    district.ingests.ingests[ingest] = replace(district.ingests.ingests[ingest], recognition=None)
    district.land(ingest, OLD)

    await district.keep()

    assert district.landed == ([ingest] if late < 0 else [])


@pytest.mark.parametrize("late", [-1, 1])
async def test_a_file_that_became_no_ingest_goes_when_it_never_will(late: int) -> None:
    district, upload = KeptDistrict(), id_of_age(ENDED_FOR.days + late)
    district.land(upload, OLD)

    await district.keep()

    assert district.landed == ([upload] if late < 0 else [])


async def test_an_upload_that_nobody_sent_is_forgotten_when_nobody_can_send_it() -> None:
    district, late, recent = KeptDistrict(), id_of_age(ENDED_FOR.days + 1), id_of_age(ENDED_FOR.days - 1)
    district.ask(late, ENDED_FOR + timedelta(days=1))
    district.ask(recent, ENDED_FOR - timedelta(days=1))

    kept = await district.keep()

    assert (kept.unsent, list(district.ingests.uploads)) == (1, [recent])
    assert district.told.audited == [f"upload.forget upload:{late}"]


async def test_the_record_of_a_file_that_became_no_ingest_goes_after_the_file() -> None:
    district, upload = KeptDistrict(), id_of_age(ENDED_FOR.days + 1)
    district.ask(upload, ENDED_FOR + timedelta(days=1))
    district.land(upload, OLD)

    await district.keep()

    assert (district.landed, district.ingests.uploads) == ([], {})
    assert district.told.audited == [f"landed.delete upload:{upload}", f"upload.forget upload:{upload}"]


async def test_a_file_stays_as_long_as_any_replay_of_it() -> None:
    district, failed = KeptDistrict(), id_of_age(TOMBSTONES_FOR.days + MARGIN + 1)
    again = id_after(failed)
    district.know(failed, IngestState.FAILED)
    district.ingests.ingests[failed] = replace(district.ingests.ingests[failed], recognition=None)
    district.know(again, IngestState.FOLDED, GRADES)
    district.land(failed, OLD)

    await district.keep()

    assert (district.landed, list(district.ingests.ingests)) == ([failed], [failed, again])


async def test_a_file_stays_while_rows_of_it_do_because_their_removal_lost_a_race() -> None:
    district = KeptDistrict()
    district.know(EXPIRED, IngestState.FOLDED, GRADES)
    district.land(EXPIRED, OLD)
    await district.commit(GRADES, {EXPIRED: [ONE]})

    class Refusing(MemoryNotes):
        async def note(self, scope: TenantScope, removal: Removal) -> None:
            newest = await district.tables.open(scope, TableName.RESULTS)
            await district.tables.commit(scope, newest, TableChange((), (), {}))

    district.notes = Refusing()
    assert (await district.keep()).landed == 0
    district.notes = MemoryNotes()
    assert (await district.keep()).landed == 1


async def test_a_round_that_dies_anywhere_is_made_up_for_by_the_next() -> None:
    async def scenario(power: Power) -> None:
        district, again = KeptDistrict(), id_after(EXPIRED)
        for ingest in (EXPIRED, again):
            district.know(ingest, IngestState.FOLDED, GRADES)
        district.land(EXPIRED, OLD)
        for supply in (power, Power()):
            try:
                await district.keep(supply)
            except PowerCut:
                continue

        assert (district.landed, district.ingests.ingests) == ([], {})
        told = {f"ingest.forget ingest:{EXPIRED}", f"ingest.forget ingest:{again}"}
        assert set(district.told.audited) == {*told, f"landed.delete upload:{EXPIRED}"}

    assert await at_every_crash_point(scenario) > 6


def entry(version: int, kind: str = "json", table: TableName = TableName.RESULTS) -> str:
    return f"{table}/_delta_log/{version:020}.{kind}"


LONG, LATELY = LOG_FOR + timedelta(days=1), LOG_FOR - timedelta(days=1)
LOG = {
    **{entry(n): LONG for n in range(25)},
    **{entry(n): LATELY for n in range(25, 32)},
    entry(10, "checkpoint.parquet"): LONG,
    entry(20, "checkpoint.parquet"): LONG,
    entry(30, "checkpoint.parquet"): LATELY,
    f"{TableName.RESULTS}/_delta_log/_last_checkpoint": LONG,
    entry(3, table=TableName.ORG): LONG,
}


async def test_of_a_log_goes_what_an_old_checkpoint_stands_for() -> None:
    district = KeptDistrict()
    district.blobs.ages = dict(LOG)

    assert (await district.keep()).blobs == 21

    assert set(LOG) - set(district.blobs.ages) == {*map(entry, range(20)), entry(10, "checkpoint.parquet")}
    assert district.told.audited == ["lake.vacuum log:results"]
    assert (await district.keep()).blobs == 0


async def test_no_entry_goes_while_an_ingest_is_open_that_may_have_pinned_a_version_of_then() -> None:
    district = KeptDistrict()
    district.know(id_of_age(LOG_FOR.days + 1), IngestState.WORKED)
    district.blobs.ages = dict(LOG)

    assert (await district.keep()).blobs == 0
