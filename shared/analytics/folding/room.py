"""The room that a fold has: how much lies in memory together, and where the rest waits."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self

import polars as pl

type Spot = tuple[int, int]
"""Where a frame lies on scratch: offset and length."""


class Scratch(Protocol):
    """Frames that lie outside of memory while a fold works. Nobody else can name them, and none is left."""

    async def put(self, frame: pl.DataFrame) -> Spot:
        """Write a frame, return where it lies; `Unavailable` when there is no room."""
        ...

    async def get(self, spot: Spot) -> pl.DataFrame:
        """Return the frame at a spot."""
        ...


type OpenScratch = Callable[[], AbstractContextManager[Scratch]]


class MemoryScratch:
    """Implements `Scratch` where nothing is at hand but memory."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.clear()

    async def put(self, frame: pl.DataFrame) -> Spot:
        """Keep a frame."""
        self._frames.append(frame)
        return len(self._frames) - 1, 1

    async def get(self, spot: Spot) -> pl.DataFrame:
        """Return the frame at a spot."""
        return self._frames[spot[0]]


@dataclass(frozen=True, slots=True)
class Room:
    """Bounds of a fold; what lies aside does so on `scratch`.

    Of a dump of 15 million facts with a tenth as many results, 500 MB lie aside at most. A tenant with more
    has its facts read again.
    """

    scratch: OpenScratch = MemoryScratch
    results_at_once: int = 120_000
    """Results in memory together, in about 100 bytes each, unless a bucket or a course has more."""
    results_aside: int = 3_000_000
    """Results that lie aside, in twice 70 bytes each, unless a bucket has more."""
    facts_at_once: int = 1_000_000
    """Facts among which the newest are found together, in about 100 bytes each."""
    parts_aside: int = 16
    """Times so many facts that lie aside, in 32 bytes each."""
