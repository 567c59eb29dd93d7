"""Archives of two tables that state all there is: what the newest lacks is gone, unless it lacks too much."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from shared.ingestion.table_names import TableName
from tests.fixtures.staging import zipped
from tests.fixtures.stated_facts import Pseudonym, StatedFact
from tests.simulation.files import Content, Fate, Feed, written
from tests.simulation.journals import NO_POINTS

SOURCE: Final = "register-main"
FEED: Final = Path(__file__).with_name("register.toml")
TASK: Final = ("record", "line_item", "line_item_title", "max_score")
"""What is compared of a task."""
KEYS: Final = {TableName.LINE_ITEM: "line_item", TableName.RESULTS: "source_id"}
"""What names a row of each table."""
MOST_VANISHED: Final = 0.5
_TASKS: Final = ("task", "task title", "out of")
_MARKS: Final = ("mark", "student", "course", "marked task", "marked title", "state", "points")


def register(random: Random) -> Content:
    """Return the tasks and marks of a moment; now and then an export that was cut off, with next to none."""
    marks = random.choice([*range(6, 13)] * 2 + [0, 1, 2])
    kept = random.sample(range(12), marks)
    tasks = random.sample(range(5), random.choice([3, 4, 5, 5, 1]))
    faulty = set(random.sample(range(marks), random.randint(0, marks // 4)))
    rows = [_mark(random, number, spoilt=n in faulty) for n, number in enumerate(kept)]
    titles = [(f"T{n}", f"Task {n}, {random.choice(['draft', 'final'])}", "10") for n in tasks]
    data = zipped({"tasks.csv": written([_TASKS, *titles]), "marks.csv": written([_MARKS, *rows])})
    rejected = frozenset(n + 2 for n in faulty)
    return Content(data, Fate.ACCEPTED, len(tasks) + marks, rejected, rejected, feed=Feed.REGISTER)


@dataclass(frozen=True, slots=True)
class Register:
    """What an archive states, read plainly: the accepted records of each table by ordinal."""

    tasks: Mapping[int, Mapping[str, str]]
    marks: Mapping[int, Mapping[str, str]]

    @property
    def keys(self) -> dict[TableName, frozenset[str]]:
        """What names the rows of each table."""
        return {
            TableName.LINE_ITEM: frozenset(row["task"] for row in self.tasks.values()),
            TableName.RESULTS: frozenset(row["mark"] for row in self.marks.values()),
        }

    def facts(self, pseudonym: Pseudonym) -> Iterator[StatedFact]:
        """Yield the results."""
        for record, cells in self.marks.items():
            yield _fact(record, cells, pseudonym)

    def line_items(self) -> Iterator[tuple[Any, ...]]:
        """Yield the tasks, by the columns of `TASK`."""
        for record, cells in self.tasks.items():
            yield record, cells["task"], cells["task title"], Decimal(cells["out of"])


@cache
def read(content: Content) -> Register:
    """Read an archive by Python's own modules."""
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        tasks, marks = (_records(archive.read(name)) for name in ("tasks.csv", "marks.csv"))
    return Register(tasks, {n: row for n, row in marks.items() if n not in content.rejected})


def lacks_much(content: Content, others: Iterable[Content]) -> bool:
    """Tell whether an archive lacks so much of what one of the others states that it may be held."""
    mine = read(content).keys
    return any(
        too_many(keys, keys - mine[table])
        for other in others
        if other.fate is Fate.ACCEPTED
        for table, keys in read(other).keys.items()
    )


def too_many(before: frozenset[str], gone: frozenset[str]) -> bool:
    """Tell whether so many keys of a table may not vanish at once."""
    return bool(gone) and (gone == before or len(gone) > MOST_VANISHED * len(before))


def _records(data: bytes) -> dict[int, Mapping[str, str]]:
    return dict(enumerate(csv.DictReader(io.StringIO(data.decode(), newline="")), start=2))


def _mark(random: Random, number: int, *, spoilt: bool) -> list[str]:
    task = number % 5
    points = NO_POINTS if spoilt else str(random.randint(0, 10))
    return [
        f"M{number}",
        f"{number % 4 + 1:07d}",
        f"REG_{number % 2}",
        f"T{task}",
        f"Task {task}",
        "graded",
        points,
    ]


def _fact(record: int, cells: Mapping[str, str], pseudonym: Pseudonym) -> StatedFact:
    return StatedFact(
        record=record,
        line_item=cells["marked task"],
        line_item_title=cells["marked title"],
        learner=pseudonym(cells["student"]),
        course=cells["course"],
        section=None,  # type: ignore[arg-type] # the feed has none
        attempt=1,
        status="fully-graded",
        score=None if cells["points"] == NO_POINTS else Decimal(cells["points"]),
        max_score=None,  # type: ignore[arg-type] # the task says it
        occurred_at=None,
    )
