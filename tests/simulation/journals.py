"""Files of changes: rows that come late, come again and vanish, and what must be left of them all."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.fixtures.stated_facts import Pseudonym, StatedFact
from tests.simulation.files import Content, Fate, Feed, written

SOURCE: Final = "journal-log"
FEED: Final = Path(__file__).with_name("journal.toml")
NO_POINTS: Final = "eight"
"""What only the mended mapping takes for no value."""
_HEADER: Final = (
    "entry", "changed", "removed", "student", "course", "item", "item title", "state", "points", "out of",
)  # fmt: skip


def journal(random: Random) -> Content:
    """Return changes of a few entries, each at one of a few moments, some of them removals."""
    total = random.randint(3, 9)
    faulty = set(random.sample(range(total), random.randint(0, total // 4)))
    rows = [_change(random, spoilt=n in faulty) for n in range(total)]
    bad = frozenset(n + 2 for n in faulty)
    return Content(written([_HEADER, *rows]), Fate.ACCEPTED, total, bad, bad, feed=Feed.JOURNAL)


@dataclass(frozen=True, slots=True)
class _Change:
    moment: str
    place: tuple[str, ...]
    record: int
    removed: bool
    cells: dict[str, str]

    @property
    def rank(self) -> tuple[str, tuple[str, ...], int]:
        return self.moment, self.place, self.record


def left_of(sent: Iterable[tuple[tuple[str, ...], Content]], pseudonym: Pseudonym) -> Iterator[StatedFact]:
    """Yield the facts that all changes come to: of each entry the last one counts, unless it is a removal."""
    last: dict[str, _Change] = {}
    for place, content in sent:
        for change in _changes(place, content):
            entry = change.cells["entry"]
            if entry not in last or last[entry].rank < change.rank:
                last[entry] = change
    for change in last.values():
        if not change.removed:
            yield _fact(change, pseudonym)


def _changes(place: tuple[str, ...], content: Content) -> Iterator[_Change]:
    rows = csv.DictReader(io.StringIO(content.data.decode(), newline=""))
    for record, cells in enumerate(rows, start=2):
        if record not in content.rejected:
            yield _Change(cells["changed"], place, record, cells["removed"] == "true", cells)


def _fact(change: _Change, pseudonym: Pseudonym) -> StatedFact:
    cells: dict[str, Any] = change.cells
    return StatedFact(
        record=change.record,
        line_item=cells["item"],
        line_item_title=cells["item title"],
        learner=pseudonym(cells["student"]),
        course=cells["course"],
        section=None,  # type: ignore[arg-type] # the feed has none
        attempt=1,
        status="fully-graded",
        score=None if cells["points"] == NO_POINTS else Decimal(cells["points"]),
        max_score=Decimal(cells["out of"]),
        occurred_at=None,
    )


def _change(random: Random, *, spoilt: bool) -> list[str]:
    number = random.randint(1, 8)
    return [
        *(
            f"E{number}",
            f"2026-03-0{random.randint(1, 4)}T10:00:00Z",
            random.choice(["false", "false", "true"]),
        ),
        *(f"{number % 3 + 1:07d}", f"HIS_{number % 2}", f"H{number}", f"Source {number}", "graded"),
        *(NO_POINTS if spoilt else str(random.randint(0, 10)), "10"),
    ]
