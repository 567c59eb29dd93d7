"""What drill-down answers equals what plain Python says, whatever the rows, files, filter and order are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.http.facts import READERS
from shared.analytics.drilling.costs import Meter
from shared.analytics.drilling.model import (
    PAGE_BOUNDS,
    PLACE,
    Among,
    Between,
    Condition,
    DataFile,
    Order,
    Question,
    Versions,
)
from shared.analytics.drilling.people import People
from shared.analytics.drilling.policies import alternatives
from shared.analytics.drilling.pruning import admitted
from shared.analytics.drilling.sweeping import Sweep
from shared.analytics.policies import Audience
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.table_names import TableName
from shared.platform.lake.drilling import shape_of
from shared.tenancy.model import Role
from tests.fixtures.facts import Row, fact, frame, ingest_id, learner_id

RESULTS = shape_of(TableName.RESULTS)
COURSES = ("algebra", "biology", "chemistry")
NOBODY: frozenset[str] = frozenset()

_ROWS = st.builds(
    lambda learner, course, score: fact(ingest_id(0), learner_id(learner), course, score=score),
    st.integers(0, 3),
    st.sampled_from(COURSES),
    st.none() | st.sampled_from(["1", "2.5", "9"]),
)
_FILES = st.lists(st.lists(_ROWS, min_size=1, max_size=4), max_size=4)
_CONDITIONS = st.lists(
    st.builds(lambda names: Among("course", frozenset(names)), st.sets(st.sampled_from(COURSES), min_size=1))
    | st.builds(lambda n: Among("learner", frozenset({learner_id(n)})), st.integers(0, 5))
    | st.builds(
        lambda a, b: Between("course", a, b), st.none() | st.sampled_from(COURSES), st.just("biology")
    )
    | st.just(Between("score", Decimal(2), None)),
    max_size=3,
)
_ORDERS = st.lists(
    st.builds(Order, st.sampled_from(["score", "learner", "course"]), st.booleans()),
    max_size=2,
    unique_by=lambda order: order.column,
)
_LINKS = st.dictionaries(st.integers(0, 3), st.integers(2, 5), max_size=2)
_VERSIONS = Versions(1, 1)
_ALTERNATIVES = st.none() | st.just((Among("course", frozenset({"algebra"})),)) | st.just(())


@dataclass(frozen=True, slots=True)
class MemoryVersion:
    """A version whose files are lists of rows."""

    contents: dict[str, Sequence[Row]]
    people: People
    versions: Versions = _VERSIONS

    @property
    def files(self) -> tuple[DataFile, ...]:
        """One file per list, with the extremes of its courses."""
        return tuple(_file(path, rows) for path, rows in self.contents.items())

    async def scan(self, files: Sequence[DataFile], first_place: int) -> pl.LazyFrame:
        """Return the rows of files, numbered."""
        rows = frame([row for file in files for row in self.contents[file.path]])
        return rows.with_row_index(PLACE, first_place).lazy()

    async def collect(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        """Compute a frame."""
        return lazy.collect()


def _file(path: str, rows: Sequence[Row]) -> DataFile:
    courses = [row["course"] for row in rows]
    # So large that no two are read in one go.
    return DataFile(
        path, 40 * 1024**2, len(rows), rows[0]["source"], {"course": (min(courses), max(courses))}
    )


def _meets(row: Row, condition: Condition, links: dict[str, str]) -> bool:
    value: Any = row[condition.column]
    if condition.column == "learner":
        value = links.get(value, value)
    if isinstance(condition, Among):
        return value in condition.values
    least: Any = condition.least
    greatest: Any = condition.greatest
    return value is not None and (least is None or value >= least) and (greatest is None or value <= greatest)


def _expected(
    rows: Sequence[Row], question: Question, admitted: Sequence[Condition] | None, links: dict[str, str]
) -> list[tuple[Any, ...]]:
    found = [
        row
        for row in rows
        if all(_meets(row, it, links) for it in question.conditions)
        and (admitted is None or any(_meets(row, it, links) for it in admitted))
    ]
    shown = [row | {"learner": links.get(row["learner"], row["learner"])} for row in found]
    for order in reversed(question.order):
        filled = [row for row in shown if row[order.column] is not None]
        filled.sort(key=lambda row: row[order.column], reverse=order.descending)
        shown = filled + [row for row in shown if row[order.column] is None]
    return [tuple(row[column] for column in question.columns) for row in shown]


@settings(deadline=None, max_examples=80)
@given(_FILES, _CONDITIONS, _ORDERS, _ALTERNATIVES, _LINKS, st.integers(1, 8))
async def test_an_answer_is_what_plain_python_says(
    files: list[list[Row]],
    conditions: list[Condition],
    order: list[Order],
    allowed: tuple[Among, ...] | None,
    linked: dict[int, int],
    count: int,
) -> None:
    links = {learner_id(a): learner_id(b) for a, b in linked.items()}
    pairs = [("canvas", learner, person, "u", "s") for learner, person in links.items()]
    people = People(pl.DataFrame(pairs, schema=LINKS, orient="row"))
    version = MemoryVersion({f"{n}.parquet": rows for n, rows in enumerate(files)}, people)
    question = Question(RESULTS, ("course", "learner", "score"), tuple(conditions), tuple(order))
    rows = await Sweep(version, question, allowed, Meter(PAGE_BOUNDS)).first(count)
    every = [row for content in files for row in content]
    # Python sorts stably where a descending order is reversed: ties keep their places.
    assert rows.rows() == _expected(every, question, allowed, links)[:count]


@given(_FILES, _CONDITIONS, _ALTERNATIVES)
def test_no_file_that_holds_an_answer_is_pruned(
    files: list[list[Row]], conditions: list[Condition], allowed: tuple[Among, ...] | None
) -> None:
    known = [_file(f"{n}.parquet", rows) for n, rows in enumerate(files)]
    kept = {file.path for file in admitted(known, conditions, allowed)}
    for file, rows in zip(known, files, strict=True):
        holds = _expected(rows, Question(RESULTS, ("course",), tuple(conditions)), allowed, {})
        assert file.path in kept or not holds


def test_a_role_reaches_the_tables_of_which_it_may_see_rows_and_no_other() -> None:
    own = (frozenset({"algebra"}), frozenset({learner_id(1)}))
    for table, readers in READERS.items():
        shape = shape_of(table)
        seeing = {role for role in Role if alternatives(Audience.of({role}, *own, 10), shape) != ()}
        assert readers == seeing, table


def test_roles_without_courses_or_results_of_their_own_see_no_row() -> None:
    for role in (Role.INSTRUCTOR, Role.LEARNER, Role.SUPPORT_READONLY, Role.SUPER_ADMIN):
        assert alternatives(Audience.of({role}, NOBODY, NOBODY, 10), RESULTS) == ()
