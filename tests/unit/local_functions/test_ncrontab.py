from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.functions.timers.ncrontab import parse_schedule

_MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_SCHEDULES = st.sampled_from(
    [
        "* * * * * *",
        "*/7 * * * * *",
        "0 */5 * * * *",
        "30 15 8-17 * * 1-5",
        "0 0 0 29 2 *",
        "59 59 23 31 12 *",
        "0 30 9 1,15 JAN,JUL MON",
        "5/20 0 12 * * SUN",
    ]
)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("*/2 * * * * *", "2026-11-20T08:00:00", "2026-11-20T08:00:02"),
        ("0 */5 * * * *", "2026-11-20T08:00:00", "2026-11-20T08:05:00"),
        ("0 0 2 * * *", "2026-11-20T02:00:00", "2026-11-21T02:00:00"),
        ("0 0 0 29 2 *", "2026-11-20T08:00:00", "2028-02-29T00:00:00"),
        ("0 0 9 * * MON-FRI", "2026-11-20T10:00:00", "2026-11-23T09:00:00"),
        ("0 0 9 * * 0", "2026-11-20T10:00:00", "2026-11-22T09:00:00"),
        ("5/20 * * * * *", "2026-11-20T08:00:46", "2026-11-20T08:01:05"),
        ("0 0 0 13 * FRI", "2026-11-20T08:00:00", "2027-08-13T00:00:00"),
    ],
)
def test_the_next_occurrence_is_the_one_of_the_calendar(expression: str, after: str, expected: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)

    found = parse_schedule(expression).next_after(moment)

    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@given(_SCHEDULES, _MOMENTS)
def test_the_next_occurrence_is_later_whole_and_the_first(expression: str, moment: datetime) -> None:
    schedule = parse_schedule(expression)

    found = schedule.next_after(moment)

    assert found > moment
    assert found.microsecond == 0
    assert schedule.next_after(found - timedelta(seconds=1)) == found
    assert schedule.next_after(found) > found


@given(_MOMENTS)
def test_occurrences_of_a_day_are_those_that_counting_every_second_finds(moment: datetime) -> None:
    schedule = parse_schedule("15,45 */20 3-5 * * *")
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(seconds=1)
    expected = [
        start.replace(second=second, minute=minute, hour=hour) + timedelta(days=1)
        for hour in (3, 4, 5)
        for minute in (0, 20, 40)
        for second in (15, 45)
    ]

    found: list[datetime] = []
    current = start
    while len(found) < len(expected):
        current = schedule.next_after(current)
        found.append(current)

    assert [it.time() for it in found] == [it.time() for it in expected]
    assert len({it.date() for it in found}) == 1


def test_schedules_run_in_utc_whatever_zone_is_asked_in() -> None:
    asked = datetime(2026, 11, 20, 1, 30, tzinfo=timezone(timedelta(hours=5)))

    assert parse_schedule("0 0 0 * * *").next_after(asked) == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("* * * * *", "six fields"),
        ("00:05:00", "six fields"),
        ("60 * * * * *", "second: '60'"),
        ("0 0 24 * * *", "hour: '24'"),
        ("0 0 0 0 * *", "day: '0'"),
        ("0 0 0 * FOO *", "month: 'FOO'"),
        ("0 0 0 * * 7", "day of week: '7'"),
        ("*/0 * * * * *", "second: '0' is no step"),
        ("30-10 * * * * *", "second: the range '30-10'"),
        ("0 0 0 30 2 *", "no date"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_field(expression: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_schedule(expression)
