"""What holds for every session with every test, whatever moves are made."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.standards import qti
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.permissions import Move, NotAllowed
from shared.standards.qti.assessments.reporting import report_of
from shared.standards.qti.assessments.rescoring import rescore
from shared.standards.qti.assessments.seeds import seed_of
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti.assessment_strategies import any_tests

_ANSWERING: tuple[Move, ...] = ("respond", "submit", "next", "respond", "submit", "go")
_OTHER: tuple[Move, ...] = ("skip", "comment", "end_part", "suspend", "resume", "resume", "end")
_RESPONSES: dict[str, tuple[Value, ...]] = {
    "choice": ("A", "A", "B", None),
    "adaptive": ("A", "B"),
    "essay": ("Once upon a time", None),
    "templated": (0, 5),
}


@dataclass(frozen=True)
class _Choice:
    """One move, with what it needs drawn as numbers that fit whatever there is to choose from."""

    move: Move
    pick: int
    pause: int


_CHOICES = st.lists(
    st.builds(
        _Choice,
        st.sampled_from(5 * _ANSWERING + _OTHER),
        st.integers(0, 9),
        st.sampled_from((0, 0, 0, 1, 7, 40)),
    ),
    min_size=15,
    max_size=40,
)
_SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _make(session: qti.TestSession, choice: _Choice, now: float) -> None:
    """Make a move. Raises NotAllowed where the session does not allow it."""
    if choice.move == "respond":
        session.respond(_responses(session, choice.pick), now=now)
    elif choice.move == "go":
        session.go(session.route[choice.pick % len(session.route)].key, now=now)
    elif choice.move == "comment":
        session.comment("why?", now=now)
    else:
        move = cast("Callable[..., None]", getattr(session, choice.move))
        move(now=now)


def _responses(session: qti.TestSession, pick: int) -> dict[str, Value]:
    key = "" if session.current is None else session.current.ref.identifier
    options = next((some for kind, some in _RESPONSES.items() if key.startswith(kind)), None)
    return {} if options is None else {"RESPONSE": options[pick % len(options)]}


@_SETTINGS
@given(any_tests(), st.integers(0, 5), _CHOICES)
def test_a_move_is_made_when_it_is_allowed_and_changes_nothing_but_time_when_not(
    test: CompiledTest, seed: int, choices: list[_Choice]
) -> None:
    session, now = qti.TestSession.start(test, seed=seed, now=0), 0
    for choice in choices:
        now += choice.pause
        allowed = choice.move in session.allowed(now=now)
        if choice.move == "go":
            allowed = session.route[choice.pick % len(session.route)].key in session.reachable(now=now)
        before = session.state()
        if allowed:
            _make(session, choice, now)
        else:
            with pytest.raises(NotAllowed):
                _make(session, choice, now)
            assert session.state() == before


@_SETTINGS
@given(any_tests(), st.integers(0, 5), _CHOICES)
def test_the_session_is_somewhere_until_it_ends_and_keeps_to_attempts_and_to_the_order_of_linear_parts(
    test: CompiledTest, seed: int, choices: list[_Choice]
) -> None:
    session, now = qti.TestSession.start(test, seed=seed, now=0), 0
    places = {step.key: place for place, step in enumerate(session.route)}
    for choice in choices:
        now += choice.pause
        before = session.current
        try:
            _make(session, choice, now)
        except NotAllowed:
            continue
        after = session.current
        assert (after is None) is (session.phase == "ended")
        if after is not None and before is not None and after is not before:
            assert test.plan.parts.index(after.part) >= test.plan.parts.index(before.part)
            if before.part.navigation == "linear" or after.part is not before.part:
                assert places[after.key] > places[before.key]
        _check_attempts(session)


def _check_attempts(session: qti.TestSession) -> None:
    for step in session.route:
        view = session.view(step.key)
        if view.attempts_left is not None:
            together = step.part.submission == "simultaneous"
            most = 1 if together else step.ref.control.max_attempts
            assert view.attempts + view.attempts_left == most
        if view.attempts:
            assert step.key in session.standing.taken


@_SETTINGS
@given(any_tests(), st.integers(0, 5), _CHOICES, st.integers(1, 5))
def test_a_session_picked_up_anywhere_comes_to_the_same_end(
    test: CompiledTest, seed: int, choices: list[_Choice], every: int
) -> None:
    whole = qti.TestSession.start(test, seed=seed, now=0)
    carried, now = qti.TestSession.pick_up(test, whole.state()), 0
    for position, choice in enumerate(choices):
        now += choice.pause
        refusals = [_refusal(session, choice, now) for session in (whole, carried)]
        assert refusals[0] == refusals[1]
        if position % every == 0:
            carried = qti.TestSession.pick_up(test, json.loads(json.dumps(carried.state())))
        assert json.loads(json.dumps(carried.state())) == json.loads(json.dumps(whole.state()))
        assert carried.allowed(now=now) == whole.allowed(now=now)


def _refusal(session: qti.TestSession, choice: _Choice, now: float) -> str:
    try:
        _make(session, choice, now)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


@_SETTINGS
@given(any_tests(), st.integers(0, 5), _CHOICES)
def test_outcomes_are_what_processing_gives_for_the_items_and_durations_add_up(
    test: CompiledTest, seed: int, choices: list[_Choice]
) -> None:
    session, now = qti.TestSession.start(test, seed=seed, now=0), 0
    for choice in choices:
        now += choice.pause
        _refusal(session, choice, now)
        scores = [taken.session.values["SCORE"] for taken in session.standing.taken.values()]
        assert session.outcomes["TOTAL"] == (sum(cast("list[float]", scores)) if session.route else 0.0)
    durations = cast("dict[str, float]", session.standing.durations())
    parts = sum(durations.get(f"{part.identifier}.duration", 0.0) for part in test.plan.parts)
    items = sum(taken.seconds for taken in session.standing.taken.values())
    assert durations.get("duration", 0.0) == parts == items <= now


@_SETTINGS
@given(any_tests(), st.integers(0, 5), _CHOICES)
def test_the_report_of_every_ended_session_scores_to_the_same_totals(
    test: CompiledTest, seed: int, choices: list[_Choice]
) -> None:
    session, now = qti.TestSession.start(test, seed=seed, now=0), 0
    for choice in choices:
        now += choice.pause
        _refusal(session, choice, now)
    if session.phase != "ended":
        if session.phase == "suspended":
            session.resume(now=now)
        session.end(now=now)
    report = report_of(session, datestamp="2026-01-01T10:00:00")
    written = qti.write_result(report)
    read = qti.read_result(qti.parse(written.content), strict=True)
    assert read == report
    again = rescore(read, test)
    assert again.test is not None and report.test is not None
    assert {one.identifier: one.value for one in again.test.variables}["TOTAL"] == session.outcomes["TOTAL"]


@given(st.integers(0, 2**70), st.text(), st.text())
def test_seeds_of_places_repeat_and_differ(seed: int, one: str, other: str) -> None:
    assert seed_of(seed, one) == seed_of(seed, one)
    assert (seed_of(seed, one) == seed_of(seed, other)) is (one == other)
