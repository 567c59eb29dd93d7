"""Answers that are held: until a change or the end of the wait, in order, and not for who has gone."""

import asyncio
from collections.abc import Callable

import pytest

from infra.local.cosmos.holding import LONGEST_SECONDS, HeldAnswers, Hold, preferred_wait
from infra.local.cosmos.http import HttpConnection
from infra.local.cosmos.messages import Request, Response
from tests.unit.local_cosmos.wires import Wire

CONTAINER = 7
ASKED = b"GET /feed HTTP/1.1\r\n\r\n"


class Feed:
    """Answers 304 that may be held, until it is told that something has changed."""

    def __init__(self) -> None:
        self.held = HeldAnswers()
        self.changed = False
        self.wire = Wire()
        self.connection = HttpConnection(self._answer, _at_once, self.held, lambda: "0:-1#1")
        self.connection.connection_made(self.wire)

    def change(self, container: int = CONTAINER) -> None:
        self.changed = True
        self.held.changed({container})

    def _answer(self, request: Request) -> Response:
        if request.path != "/feed" or self.changed:
            return Response(200, request.path.encode())
        return Response(304, hold=Hold(CONTAINER, 60))


def _at_once(send: Callable[[], None]) -> None:
    send()


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=6", 6),
        ("return=minimal, Wait = 6; x=1", 6),
        ("wait=100000", LONGEST_SECONDS),
        ("wait=soon", 0),
        ("respond-async", 0),
    ],
)
def test_a_wait_is_read_as_the_standard_says(prefer: str, seconds: int) -> None:
    assert preferred_wait({"prefer": prefer}) == seconds


def test_without_a_preference_nobody_waits() -> None:
    assert preferred_wait({}) == 0


async def test_a_held_answer_tells_what_has_changed() -> None:
    feed = Feed()
    feed.connection.data_received(ASKED)
    assert feed.wire.written == b""
    feed.change()
    assert feed.wire.written.startswith(b"HTTP/1.1 200")
    feed.change()
    assert feed.wire.written.count(b"HTTP/1.1") == 1


async def test_a_change_of_another_container_is_not_told() -> None:
    feed = Feed()
    feed.connection.data_received(ASKED)
    feed.change(CONTAINER + 1)
    assert feed.wire.written == b""


async def test_a_wait_ends_without_a_change() -> None:
    answered = asyncio.Event()
    held = HeldAnswers()
    held.hold(Hold(CONTAINER, 0), answered.set)
    await answered.wait()


async def test_the_next_request_ends_the_wait_so_that_answers_stay_in_order() -> None:
    feed = Feed()
    feed.connection.data_received(ASKED + b"GET /next HTTP/1.1\r\n\r\n")
    assert feed.wire.written.startswith(b"HTTP/1.1 304")
    assert feed.wire.written.endswith(b"/next")


async def test_nothing_is_told_to_who_has_gone() -> None:
    feed = Feed()
    feed.connection.data_received(ASKED)
    feed.connection.connection_lost(None)
    feed.change()
    assert feed.wire.written == b""
