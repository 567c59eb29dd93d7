"""A district that never was: schools, classes, learners and what was assessed, each known by its number.

Nothing is stored: the n-th row of any table is computed from n, so that a district may have any size. People
and things have the same identifiers in every table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from shared.ingestion.table_names import TableName

type Value = str | int | bool | Decimal | datetime | None

TITLES: Final = (
    "Warm-up",
    "Unit test, part 1",
    'The "big" quiz',
    "Essay\nand talk",
    "Prüfung, 2. Teil",
    "Lab report; final",
    "Dictée",
)
_FAMILIES: Final = ("O'Hara", "Müller", "Núñez", "García", "de la Cruz", "Smith-Jones", "Li")
_SUBJECTS: Final = ("ALG", "BIO", "HIS", "LIT", "CHEM", "MUS")
_BEGIN: Final = datetime(2026, 1, 12, 8, tzinfo=UTC)
_CLASSES: Final = 40
_SCHOOLS: Final = 9
_LINE_ITEMS: Final = 12
_QUESTIONS: Final = 10
_STANDARDS: Final = 24


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the district: the numbers of everything that it is about."""

    n: int
    learner: int
    group: int
    school: int
    line_item: int
    question: int


def place(table: TableName, n: int) -> Place:
    """Return what the n-th row of a table is about; no two rows of a table have one key."""
    match table:
        case TableName.PERSON:
            learner, group, item, question = n, n, n, n
        case TableName.ORG | TableName.CLASS | TableName.LINE_ITEM | TableName.COURSE:
            learner, group, item, question = n, n, n, n
        case TableName.ENROLMENT:
            learner, group, item, question = n // 4, n // 4 + n % 4, n, n
        case TableName.ITEM_RESPONSE:
            question = n % _QUESTIONS
            item = n // _QUESTIONS % _LINE_ITEMS
            learner = n // (_QUESTIONS * _LINE_ITEMS)
            group = learner
        case _:
            learner, item, question = n // _LINE_ITEMS, n % _LINE_ITEMS, n
            group = learner
    is_group, is_school = table in {TableName.CLASS, TableName.COURSE}, table is TableName.ORG
    return Place(
        n=n,
        learner=learner,
        group=group if is_group else group % _CLASSES,
        school=n if is_school else group % _SCHOOLS,
        line_item=item if table is TableName.LINE_ITEM else item % _LINE_ITEMS,
        question=question % _QUESTIONS,
    )


def transferred(at: Place, by: int) -> Place:
    """Return the place when everybody has gone to a class `by` further; people stay who they are."""
    return replace(at, group=(at.group + by) % _CLASSES) if by else at


def course_of(group: int) -> str:
    """Return the course of a class."""
    return f"{_SUBJECTS[group % len(_SUBJECTS)]}_{group // len(_SUBJECTS) + 1}"


def title_of(line_item: int) -> str:
    """Return what a line item is called: no two have the same title."""
    return f"{TITLES[line_item % len(TITLES)]} {line_item}"


def name_of(learner: int) -> str:
    """Return the name of a person, as lists of students write it."""
    return f"{_FAMILIES[learner % len(_FAMILIES)]}, Given{learner}"


def _moment(random: Random) -> datetime:
    return _BEGIN + timedelta(seconds=random.randrange(120 * 24 * 3600))


def _points(random: Random) -> Decimal:
    return Decimal(random.randrange(0, 40_001)) / 400


_SAID: Final[Mapping[str, Callable[[Place, Random], Value]]] = {
    "learner": lambda at, _: f"{at.learner + 1:07d}",
    "role": lambda _, random: random.choice(("student", "teacher")),
    "org": lambda at, _: f"{at.school + 1:04d}",
    "parent": lambda at, _: f"{at.school // 5 + 1:04d}",
    "identifier": lambda at, _: f"0{at.school + 7:05d}",
    "class": lambda at, _: f"{at.group + 1:05d}",
    "section": lambda at, _: f"{course_of(at.group)}-{at.group % 3}",
    "course": lambda at, _: course_of(at.group),
    "course_title": lambda at, _: f"{course_of(at.group)}, for all",
    "code": lambda at, _: f"0{at.group}",
    "periods": lambda at, _: f"{at.group % 7 + 1}",
    "title": lambda at, _: title_of(at.n),
    "line_item": lambda at, _: f"{at.line_item + 501:06d}",
    "line_item_title": lambda at, _: title_of(at.line_item),
    "result": lambda at, _: f"{at.n // 2 + 1:08d}",
    "standard": lambda at, _: f"urn:uuid:{at.n % _STANDARDS:08x}-4a5b-11f0-9fe2-0242ac120002",
    "standard_source": lambda _, random: random.choice(("case", "unknown")),
    "text_score": lambda _, random: random.choice(("Emerging", "Meets", "=3")),
    "item": lambda at, _: f"{at.question + 1:03d}",
    "item_title": lambda at, _: f"Question {at.question + 1}, really?",
    "attempt": lambda _, random: random.choice((1, 1, 1, 2, 3)),
    "status": lambda _, random: random.choice(("fully-graded", "submitted", "exempt")),
    "score": lambda _, random: _points(random),
    "max_score": lambda at, _: Decimal(10 * (at.line_item % 10 + 1)),
    "number": lambda _, random: _points(random),
    "percent": lambda _, random: _points(random),
    "value": lambda _, random: random.choice(("A", "B+", "007", "n=1, yes")),
    "level": lambda _, random: random.choice(("Level 1", "Level 2", "On track")),
    "measure": lambda at, _: f"measure {at.n % 5}",
    "period": lambda at, _: f"term-{at.group % 3 + 1}",
    "category": lambda at, _: f"category {at.line_item % 4}",
    "grade_level": lambda at, _: f"{at.learner % 12 + 1:02d}",
    "type": lambda at, _: f"type {at.n % 3}",
    "sis_id": lambda at, _: f"{at.learner + 1:07d}",
    "district_id": lambda at, _: f"D{at.learner + 1:06d}",
    "state_id": lambda at, _: f"00{at.learner + 1:08d}",
    "username": lambda at, _: f"Login{at.learner + 1}",
    "email": lambda at, _: f"Pupil{at.learner + 1}@Example.org",
    "response": lambda _, random: random.choice(("A", "B,C", "left=>right", "3.5", "two\nlines")),
    "body": lambda at, _: f"event {at.n}",
    "source_id": lambda at, _: f"{at.n + 1:08d}",
}


def said(name: str, at: Place, random: Random) -> Value:
    """Return what the row at a place says in a canonical column; a moment or a truth for all others."""
    if name in _SAID:
        return _SAID[name](at, random)
    if name.endswith("_at"):
        return _moment(random)
    return random.random() < 0.5
