"""What three districts have, in plain dictionaries: the truth that every answer is compared with."""

from dataclasses import dataclass, field
from typing import Final

from shared.tenancy.model import Membership, Role
from tests.fixtures.facts import learner_id
from tests.isolation.stateful.application import ISSUER
from tests.isolation.stateful.lake import Scores

COURSES: Final = ("ALG_1", "BIO_1")
LEARNERS: Final = tuple(learner_id(n) for n in range(4))
ADMIN, TEACHER, STUDENT = "ada", "ina", "lea"
"""The same logins in every district: only the tenant tells them apart."""


@dataclass(slots=True)
class Upload:
    """An upload that was granted to a district."""

    id: str
    name: str
    url: str
    written: bool = False
    landed: bool = False


@dataclass(slots=True)
class DistrictTruth:
    """One district. `teaches` and `student` differ between districts, as everything else does."""

    tenant: str
    teaches: str
    student: str
    at_home: bool = True
    uploads: dict[str, Upload] = field(default_factory=dict)
    courses: dict[str, Scores] = field(default_factory=dict)
    repeated: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name of the file and id of the upload, by idempotency key."""
    folded: str = ""
    """The ingest that was folded last."""
    tags: dict[str, str] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)

    @property
    def ingests(self) -> set[str]:
        """Ids of what landed."""
        return {upload.id for upload in self.uploads.values() if upload.landed}

    @property
    def memberships(self) -> tuple[Membership, ...]:
        """An administrator, a teacher of one course, a student."""
        return (
            self._membership(ADMIN, Role.TENANT_ADMIN),
            self._membership(TEACHER, Role.INSTRUCTOR),
            self._membership(STUDENT, Role.LEARNER),
        )

    def person(self, subject: str) -> str:
        """Return the person whom a login stands for."""
        return f"{subject}-of-{self.tenant}"

    def sees_course(self, subject: str, course: str) -> bool:
        """Tell whether a login is shown a course that has results."""
        return course in self.courses and (
            subject == ADMIN or (subject == TEACHER and course == self.teaches)
        )

    def courses_of(self, learner: str) -> set[str]:
        """Return the courses in which a learner has a result."""
        return {course for course, scores in self.courses.items() if learner in scores}

    def _membership(self, subject: str, role: Role) -> Membership:
        return Membership(
            issuer=ISSUER,
            subject=subject,
            person=self.person(subject),
            roles=frozenset({role}),
            courses=frozenset({self.teaches}) if role is Role.INSTRUCTOR else frozenset(),
            learners=frozenset({self.student}) if role is Role.LEARNER else frozenset(),
        )
