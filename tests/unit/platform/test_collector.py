"""A process that lasts keeps the collector of cycles away from what it has loaded for good."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from shared.platform import collector


class _Loaded:
    """Something that refers to itself, as modules do."""

    def __init__(self) -> None:
        self.itself = self


class _Remembered:
    """Something that is no part of a cycle."""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_was_loaded_is_not_looked_at_again() -> None:
    loaded = _Loaded()
    collector.settle()
    assert not any(each is loaded for each in gc.get_objects())


def test_what_could_go_has_gone() -> None:
    gone = weakref.ref(_Loaded())
    collector.settle()
    assert gone() is None


def test_what_comes_later_is_collected() -> None:
    collector.settle()
    later = weakref.ref(_Loaded())
    gc.collect()
    assert later() is None


def test_what_is_given_up_later_goes_too_when_nothing_refers_to_it() -> None:
    remembered = {"last": _Remembered()}
    collector.settle()
    given_up = weakref.ref(remembered.pop("last"))
    assert given_up() is None


def test_full_collections_become_seldom_and_short_ones_stay() -> None:
    young, middle, old = gc.get_threshold()
    collector.settle()
    assert gc.get_threshold() == (young, middle, 10 * old)


async def test_it_settles_by_itself_in_the_running_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = asyncio.Event()
    monkeypatch.setattr(collector, "SETTLED_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(collector, "settle", settled.set)
    collector.settle_later()
    async with asyncio.timeout(10):
        await settled.wait()
