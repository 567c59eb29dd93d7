"""The demo: two districts, the files that each sends, and whom their demo teacher and learner stand for."""

from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from scripts.lib.demo_files import Style, Truth, write_attempts, write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District


class DemoFile(Protocol):
    """A file that can be written again, byte for byte, with the truth about it."""

    @property
    def name(self) -> str:
        """The name under which it is uploaded."""
        ...

    def write(self, out: BinaryIO) -> Truth:
        """Write it and return what a correct ingest comes to."""
        ...


@dataclass(frozen=True, slots=True)
class AttemptsFile:
    """A district's long file: one row per attempt, several courses."""

    name: str
    seed: int
    rows: int
    courses: tuple[str, ...]
    style: Style = field(default_factory=Style)

    def write(self, out: BinaryIO) -> Truth:
        """Write it and return what a correct ingest comes to."""
        return write_attempts(out, seed=self.seed, rows=self.rows, courses=self.courses, style=self.style)


@dataclass(frozen=True, slots=True)
class GradebookFile:
    """The Canvas gradebook of one course: one row per student, one column per assignment."""

    course: str
    seed: int
    rows: int
    style: Style = field(default_factory=Style)

    @property
    def name(self) -> str:
        """The name that Canvas gives such a file; the course stands nowhere else."""
        return f"2026-03-05T1200_Grades-{self.course}.csv"

    def write(self, out: BinaryIO) -> Truth:
        """Write it and return what a correct ingest comes to."""
        return write_gradebook(out, seed=self.seed, rows=self.rows, course=self.course, style=self.style)


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """A demo tenant: its files, and the course that grows while the page is watched."""

    id: str
    name: str
    accent: str
    files: tuple[DemoFile, ...]
    teaches: frozenset[str]
    live_course: str


_ROWS: Final = 20_000
_GERMAN: Final = Style(separator=";", decimal=",", line_end="\r\n", bom=True)
_LEARNER: Final = (("sis", "0000001"), ("canvas", "1001"))
"""The demo learner: the first one of every file, as each system knows them."""

DISTRICTS: Final = (
    DemoDistrict(
        id="harbor",
        name="Harbor District",
        accent="#1b5e7a",
        files=(
            AttemptsFile("spring-attempts.csv", 11, _ROWS, ("ALG_1", "BIO_1", "HIS_1", "LIT_1")),
            GradebookFile("CHEM_1", 12, _ROWS),
        ),
        teaches=frozenset({"ALG_1", "CHEM_1", "PHYS_LIVE"}),
        live_course="PHYS_LIVE",
    ),
    DemoDistrict(
        id="valley",
        name="North Valley",
        accent="#2f6b2f",
        files=(
            AttemptsFile("district-attempts.csv", 21, _ROWS, ("ALG_2", "GEO_1", "MUS_1"), _GERMAN),
            GradebookFile("FRE_2", 22, _ROWS, _GERMAN),
        ),
        teaches=frozenset({"GEO_1", "FRE_2", "ART_LIVE"}),
        live_course="ART_LIVE",
    ),
)


async def seed(access: DevelopmentAccess, district: DemoDistrict) -> None:
    """Make the tenant exist; its teacher and its learner find themselves in the demo files."""
    learners = [await access.pseudonym(district.id, *known) for known in _LEARNER]
    await access.seed(
        District(district.id, district.name, district.accent, district.teaches, frozenset(learners))
    )
