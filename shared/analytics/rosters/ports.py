"""What rosters need from outside: sealed names of people, and a store that opens them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class PeopleVersion:
    """The versions of the tables of people and of links."""

    people: int
    links: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What a roster was made of: the versions of results and of people."""

    results: int
    people: int
    links: int

    def is_behind(self, other: "Basis") -> bool:
        """Tell whether the other knows anything newer."""
        return self.results < other.results or self.people < other.people or self.links < other.links


@dataclass(frozen=True, slots=True)
class SealedName:
    """What `person` is called, as it was sealed for the pseudonym `learner` of the system that says so."""

    person: str
    learner: str
    sealed: str


class PeopleNames(Protocol):
    """The sealed names of tenants' people."""

    async def names(
        self, scope: TenantScope, version: PeopleVersion | None = None
    ) -> "tuple[PeopleVersion, pl.DataFrame]":
        """Return versions and `person`, `learner`, `sealed`: a row for each person who has a name.

        As of past versions when they are given; `NotFound` when their files are gone.
        """
        ...


class RosterStore(Protocol):
    """Rosters for folding."""

    async def write(self, scope: TenantScope, course: str, basis: Basis, names: Sequence[SealedName]) -> None:
        """Make this the roster of a course; `PreconditionFailed` when a newer one is or comes to be there.

        A roster of nobody stays: its basis keeps what is older away.
        """
        ...

    async def courses(self, scope: TenantScope) -> frozenset[str]:
        """Return the courses that have a roster."""
        ...

    async def followed(self, scope: TenantScope) -> PeopleVersion | None:
        """Return the people whose names all rosters are known to hold, None before the first."""
        ...

    async def note_followed(self, scope: TenantScope, version: PeopleVersion) -> None:
        """Note that all rosters hold the names of these people."""
        ...


class RosterReader(Protocol):
    """Rosters for dashboards."""

    async def names(self, scope: TenantScope, course: str, learner: str | None = None) -> Mapping[str, str]:
        """Return what the learners of a course are called, or of one of them, by pseudonym.

        One point read, but for courses of thousands.
        """
        ...
