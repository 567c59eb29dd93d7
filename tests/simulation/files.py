"""Files that districts send, small, with faults in known places, and what each must come to."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final, Self

_COURSES: Final = ("ALG_1", "BIO_1")
_HEADER: Final = (
    "student_id", "course_id", "section_id", "assessment_id", "assessment_title",
    "attempt", "status", "score", "max_score", "submitted_at",
)  # fmt: skip
_TITLES: Final = ("Warm-up", "Essay\nand talk", 'The "big" quiz')
MENDED_STATUS: Final = "pending"
"""What the mapping of attempts knows only after it was mended."""
_FAULTS: Final = ((7, "eight"), (7, "-1"), (6, MENDED_STATUS), (6, MENDED_STATUS), (5, "first"), (0, ""))
_MOST_REJECTED: Final = 0.25
"""More than this share of faulty records, and both feeds refuse a file."""
_GRADEBOOK: Final = (
    "Student",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Section",
    "Task 1 (501)",
    "Task 2 (502)",
)


class Feed(StrEnum):
    """How what a file says is to be understood."""

    ATTEMPTS = "attempts"
    GRADEBOOK = "gradebook"
    JOURNAL = "journal"
    """It states changes that merge into what earlier files stated."""
    REGISTER = "register"
    """It states all there is, in two tables."""


class Fate(StrEnum):
    """What must become of a file by its content alone."""

    ACCEPTED = "accepted"
    UNRECOGNISED = "unrecognised"
    TOO_MANY_REJECTS = "too-many-rejects"
    DAMAGED = "damaged-file"


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file and its truth. `rejected` are ordinals of records, the header being 1."""

    data: bytes
    fate: Fate
    records: int
    rejected: frozenset[int] = frozenset()
    mended: frozenset[int] = frozenset()
    """Those of them that the mended mapping of the feed takes."""
    course: str | None = None
    """The course of a gradebook, None for other files."""
    feed: Feed = Feed.ATTEMPTS

    def under(self, mapping_version: int) -> Self:
        """Return the file as a version of its mapping is to understand it: 1, or the mended 2."""
        if mapping_version == 1:
            return self
        rejected = self.rejected - self.mended
        mended = self.fate is Fate.TOO_MANY_REJECTS and len(rejected) <= _MOST_REJECTED * self.records
        fate = Fate.ACCEPTED if mended else self.fate
        return replace(self, rejected=rejected, mended=frozenset(), fate=fate)

    @property
    def sound(self) -> int:
        """Records without fault."""
        return self.records - len(self.rejected)


def attempts(random: Random, fate: Fate = Fate.ACCEPTED) -> Content:
    """Return a file of attempts: a few records, some of them faulty, most of them if that is its fate."""
    rows, rejected, mended = [], set(), set()
    total = random.randint(4, 14)
    wanted = total * 3 // 5 + 1 if fate is Fate.TOO_MANY_REJECTS else random.randint(0, total // 4)
    faulty = set(random.sample(range(total), wanted))
    for n in range(total):
        row = _attempt(random, n)
        if n in faulty:
            column, text = random.choice(_FAULTS)
            row[column] = text
            rejected.add(n + 2)
            if text == MENDED_STATUS:
                mended.add(n + 2)
        rows.append(row)
    return Content(written([_HEADER, *rows]), fate, total, frozenset(rejected), frozenset(mended))


def gradebook(random: Random, course: str) -> Content:
    """Return the gradebook of a course: a preamble of postings and points, then students."""
    total = random.randint(3, 6)
    faulty = set(random.sample(range(total), random.randint(0, total // 4)))
    rows = [
        ["", "", "", "", "", "Manual Posting", ""],
        ["    Points Possible", "", "", "", "", "10", "20"],
    ]
    for n in range(total):
        grades = (
            ["late", "1"] if n in faulty else [random.choice(["7.25", "EX", ""]), str(random.randint(0, 20))]
        )
        rows.append(
            [f"Family{n}, Given{n}", str(1001 + n), f"{n:05d}", f"login{n}", f"Period {n % 2}", *grades]
        )
    return Content(
        written([_GRADEBOOK, *rows]),
        Fate.ACCEPTED,
        total,
        frozenset(n + 4 for n in faulty),
        course=course,
        feed=Feed.GRADEBOOK,
    )


def stranger(random: Random) -> Content:
    """Return a file that no feed knows."""
    rows = [[str(random.random()), "x"] for _ in range(3)]
    return Content(written([["reading", "remark"], *rows]), Fate.UNRECOGNISED, 3)


def half(content: Content) -> Content:
    """Return what lies there of a file while it is still being written: its first records, or bytes."""
    if content.feed is Feed.REGISTER:
        return Content(content.data[: len(content.data) * 2 // 3], Fate.DAMAGED, 0)
    rows = list(csv.reader(io.StringIO(content.data.decode(), newline="")))
    before = len(rows) - content.records
    kept = content.records // 2
    rejected = frozenset(record for record in content.rejected if record <= before + kept)
    bad = len(rejected) > _MOST_REJECTED * kept
    fate = Fate.TOO_MANY_REJECTS if bad else Fate.ACCEPTED
    if content.fate is Fate.UNRECOGNISED:
        fate = content.fate
    return replace(
        content,
        data=written(rows[: before + kept]),
        fate=fate,
        records=kept,
        rejected=rejected,
        mended=content.mended & rejected,
    )


def _attempt(random: Random, n: int) -> list[str]:
    course, item = random.choice(_COURSES), random.randrange(3)
    status, score = random.choice(
        [("graded", str(random.randint(0, 100))), ("graded", "8.5"), ("missing", "N/A"), ("excused", "-")]
    )
    return [
        *(f"{random.randint(1, 6):07d}", course, f"{course}-1", f"{course}-A{item}", _TITLES[item]),
        *(str(n + 1), status, score, "100", f"2026-03-{n % 28 + 1:02d}T10:00:00Z"),
    ]


def written(rows: Sequence[Sequence[str]]) -> bytes:
    """Return records as a file."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
