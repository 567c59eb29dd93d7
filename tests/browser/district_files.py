"""What a district has beside its results: a roster, due dates, a test of another period, a tiny course."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final

SMALL_COURSE: Final = "LAT_1"
TITLES: Final = {"ALG_1": "Algebra 1", "BIO_1": "Biology", SMALL_COURSE: "Latin"}
SCHOOLS: Final = {"quay-high": "Quay High School", "quay-middle": "Quay Middle School"}

STANDARDS: Final = ("https://case.example/CFItems/A.1", "A.2", "A.3")
"""The first and the last are those of the first assignment of each course, the second that of the other."""

_SCHOOL_OF: Final = {"ALG_1": "quay-high", "BIO_1": "quay-middle", SMALL_COURSE: "quay-middle"}
_SECTIONS: Final = 3
_LEARNERS: Final = 67
_FEW: Final = 4
_DUE: Final = "2026-03-20"

type _Rows = Iterable[Sequence[str]]


def roster() -> bytes:
    """Return a OneRoster bundle: two schools, courses and sections, when work is due, and its standards."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("orgs.csv", _table("sourcedId,status,dateLastModified,name,type,identifier", _orgs()))
        bundle.writestr(
            "classes.csv",
            _table(
                "sourcedId,status,dateLastModified,title,courseSourcedId,classType,schoolSourcedId",
                _classes(),
            ),
        )
        bundle.writestr(
            "lineItems.csv",
            _table(
                "sourcedId,status,dateLastModified,title,classSourcedId,dueDate,resultValueMax", _line_items()
            ),
        )
        bundle.writestr(
            "lineItemLearningObjectiveIds.csv",
            _table(
                "sourcedId,status,dateLastModified,lineItemSourcedId,source,learningObjectiveId",
                _alignments(),
            ),
        )
    return out.getvalue()


def spring_attempts() -> bytes:
    """Return a second file of attempts, two months after the first, and the few results of a tiny course."""
    draw = Random(12)  # noqa: S311 - the same file each time
    header = (
        "student_id,course_id,section_id,assessment_id,assessment_title,attempt,status,score,max_score,"
        "submitted_at"
    )
    courses = ("ALG_1", "BIO_1")
    rows = [_attempt(n, courses[n % 2], "S", "Spring test", draw.randint(45, 100)) for n in range(_LEARNERS)]
    rows += [_attempt(n, SMALL_COURSE, "V", "Vocabulary", draw.randint(50, 100)) for n in range(_FEW)]
    return _table(header, rows).encode()


def _orgs() -> _Rows:
    return [(school, "active", "", name, "school", name) for school, name in SCHOOLS.items()]


def _classes() -> _Rows:
    for course, title in TITLES.items():
        yield course, "active", "", title, course, "scheduled", _SCHOOL_OF[course]
        for section in range(_SECTIONS):
            named = f"{title}, group {section + 1}"
            yield f"{course}-{section}", "active", "", named, course, "scheduled", _SCHOOL_OF[course]


def _line_items() -> _Rows:
    for course in ("ALG_1", "BIO_1"):
        for number, title in enumerate(("Warm-up", "Unit test, part 1")):
            yield f"{course}-A{number}", "active", "", title, course, _DUE, "100"


def _alignments() -> _Rows:
    for course in ("ALG_1", "BIO_1"):
        for number, standard in enumerate(STANDARDS):
            yield f"{course}-{number}", "active", "", f"{course}-A{number % 2}", "unknown", standard


def _attempt(learner: int, course: str, key: str, title: str, score: int) -> Sequence[str]:
    section = f"{course}-{learner % _SECTIONS}"
    named = (f"{learner + 1:07d}", course, section, f"{course}-{key}", title)
    return (*named, "1", "graded", str(score), "100", f"2026-05-{learner % 28 + 1:02d}T09:00:00Z")


def _table(header: str, rows: _Rows) -> str:
    out = io.StringIO(newline="")
    written = csv.writer(out, lineterminator="\n")
    written.writerow(header.split(","))
    written.writerows(rows)
    return out.getvalue()
