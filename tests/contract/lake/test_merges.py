"""Merges against Azurite or a real account: files rewritten, kept and removed in one transaction."""

from collections.abc import Sequence

from shared.ingestion.committing.compacting import Compacted, Compactor
from shared.ingestion.loads import Load, Target
from shared.ingestion.table_names import TableName
from shared.platform.lake.rows import LakeRows
from tests.contract.lake.conftest import District, Districts
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import Row, fact, ingest_id, learner_id

A, B, C = (ingest_id(n) for n in range(3))
SOURCE = "attempts.all"
KEY = ("learner", "line_item")


def _target(load: Load) -> tuple[Target, ...]:
    return (Target(TableName.RESULTS, load, KEY, 0.5),)


def _rows(ingest: str, learners: Sequence[int], score: str, *, deleted: bool = False) -> list[Row]:
    rows = [fact(ingest, learner_id(n), source=SOURCE, score=score, record=n + 2) for n in learners]
    return [{**row, "deleted": deleted} for row in rows]


async def _scores(district: District) -> dict[str, str]:
    snapshot = await district.facts.snapshot(district.scope)
    facts = await snapshot.collect(await snapshot.scan([file.path for file in snapshot.files]))
    return {
        learner: str(score) for learner, score in facts.select("learner", "score").sort("learner").iter_rows()
    }


async def _merged(district: District) -> None:
    old = _rows(A, range(4), "1"), _rows(A, range(10, 14), "1")
    await district.work(A, SOURCE, *old, targets=_target(Load.UPSERT))
    await district.commit(A)
    await district.work(
        B, SOURCE, [*_rows(B, [1], "2"), *_rows(B, [2], "2", deleted=True)], targets=_target(Load.DELTA)
    )
    await district.work(C, SOURCE, _rows(C, [0, 1, 3, 11, 12, 13], "3"), targets=_target(Load.SNAPSHOT))
    await district.commit(B)


async def test_upserts_tombstones_and_absences_come_to_what_the_files_say(district: District) -> None:
    await _merged(district)
    assert await _scores(district) == {learner_id(n): "3.0000" for n in (0, 1, 3, 11, 12, 13)}
    assert [await district.state(ingest) for ingest in (A, B, C)] == ["committed"] * 3


async def test_a_file_without_a_key_of_the_ingest_is_neither_read_nor_replaced(district: District) -> None:
    parts = await district.work(
        A, SOURCE, _rows(A, range(4), "1"), _rows(A, range(10, 14), "1"), targets=_target(Load.UPSERT)
    )
    await district.commit(A)
    await district.access.blob(district.scope, parts[1].path).delete_blob()
    await district.work(B, SOURCE, _rows(B, [1], "2"), targets=_target(Load.UPSERT))
    await district.commit(B)
    assert await district.state(B) == "committed"
    assert parts[1].path.removeprefix("results/") in await district.live()


async def test_a_crash_at_any_point_of_a_merge_ends_as_an_undisturbed_run(districts: Districts) -> None:
    outcomes = []

    async def scenario(power: Power) -> None:
        district = districts.new()
        await district.work(A, SOURCE, _rows(A, range(3), "1"), targets=_target(Load.UPSERT))
        await district.commit(A)
        await district.work(B, SOURCE, _rows(B, [1, 1, 5], "2"), targets=_target(Load.DELTA))
        try:
            await district.commit(B, power)
        except PowerCut:
            await district.commit(B)
        outcomes.append((await _scores(district), await district.live(), await district.state(B)))

    assert await at_every_crash_point(scenario) > 11
    assert all(outcome == outcomes[0] for outcome in outcomes)


async def test_a_compacted_table_has_the_same_rows_in_fewer_files_and_takes_corrections(
    district: District,
) -> None:
    await district.work(A, SOURCE, *[_rows(A, [n], "1") for n in range(5)], targets=_target(Load.UPSERT))
    await district.commit(A)
    before = await _scores(district)
    compactor = Compactor(district.tables, LakeRows(district.access))
    assert await compactor.compact(district.scope) == Compacted(5, 1)
    assert (await _scores(district), len(await district.live())) == (before, 1)
    await district.work(B, SOURCE, _rows(B, [1], "2"), targets=_target(Load.UPSERT))
    await district.commit(B)
    assert await _scores(district) == {**before, learner_id(1): "2.0000"}
