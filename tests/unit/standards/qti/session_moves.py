"""Moves of sessions with tests, and pieces of tests, short to write."""

from collections.abc import Callable

import pytest

from shared.standards import qti
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.permissions import NotAllowed
from tests.unit.standards.qti.assessment_xml import item_ref

CONTROL = "QTI 3.0, ItemSessionControl"


def control(**attributes: str) -> str:
    """Return an item session control."""
    written = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<qti-item-session-control{written}/>"


def time_limits(**attributes: str) -> str:
    """Return time limits."""
    return control(**attributes).replace("item-session-control", "time-limits")


def refs(*identifiers: str) -> str:
    """Return references to items."""
    return "".join(item_ref(identifier) for identifier in identifiers)


def start(test: CompiledTest, seed: int = 1) -> qti.TestSession:
    """Begin a session at time 0."""
    return qti.TestSession.start(test, seed=seed, now=0)


def key_of(session: qti.TestSession) -> str | None:
    """Return the key of the current item."""
    return None if session.current is None else session.current.key


def give(session: qti.TestSession, response: str = "A", now: float = 0) -> None:
    """Respond to the current item and submit that."""
    session.respond({"RESPONSE": response}, now=now)
    session.submit(now=now)


def walk(session: qti.TestSession, answers: str = "") -> list[str | None]:
    """Answer each item in turn, with a letter of `answers` each, and return the items met."""
    met = []
    for answer in answers or "A" * 20:
        if session.current is None:
            break
        met.append(key_of(session))
        if answer != "-":
            give(session, answer)
        session.next(now=0)
    return met


def refused(move: Callable[[], None], rule: str) -> None:
    """Check that a move is refused by a rule."""
    with pytest.raises(NotAllowed) as raised:
        move()
    assert raised.value.rule == rule
