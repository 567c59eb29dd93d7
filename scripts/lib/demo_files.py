"""Demo files of the two kinds that are read, with seeded faults, and the truth about them.

The same seed gives the same bytes. The truth says what a correct run must come to: records, facts, rejects
by code, and the result of each course, so that any run can be checked to the row.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import BinaryIO, Final

from shared.ingestion.model import RejectCode

_FAULTY: Final = 0.02
_UNUSUAL: Final = 0.03

type _Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a file is written: the same content, as different machines and teachers' settings write it."""

    separator: str = ","
    decimal: str = "."
    line_end: str = "\n"
    bom: bool = False


@dataclass(frozen=True, slots=True)
class CourseTruth:
    """Of a course: results (the latest attempt each), how many count with a score, their mean percent."""

    results: int
    scored: int
    mean_percent: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """What a correct ingest of a file comes to."""

    records: int
    facts: int
    rejects: Mapping[str, int]
    courses: Mapping[str, CourseTruth]

    @property
    def accepted(self) -> int:
        """Records without fault."""
        return self.records - sum(self.rejects.values())


@dataclass(slots=True)
class _Tally:
    """Counts while a file is written."""

    records: int = 0
    facts: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    latest: dict[_Key, Decimal | None] = field(default_factory=dict)

    def accept(self, facts: Mapping[_Key, Decimal | None]) -> None:
        """Count a record whose facts have these percents, None without a score that counts."""
        self.records += 1
        self.facts += len(facts)
        self.latest.update(facts)

    def reject(self, code: RejectCode) -> None:
        """Count a record with a fault."""
        self.records += 1
        self.rejects[code.value] += 1

    def truth(self) -> Truth:
        """Return what was counted."""
        percents: dict[str, list[Decimal | None]] = {}
        for (course, _, _), percent in self.latest.items():
            percents.setdefault(course, []).append(percent)
        return Truth(
            self.records, self.facts, dict(self.rejects), {c: _course(p) for c, p in sorted(percents.items())}
        )


def _course(percents: Sequence[Decimal | None]) -> CourseTruth:
    scored = [percent for percent in percents if percent is not None]
    return CourseTruth(len(percents), len(scored), float(sum(scored) / len(scored)) if scored else None)


class _Table:
    """Writes records to a binary stream in a style."""

    def __init__(self, out: BinaryIO, style: Style) -> None:
        self._out = out
        self._style = style
        if style.bom:
            out.write(b"\xef\xbb\xbf")

    def write(self, cells: Sequence[str]) -> None:
        """Write one record."""
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=self._style.separator, lineterminator=self._style.line_end).writerow(cells)
        self._out.write(line.getvalue().encode())

    def number(self, value: Decimal) -> str:
        """Return a number as the style writes it."""
        return str(value).replace(".", self._style.decimal)


_ATTEMPTS_HEADER: Final = (
    "student_id", "course_id", "section_id", "assessment_id", "assessment_title",
    "attempt", "status", "score", "max_score", "submitted_at",
)  # fmt: skip
_SCORE: Final = 7
_TITLES: Final = ("Warm-up", "Unit test, part 1", 'The "big" quiz', "Essay\nand talk", "Lab report", "Final")
_ATTEMPT_FAULTS: Final = (
    (RejectCode.NUMBER, _SCORE, "eight"),
    (RejectCode.RANGE, _SCORE, "-1"),
    (RejectCode.CODE, 6, "pending"),
    (RejectCode.TIMESTAMP, 9, "last Tuesday"),
    (RejectCode.INTEGER, 5, "first"),
    (RejectCode.MISSING, 0, ""),
    (RejectCode.RAGGED, None, ""),
)


def write_attempts(
    out: BinaryIO,
    *,
    seed: int,
    rows: int,
    courses: Sequence[str],
    style: Style = Style(),
) -> Truth:
    """Write `rows` attempts of learners `0000001` and on, in turn over `courses`."""
    random, tally, table = Random(seed), _Tally(), _Table(out, style)  # noqa: S311 - not a secret
    table.write(_ATTEMPTS_HEADER)
    for record in _attempts(random, rows, courses, table):
        if random.random() < _FAULTY:
            code, at, text = random.choice(_ATTEMPT_FAULTS)
            table.write([*record[:at], text, *record[at + 1 :]] if at is not None else record[:-2])
            tally.reject(code)
        else:
            table.write(record)
            tally.accept({_attempt_key(record): _attempt_percent(record)})
    return tally.truth()


