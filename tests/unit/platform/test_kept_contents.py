"""Parts that are kept whole: bounded in bytes and time."""

from datetime import UTC, datetime

from shared.platform.lake.contents import LIFETIME, KeptContents
from tests.fixtures.messaging import FixedClock


def test_the_least_recently_used_goes_when_there_is_no_room() -> None:
    kept = KeptContents(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), most=10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a") == b"1234"
    kept.put("c", b"1234")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (b"1234", None, b"1234")


def test_what_is_put_again_takes_its_room_once() -> None:
    kept = KeptContents(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), most=10)
    kept.put("a", b"1234")
    for _ in range(5):
        kept.put("b", b"123456")
    assert (kept.get("a"), kept.get("b")) == (b"1234", b"123456")


def test_nothing_is_kept_that_would_leave_no_room_at_all() -> None:
    kept = KeptContents(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)), most=10)
    kept.put("a", b"12345678901")
    assert kept.get("a") is None


def test_nothing_outlives_its_time_by_being_used() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    kept = KeptContents(clock)
    kept.put("a", b"1234")
    clock.advance(LIFETIME / 2)
    assert kept.get("a") == b"1234"
    clock.advance(LIFETIME / 2)
    assert kept.get("a") is None
