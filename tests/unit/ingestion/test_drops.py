"""The box into which SFTP writes: what is taken, when, once, and what is left."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.ingestion.model import Way
from shared.ingestion.ways import drops as drops_module
from shared.ingestion.ways.ports import Drop
from shared.kernel.ids import uuid7_at
from shared.kernel.scope import TenantScope
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.messaging import tenant_scope
from tests.fixtures.ways import Door

FIRST = b"student_id,course_id,assessment_id,assessment_title,status,score\n1,c,a,t,graded,5\n"
SECOND = FIRST + b"2,c,a,t,graded,6\n"


async def test_a_drop_that_lies_still_becomes_an_ingest_and_leaves_the_box() -> None:
    door = Door()
    door.drops.put("nightly/attempts.csv", FIRST)
    door.settle()

    assert await door.watch().look(door.scope) == 1
    (ingest_id,) = await door.landed()
    ingest = (await door.pipeline.ingests.get(door.scope, ingest_id)).value
    assert (ingest.way, ingest.file_name, ingest.size) == (Way.SFTP, "attempts.csv", len(FIRST))
    assert not door.drops.files


async def test_a_growing_file_is_not_taken_before_it_lies_still_as_a_whole() -> None:
    door = Door()
    for end in range(10, len(SECOND) + 1, 10):
        door.drops.put("attempts.csv", SECOND[:end])
        door.clock.advance(timedelta(seconds=20))
        assert await door.watch().look(door.scope) == 0
    door.drops.put("attempts.csv", SECOND)
    door.settle()

    assert await door.watch().look(door.scope) == 1
    assert list((await door.landed()).values()) == [SECOND]


@pytest.mark.parametrize("name", ["a.csv.part", "b.csv.FILEPART", "c.tmp", "in/.d.csv.x8Yz", "e.csv~"])
async def test_a_file_by_its_unfinished_name_is_never_taken_and_by_its_final_name_is(name: str) -> None:
    door = Door()
    door.drops.put(name, FIRST)
    door.clock.advance(timedelta(days=2))
    assert await door.watch().look(door.scope) == 0

    del door.drops.files["harbor", name]
    door.drops.put("final.csv", FIRST)
    assert await door.watch().look(door.scope) == 0
    door.settle()
    assert await door.watch().look(door.scope) == 1


async def test_a_crash_between_any_two_steps_neither_loses_a_drop_nor_takes_it_twice() -> None:
    async def scenario(power: Power) -> None:
        door = Door(power)
        door.drops.put("attempts.csv", FIRST)
        door.settle()
        landed: dict[str, bytes] = {}
        for _ in range(2):
            with suppress(PowerCut):
                await door.watch().look(door.scope)
                landed = await door.landed()
        assert list(landed.values()) == [FIRST]
        assert len(door.pipeline.ingests.outbox) == 1
        assert not door.drops.files

    assert await at_every_crash_point(scenario) >= 6


async def test_two_watchers_at_once_take_a_drop_once() -> None:
    door = Door()
    for n in range(5):
        door.drops.put(f"{n}.csv", FIRST + bytes(str(n), "ascii"))
    door.settle()
    await asyncio.gather(*(door.watch().look(door.scope) for _ in range(3)))
    assert len(await door.landed()) == 5
    assert not door.drops.files


async def test_a_drop_that_is_replaced_while_it_is_taken_is_taken_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door()
    door.drops.put("attempts.csv", FIRST)
    door.settle()
    remove = type(door.drops).remove

    async def replaced_first(self: object, scope: TenantScope, drop: Drop) -> None:
        door.drops.put("attempts.csv", SECOND)
        await remove(door.drops, scope, drop)

    with monkeypatch.context() as patched:
        patched.setattr(type(door.drops), "remove", replaced_first)
        await door.watch().look(door.scope)
    assert ("harbor", "attempts.csv") in door.drops.files
    door.settle()
    await door.watch().look(door.scope)
    assert list((await door.landed()).values()) == [FIRST, SECOND]


async def test_a_drop_that_changes_between_listing_and_copying_waits_to_settle_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door()
    door.drops.put("attempts.csv", FIRST)
    door.settle()
    land = type(door.drops).land

    async def grown_first(self: object, scope: TenantScope, drop: Drop, blob: str) -> bool:
        door.drops.put("attempts.csv", SECOND)
        return await land(door.drops, scope, drop, blob)

    with monkeypatch.context() as patched:
        patched.setattr(type(door.drops), "land", grown_first)
        assert await door.watch().look(door.scope) == 0
    assert not door.pipeline.blobs.blobs
    door.settle()
    assert await door.watch().look(door.scope) == 1
    assert list((await door.landed()).values()) == [SECOND]


async def test_later_drops_are_newer_uploads_whenever_they_are_taken() -> None:
    door = Door()
    contents = [FIRST + bytes([65 + n]) * n for n in range(12)]
    for n, content in enumerate(contents):
        door.drops.put(f"{n:02d}.csv", content)
        door.clock.advance(timedelta(seconds=n // 4))
    door.settle()
    await door.watch().look(door.scope)
    assert list((await door.landed()).values()) == contents


async def test_a_drop_of_the_second_in_which_an_upload_ended_is_the_newer_one() -> None:
    door = Door()
    door.clock.advance(timedelta(milliseconds=400))
    earlier = uuid7_at(int(door.clock.now().timestamp() * 1000))
    door.clock.advance(timedelta(milliseconds=300))
    door.drops.put("attempts.csv", FIRST)
    door.settle()
    await door.watch().look(door.scope)
    (ingest_id,) = await door.landed()
    assert ingest_id > earlier


async def test_no_drop_is_newer_than_what_came_after_it_was_taken() -> None:
    door = Door()
    door.drops.put("attempts.csv", FIRST)
    await door.watch(patience=timedelta()).look(door.scope)
    (ingest_id,) = await door.landed()
    door.clock.advance(timedelta(milliseconds=1))
    assert ingest_id < uuid7_at(int(door.clock.now().timestamp() * 1000))


@pytest.mark.parametrize(("limit", "most"), [("_FILES_AT_ONCE", 2), ("_BYTES_AT_ONCE", len(FIRST) + 1)])
async def test_a_full_folder_is_taken_in_turns_and_what_is_refused_never_blocks_it(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(drops_module, limit, most)
    door = Door()
    door.pipeline.rules.largest = len(FIRST)
    for n in range(3):
        door.drops.put(f"large-{n}.csv", SECOND)
        door.drops.put(f"small-{n}.csv", FIRST[: -n or None])
    door.settle()
    assert [await door.watch().look(door.scope) for _ in range(3)] == [2, 1, 0]
    assert sorted(name for _, name in door.drops.files) == ["large-0.csv", "large-1.csv", "large-2.csv"]


async def test_what_the_policies_refuse_is_audited_once_and_taken_when_they_change() -> None:
    door = Door()
    door.pipeline.rules.direct = False
    door.drops.put("attempts.csv", FIRST)
    for _ in range(3):
        door.settle()
        assert await door.watch().look(door.scope) == 0
    ((tenant, action, name, reason),) = door.refusals.heard
    assert (tenant, action, reason) == ("harbor", "drop.take", "forbidden")
    assert "attempts" not in name
    assert not door.receipts.stored
    assert door.drops.files["harbor", "attempts.csv"].refused == "forbidden"

    door.pipeline.rules.direct = True
    assert await door.watch().look(door.scope) == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"), [("a.csv", b"", "invalid-input"), ("???", FIRST, "invalid-input")]
)
async def test_a_drop_that_no_upload_could_be_stays_with_its_reason(
    name: str, content: bytes, reason: str
) -> None:
    door = Door()
    door.drops.put(name, content)
    door.clock.advance(timedelta(minutes=11))
    assert await door.watch().look(door.scope) == 0
    assert door.drops.files["harbor", name].refused == reason


async def test_an_empty_file_has_time_to_get_its_content() -> None:
    door = Door()
    door.drops.put("a.csv", b"")
    door.clock.advance(timedelta(minutes=5))
    await door.watch().look(door.scope)
    assert not door.refusals.heard


async def test_only_folders_of_tenants_are_read_and_others_are_audited_once() -> None:
    door = Door()
    for folder in ("harbor", "lagoon", "nobody"):
        door.drops.put("a.csv", FIRST, folder)

    async def tenants() -> AsyncIterator[TenantScope]:
        for tenant in ("harbor", "lagoon", "marina"):
            yield tenant_scope(tenant)

    watch = door.watch()
    for _ in range(2):
        found = [scope.tenant_id async for scope in watch.with_drops(door.stamp, tenants())]
        assert found == ["harbor", "lagoon"]
    assert door.refusals.heard == [("_stamp", "drop.take", "folder:nobody", "no-tenant")]


async def test_an_empty_box_asks_for_no_tenants() -> None:
    door = Door()

    async def tenants() -> AsyncIterator[TenantScope]:
        yield pytest.fail("nobody has dropped anything")

    assert [scope async for scope in door.watch().with_drops(door.stamp, tenants())] == []