def _attempts(random: Random, rows: int, courses: Sequence[str], table: _Table) -> Iterator[list[str]]:
    """Yield sound records; now and then one comes twice, is a retake, or has no score."""
    record: list[str] = []
    for n in range(rows):
        turn = random.random()
        if record and turn < _UNUSUAL:
            yield record
            continue
        score = table.number(Decimal(random.randint(0, 200)) / 2)
        if record and turn < 2 * _UNUSUAL:
            record = [*record[:5], str(int(record[5]) + 1), "graded", score, *record[8:]]
        else:
            record = _first_attempt(n, courses, score)
        if random.random() < _UNUSUAL:
            record[6:8] = random.choice([("missing", "N/A"), ("excused", "-"), ("submitted", "")])
        yield record


def _first_attempt(n: int, courses: Sequence[str], score: str) -> list[str]:
    learner, title = divmod(n, len(_TITLES))
    course = courses[learner % len(courses)]
    return [
        *(f"{learner + 1:07d}", course, f"{course}-{learner % 3}", f"{course}-A{title}", _TITLES[title]),
        *("1", "graded", score, "100", f"2026-03-{n % 28 + 1:02d}T10:{n % 60:02d}:00Z"),
    ]


def _attempt_key(record: Sequence[str]) -> _Key:
    return record[1], record[3], record[0]


def _attempt_percent(record: Sequence[str]) -> Decimal | None:
    score = record[_SCORE].replace(",", ".")
    return Decimal(score) if record[6] == "graded" else None


_TEACHER_COLUMNS: Final = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_TOTALS: Final = (
    "Homework Current Score (read only)",
    "Current Score (read only)",
    "Final Grade (read only)",
)


def write_gradebook(  # noqa: PLR0913 - each says one thing about the file
    out: BinaryIO,
    *,
    seed: int,
    rows: int,
    course: str,
    assignments: int = 8,
    style: Style = Style(),
) -> Truth:
    """Write the gradebook of `course` with `rows` students, whose Canvas ids count from 1001.

    The file's name must end in `Grades-{course}.csv`, as Canvas names it: the course stands nowhere else.
    """
    random, tally, table = Random(seed), _Tally(), _Table(out, style)  # noqa: S311 - not a secret
    numbers = range(assignments)
    points = [Decimal(random.choice((5, 10, 20, 100))) for _ in numbers]
    blank = [""] * len(_TEACHER_COLUMNS)
    table.write([*_TEACHER_COLUMNS, *(f"Task {n}, week {n} ({500 + n})" for n in numbers), *_TOTALS])
    table.write([*blank, *("Manual Posting" if n % 3 == 0 else "" for n in numbers), *[""] * len(_TOTALS)])
    table.write(
        ["    Points Possible", *blank[1:], *map(table.number, points), *["(read only)"] * len(_TOTALS)]
    )
    for n in range(rows - 1):
        cells = [_grade(random, possible) for possible in points]
        texts = [cell if isinstance(cell, str) else table.number(cell) for cell in cells]
        record = [*_student(n), *texts, "88", "91", "A-"]
        fault = _gradebook_fault(random, record)
        if fault is None:
            tally.accept(_grades(course, str(1001 + n), cells, points))
        else:
            tally.reject(fault)
        table.write(record)
    table.write(["Student, Test", "999999", "", "testlogin", "A", *["1"] * assignments, "", "", ""])
    tally.accept({})
    return tally.truth()


def _student(n: int) -> list[str]:
    section = "Period 1 and Period 2" if n % 7 == 0 else f"Period {n % 3 + 1}"
    return [f"Family{n}, Given{n}", str(1001 + n), f"{n:07d}", f"login{n}", section]


def _grade(random: Random, possible: Decimal) -> Decimal | str:
    if random.random() < _UNUSUAL:
        return random.choice(["EX", "N/A", "-", ""])
    return (possible * random.randint(0, 100) / 100).quantize(Decimal("0.01"))


def _grades(
    course: str, student: str, cells: Sequence[Decimal | str], points: Sequence[Decimal]
) -> dict[_Key, Decimal | None]:
    percents: dict[_Key, Decimal | None] = {}
    for n, (cell, possible) in enumerate(zip(cells, points, strict=True)):
        if isinstance(cell, Decimal):
            percents[course, str(500 + n), student] = 100 * cell / possible
        elif cell == "EX":
            percents[course, str(500 + n), student] = None
    return percents


def _gradebook_fault(random: Random, record: list[str]) -> RejectCode | None:
    """Spoil a record now and then, and tell how."""
    if random.random() >= _FAULTY:
        return None
    fault = random.choice((RejectCode.NUMBER, RejectCode.MISSING, RejectCode.RAGGED))
    match fault:
        case RejectCode.NUMBER:
            record[len(_TEACHER_COLUMNS)] = "late"
        case RejectCode.MISSING:
            record[1] = ""
        case _:
            record.append("one too many")
    return fault
