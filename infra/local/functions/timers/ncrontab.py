"""NCRONTAB: `{second} {minute} {hour} {day} {month} {day of week}`, in UTC.

Rules: Azure Functions documentation, "Timer trigger: NCRONTAB expressions". Unlike in cron, a day must meet
both the day field and the day-of-week field.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Eight years hold every combination of date and weekday that the calendar repeats, 29 February included.
_HORIZON = timedelta(days=8 * 366)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A parsed expression: the values that each field allows, ascending."""

    seconds: Sequence[int]
    minutes: Sequence[int]
    hours: Sequence[int]
    days: Sequence[int]
    months: Sequence[int]
    weekdays: Sequence[int]

    def next_after(self, moment: datetime) -> datetime:
        """Return the first occurrence after `moment` (aware); `ValueError` when there is none."""
        start = moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, earliest = start.date(), start.time()
        while day <= start.date() + _HORIZON:
            if self._has_day(day.month, day.day, day.isoweekday() % 7):
                found = self._first_time(earliest)
                if found is not None:
                    return datetime.combine(day, found, UTC)
            day, earliest = day + timedelta(days=1), time()
        raise ValueError("no date meets the schedule")

    def _has_day(self, month: int, day: int, weekday: int) -> bool:
        return month in self.months and day in self.days and weekday in self.weekdays

    def _first_time(self, earliest: time) -> time | None:
        for hour in self.hours:
            if hour < earliest.hour:
                continue
            for minute in self.minutes:
                if (hour, minute) < (earliest.hour, earliest.minute):
                    continue
                for second in self.seconds:
                    if time(hour, minute, second) >= earliest:
                        return time(hour, minute, second)
        return None


def parse_schedule(expression: str) -> Schedule:
    """Read an expression; `ValueError` names the field that is wrong."""
    written = expression.split()
    if len(written) != len(_FIELDS):
        raise ValueError(f"{expression!r} must have six fields, seconds first")
    values = [_values(field, text) for field, text in zip(_FIELDS, written, strict=True)]
    schedule = Schedule(*values)
    schedule.next_after(datetime.now(UTC))
    return schedule


def _values(field: _Field, text: str) -> Sequence[int]:
    allowed: set[int] = set()
    for part in text.split(","):
        allowed.update(_part(field, part))
    return sorted(allowed)


def _part(field: _Field, text: str) -> range:
    written, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        raise ValueError(f"{field.name}: {step!r} is no step")
    every = int(step) if slash else 1
    if written == "*":
        return range(field.lowest, field.highest + 1, every)
    first, dash, last = written.partition("-")
    start = _value(field, first)
    open_end = field.highest if slash else start
    end = _value(field, last) if dash else open_end
    if end < start:
        raise ValueError(f"{field.name}: the range {written!r} runs backwards")
    return range(start, end + 1, every)


def _value(field: _Field, text: str) -> int:
    if text.upper() in field.words:
        return field.lowest + field.words.index(text.upper())
    if not text.isdecimal() or not field.lowest <= int(text) <= field.highest:
        raise ValueError(f"{field.name}: {text!r} is not within {field.lowest} to {field.highest}")
    return int(text)
