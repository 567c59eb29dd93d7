"""The comparison of a demo run with the truth: every figure that differs is named."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.lib.demo.result import CourseResult, DistrictResult, FileResult
from scripts.lib.demo_files import CourseTruth, Truth
from shared.analytics.views import CourseLine
from shared.ingestion.model import IngestState, Way
from shared.ingestion.views import FailureView, IngestView

LANDED = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
FOLDED = datetime(2026, 3, 5, 12, 0, 3, tzinfo=UTC)
TRUTH = Truth(records=10, facts=8, rejects={"bad-number": 2}, courses={})
INGEST = IngestView(
    id="1",
    state=IngestState.FOLDED,
    file_name="a.csv",
    way=Way.SAS,
    size=1,
    landed_at=LANDED,
    reached={IngestState.LANDED: LANDED, IngestState.FOLDED: FOLDED},
    table_versions={},
    chunks=1,
    chunks_done=1,
    records=10,
    accepted=8,
    rejected=2,
    facts=8,
    reject_counts={"bad-number": 2},
    warnings=[],
)
LINE = CourseLine(
    course_id="ALG_1",
    school_id="-",
    title="ALG_1",
    learners=5,
    scored=6,
    results=8,
    assessments=2,
    mean=33.3333,
    latest_upload=LANDED,
)
COURSE = CourseTruth(results=8, scored=6, mean_percent=100 / 3)


def test_a_correct_file_has_no_difference_and_its_duration() -> None:
    result = FileResult.of(INGEST, TRUTH)
    assert (result.differences, result.seconds) == ((), 3.0)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"records": 11}, "records 11, expected 10"),
        ({"accepted": 9}, "accepted 9, expected 8"),
        ({"facts": 7}, "facts 7, expected 8"),
        ({"reject_counts": {"bad-number": 1}}, "bad-number 1, expected 2"),
        ({"reject_counts": {"bad-number": 2, "bad-text": 1}}, "bad-text 1, expected 0"),
    ],
)
def test_every_other_figure_of_a_file_is_named(change: dict[str, Any], difference: str) -> None:
    assert FileResult.of(INGEST.model_copy(update=change), TRUTH).differences == (difference,)


def test_a_file_that_failed_says_why() -> None:
    failure = FailureView(code="nul-byte", detail="the file has a NUL byte at 3", violations=[])
    failed = INGEST.model_copy(
        update={"state": IngestState.FAILED, "reached": {IngestState.FAILED: FOLDED}, "failure": failure}
    )
    assert "ended failed (the file has a NUL byte at 3)" in FileResult.of(failed, TRUTH).differences


def test_a_mean_may_be_rounded_to_four_digits_and_no_more() -> None:
    assert CourseResult.of("ALG_1", LINE, COURSE).differences == ()
    off = LINE.model_copy(update={"mean": 33.3334})
    (difference,) = CourseResult.of("ALG_1", off, COURSE).differences
    assert difference.startswith("mean 33.3334, expected 33.33333")


def test_a_missing_course_and_wrong_results_are_named() -> None:
    assert CourseResult.of("ALG_1", None, COURSE).differences == ("not on the dashboard",)
    assert CourseResult.of("ALG_1", LINE, replace(COURSE, results=9)).differences == (
        "results 8, expected 9",
    )


def test_a_district_is_correct_when_nothing_differs() -> None:
    file, course = FileResult.of(INGEST, TRUTH), CourseResult.of("ALG_1", LINE, COURSE)
    district = DistrictResult("t", "T", (file,), (course,))
    assert district.correct
    assert not replace(district, files=(replace(file, differences=("x",)),)).correct
    assert not replace(district, courses=(replace(course, differences=("x",)),)).correct
