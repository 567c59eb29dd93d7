"""When the position of a change feed is written down."""

from datetime import timedelta
from typing import Any, cast

import pytest
from azure.cosmos.aio import ContainerProxy

from infra.local.functions.changefeed import leases
from infra.local.functions.changefeed.leases import FeedLease, LeaseTimes

_TIMES = LeaseTimes(timedelta(seconds=6), timedelta(seconds=2), timedelta(seconds=1))


class _Leases:
    """A lease container with one lease, which nobody holds yet."""

    def __init__(self) -> None:
        fresh = {"id": "one", "owner": None, "renewed": "2026-01-01T00:00:00+00:00", "continuation": None}
        self.written: list[dict[str, Any]] = [{**fresh, "_etag": "0"}]

    async def read_item(self, _item: str, _key: str) -> dict[str, Any]:
        return self.written[-1]

    async def replace_item(self, _item: str, body: dict[str, Any], etag: str, **_: object) -> dict[str, Any]:
        assert etag == self.written[-1]["_etag"]
        self.written.append({**body, "_etag": str(len(self.written))})
        return self.written[-1]

    @property
    def positions(self) -> list[str | None]:
        return [lease["continuation"] for lease in self.written]


class _Clock:
    """The module `time`, standing still until it is told to go on."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(leases, "time", clock)
    return clock


async def test_positions_that_follow_each_other_fast_are_written_once_and_the_last_when_it_is_released(
    clock: _Clock,
) -> None:
    container = _Leases()
    lease = FeedLease(cast("ContainerProxy", container), "one", "host", _TIMES)
    assert await lease.acquire()
    await lease.store("1")
    assert container.positions == [None, None, "1"], "the first is written at once"
    for position in ("2", "3", "4"):
        await lease.store(position)
    assert container.positions[-1] == "1"
    assert lease.continuation == "4"

    clock.now += 1
    await lease.store("5")
    await lease.store("6")
    assert container.positions[-1] == "5"
    await lease.release()

    assert (container.positions[-1], container.written[-1]["owner"]) == ("6", None)


async def test_a_host_that_is_killed_is_followed_from_the_last_position_that_was_written() -> None:
    container = _Leases()
    killed = FeedLease(cast("ContainerProxy", container), "one", "host", _TIMES)
    assert await killed.acquire()
    for position in ("1", "2"):
        await killed.store(position)

    successor = FeedLease(cast("ContainerProxy", container), "one", "host", _TIMES)
    assert await successor.acquire()
    assert successor.continuation == "1"
