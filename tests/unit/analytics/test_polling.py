"""Pollers are told to come back soon while figures move, and seldom while they stand still."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.serving.polling import LATEST, SOONEST, next_poll

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
_AGES = st.timedeltas(timedelta(seconds=-60), timedelta(days=400))


def test_what_just_changed_is_asked_for_soonest_and_what_never_changed_latest() -> None:
    assert next_poll(NOW, NOW) == SOONEST
    assert next_poll(None, NOW) == LATEST
    assert next_poll(NOW - timedelta(days=30), NOW) == LATEST


@given(_AGES, _AGES)
def test_older_figures_are_never_asked_for_sooner(one: timedelta, other: timedelta) -> None:
    older, younger = max(one, other), min(one, other)
    assert next_poll(NOW - younger, NOW) <= next_poll(NOW - older, NOW)
    assert SOONEST <= next_poll(NOW - one, NOW) <= LATEST
