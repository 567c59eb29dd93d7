"""Exports: no cell is a formula, no number is lost, and a file holds what its view shows."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.exporting.formats import ExportFormat, written
from shared.analytics.exporting.sheets import course_sheet, learner_sheet, overview_sheet
from shared.analytics.views import (
    AssessmentLine,
    CourseDashboard,
    CourseLine,
    LearnerCourse,
    LearnerDashboard,
    LearnerResult,
    Overview,
)

MOMENT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
)
LINE = CourseLine(
    course_id="ALG",
    school_id="-",
    title="Algebra",
    learners=12,
    scored=28,
    results=30,
    assessments=2,
    mean=-0.5,
    latest_upload=MOMENT,
    suppressed=False,
)
WITHHELD = LINE.model_copy(
    update={
        "course_id": "=BIO",
        "learners": None,
        "scored": None,
        "results": None,
        "mean": None,
        "suppressed": True,
    }
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def _read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _cell(text: str) -> str:
    return _read(written(pl.DataFrame({"a": [text]}), ExportFormat.CSV))[1][0]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_shown_and_not_run(formula: str) -> None:
    assert _cell(formula) == f"'{formula}"


@given(_TEXTS)
def test_any_text_comes_out_as_it_is_or_guarded(text: str) -> None:
    assert _cell(text) == (f"'{text}" if text[0] in {formula[0] for formula in FORMULAS} else text)


def test_every_column_of_texts_is_guarded() -> None:
    rows = pl.DataFrame({"a": ["=1", None], "b": ["x", "+2"]})
    assert _read(written(rows, ExportFormat.CSV)) == [["a", "b"], ["'=1", "x"], ["", "'+2"]]


def test_numbers_stay_numbers_and_missing_ones_are_empty() -> None:
    rows = pl.DataFrame({"a": [-5, None], "b": [-2.5, 1.0], "c": [Decimal("-7.2500"), None]})
    assert _read(written(rows, ExportFormat.CSV)) == [
        ["a", "b", "c"],
        ["-5", "-2.5", "-7.2500"],
        ["", "1.0", ""],
    ]


@given(st.lists(_TEXTS | st.none()))
def test_parquet_holds_every_text_unchanged(texts: list[str | None]) -> None:
    rows = pl.DataFrame({"a": texts}, schema={"a": pl.String()})
    assert pl.read_parquet(written(rows, ExportFormat.PARQUET)).equals(rows)


def test_a_csv_is_read_by_others_with_the_types_it_was_written_with() -> None:
    content = written(
        overview_sheet(Overview(figures=None, growth=[], schools=[], courses=[LINE, WITHHELD])),
        ExportFormat.CSV,
    )
    assert content.endswith(b"\r\n")
    read = pl.read_csv(content, try_parse_dates=True)
    told = ("courseId", "learners", "results", "assessments", "mean", "latestUpload", "suppressed")
    assert read.select(told).row(0) == ("ALG", 12, 30, 2, -0.5, MOMENT, False)
    assert read.select(told).row(1) == ("'=BIO", None, None, 2, None, MOMENT, True)


def test_columns_are_the_members_of_the_json_answer() -> None:
    columns = overview_sheet(Overview(figures=None, growth=[], schools=[], courses=[])).columns
    assert sorted(columns) == sorted(LINE.model_dump(mode="json", by_alias=True))
    assert columns[:2] == ["courseId", "schoolId"]


def test_lines_of_a_course_and_of_a_learner_say_whose_they_are() -> None:
    line = AssessmentLine(line_item_id="1", title="Quiz", learners=3, scored=2, mean=1.5)
    course = CourseDashboard(
        course_id="ALG",
        school_id="-",
        title="Algebra",
        growth=[],
        sections=[],
        learners=3,
        results=3,
        percent=None,
        assessments=[line],
        latest_upload=MOMENT,
    )
    assert course_sheet(course).rows() == [("ALG", "1", "Quiz", 3, 2, 1.5, False)]
    result = LearnerResult(
        line_item_id="1",
        title="Quiz",
        attempt=1,
        status="exempt",
        score=None,
        max_score=10.0,
        percent=None,
        occurred_at=MOMENT,
        period="2026-11",
        late=False,
    )
    learner = LearnerDashboard(learner_id="l1", courses=[LearnerCourse(course_id="ALG", results=[result])])
    assert learner_sheet(learner).row(0)[:4] == ("l1", "ALG", "1", "Quiz")
    assert learner_sheet(learner)["occurredAt"].to_list() == [MOMENT]
