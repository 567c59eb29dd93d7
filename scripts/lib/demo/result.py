"""What a demo run came to, beside what it had to come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from scripts.lib.demo_files import CourseTruth, Truth
from shared.analytics.views import CourseLine
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView

_ROUNDED: Final = 0.5e-4 + 1e-9
"""Means are served with four digits."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """How a file ended. `differences` names each figure that is not as the truth says."""

    file: str
    ingest: str
    state: str
    records: int
    accepted: int
    rejected: Mapping[str, int]
    facts: int
    seconds: float
    differences: tuple[str, ...]

    @classmethod
    def of(cls, ingest: IngestView, truth: Truth) -> "FileResult":
        """Compare an ended ingest with the truth about its file."""
        ended = ingest.reached[ingest.state]
        return cls(
            file=ingest.file_name,
            ingest=ingest.id,
            state=ingest.state,
            records=ingest.records,
            accepted=ingest.accepted,
            rejected=dict(sorted(ingest.reject_counts.items())),
            facts=ingest.facts,
            seconds=(ended - ingest.landed_at).total_seconds(),
            differences=tuple(_file_differences(ingest, truth)),
        )


@dataclass(frozen=True, slots=True)
class CourseResult:
    """A course as the dashboard shows it. `differences` as for files."""

    course: str
    learners: int | None
    results: int | None
    mean: float | None
    differences: tuple[str, ...]

    @classmethod
    def of(cls, course: str, line: CourseLine | None, truth: CourseTruth) -> "CourseResult":
        """Compare a course's line of the overview, None when there is none, with the truth."""
        return cls(
            course=course,
            learners=line.learners if line else None,
            results=line.results if line else None,
            mean=line.mean if line else None,
            differences=tuple(_course_differences(line, truth)),
        )


@dataclass(frozen=True, slots=True)
class DistrictResult:
    """The files of one district, and its courses."""

    tenant: str
    name: str
    files: tuple[FileResult, ...]
    courses: tuple[CourseResult, ...]

    @property
    def correct(self) -> bool:
        """Tell whether every figure is as the truth says."""
        return not (
            any(file.differences for file in self.files) or any(line.differences for line in self.courses)
        )


def _file_differences(ingest: IngestView, truth: Truth) -> Iterator[str]:
    if ingest.state is not IngestState.FOLDED:
        reason = f" ({ingest.failure.detail})" if ingest.failure else ""
        yield f"ended {ingest.state}{reason}"
    yield from _difference("records", ingest.records, truth.records)
    yield from _difference("accepted", ingest.accepted, truth.accepted)
    yield from _difference("facts", ingest.facts, truth.facts)
    for code in sorted(ingest.reject_counts.keys() | truth.rejects.keys()):
        yield from _difference(code, ingest.reject_counts.get(code, 0), truth.rejects.get(code, 0))


def _course_differences(line: CourseLine | None, truth: CourseTruth) -> Iterator[str]:
    if line is None:
        yield "not on the dashboard"
        return
    yield from _difference("results", line.results, truth.results)
    if line.mean is None or truth.mean_percent is None or abs(line.mean - truth.mean_percent) > _ROUNDED:
        yield from _difference("mean", line.mean, truth.mean_percent)


def _difference(name: str, found: float | None, expected: float | None) -> Iterator[str]:
    if found != expected:
        yield f"{name} {found}, expected {expected}"
