"""Folds rosters: who has results in a course, called by the names in force. Recomputed, never incremented.

Nothing plain is seen here: names are sealed until the store writes them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.touched import holding
from shared.analytics.ports import CommittedChange, Facts, FactSnapshot
from shared.analytics.rosters.ports import Basis, PeopleNames, PeopleVersion, RosterStore, SealedName
from shared.kernel.errors import NotFound, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_SNAPSHOTS: Final = 5
_WRITES_AT_ONCE: Final = 16
_NAME: Final = ("person", "learner", "sealed")


@dataclass(frozen=True, slots=True)
class _Known:
    """Results and people as they are now."""

    snapshot: FactSnapshot
    version: PeopleVersion
    names: pl.DataFrame

    @property
    def basis(self) -> Basis:
        return Basis(self.snapshot.version, self.version.people, self.version.links)

    async def courses(self, paths: Sequence[str], where: pl.Expr | None = None) -> frozenset[str]:
        """Return the courses of the results in files."""
        facts = await self.snapshot.scan(paths)
        wanted = facts if where is None else facts.filter(where)
        found = await self.snapshot.collect(wanted.select("course").unique())
        return frozenset(found["course"].drop_nulls())

    async def members(self, courses: frozenset[str] | None) -> dict[str, pl.Series]:
        """Return for each course the positions in `names` of those who have results in it."""
        files = self.snapshot.files if courses is None else holding(self.snapshot.files, sorted(courses))
        facts = (await self.snapshot.scan([file.path for file in files])).select("course", "learner")
        if courses is not None:
            facts = facts.filter(pl.col("course").is_in(sorted(courses)))
        people = self.names.select(learner="person").with_row_index("at").lazy()
        pairs = facts.unique().join(people, on="learner").select("course", "at")
        found = await self.snapshot.collect(pairs.unique())
        grouped = found.sort("course", "at").group_by("course", maintain_order=True)
        return {str(course): rows["at"] for (course,), rows in grouped}


type _Touch = Callable[[_Known], Awaitable[frozenset[str] | None]]
"""Returns the courses to write anew, None for all."""


class RosterFolder:
    """Keeps the rosters of a tenant in step with its results and people. Idempotent."""

    def __init__(self, facts: Facts, names: PeopleNames, rosters: RosterStore) -> None:
        self._facts = facts
        self._names = names
        self._rosters = rosters

    async def touch(self, scope: TenantScope, change: CommittedChange) -> None:
        """Write the rosters that the results of commits touched; `Unavailable` as `refold`."""
        if change.paths:
            await self.refold(scope, change.paths, change.table_version)

    async def refold(self, scope: TenantScope, paths: Sequence[str], table_version: int) -> None:
        """Write the rosters of the courses in files, past ones perhaps, as of `table_version` or later.

        `Unavailable` while that version is not visible here, or while other folds keep coming between.
        """

        async def touched(known: _Known) -> frozenset[str]:
            if known.snapshot.version < table_version:
                raise Unavailable("the version is not visible yet")
            return await known.courses(paths)

        await self._write(scope, touched)

    async def follow(self, scope: TenantScope) -> None:
        """Write the rosters of everybody who is called otherwise than when people were followed last."""
        before = await self._rosters.followed(scope)

        async def touched(known: _Known) -> frozenset[str] | None:
            changed = await self._renamed(scope, before, known)
            if changed is None or changed.is_empty():
                return None if changed is None else frozenset()
            paths = [file.path for file in known.snapshot.files]
            return await known.courses(paths, pl.col("learner").is_in(changed.implode()))

        version = await self._write(scope, touched)
        if version is not None and version != before:
            await self._rosters.note_followed(scope, version)

    async def rebuild(self, scope: TenantScope) -> None:
        """Write every roster of the tenant; what comes out equals what folds have left."""

        async def everything(_: _Known) -> None:
            return None

        version = await self._write(scope, everything)
        if version is not None:
            await self._rosters.note_followed(scope, version)

    async def _renamed(
        self, scope: TenantScope, before: PeopleVersion | None, known: _Known
    ) -> pl.Series | None:
        """Return who is called otherwise than `before`; None where that cannot be told, or all have moved."""
        if before is None or before.links != known.version.links:
            return None
        try:
            _, past = await self._names.names(scope, before)
        except NotFound:
            return None
        changes = [known.names.join(past, on=_NAME, how="anti"), past.join(known.names, on=_NAME, how="anti")]
        return pl.concat(changes)["person"].unique()

    async def _write(self, scope: TenantScope, touch: _Touch) -> PeopleVersion | None:
        """Write touched rosters and return the people they name; None where nobody has or had a name."""
        for _ in range(_SNAPSHOTS):
            version, names = await self._names.names(scope)
            had_people = version.people >= 0
            if names.is_empty() and not (had_people and await self._rosters.followed(scope)):
                return None
            known = _Known(await self._facts.snapshot(scope), version, names)
            courses = await touch(known)
            try:
                await self._written(scope, known, courses)
            except PreconditionFailed:
                continue
            return known.version
        raise Unavailable("the rosters are busy")

    async def _written(self, scope: TenantScope, known: _Known, courses: frozenset[str] | None) -> None:
        if courses is not None and not courses:
            return
        members = await known.members(courses)
        touched = await self._rosters.courses(scope) if courses is None else courses
        for some in batched(sorted(touched | members.keys()), _WRITES_AT_ONCE, strict=False):
            await asyncio.gather(
                *(
                    self._rosters.write(scope, course, known.basis, _named(known, members.get(course)))
                    for course in some
                )
            )


def _named(known: _Known, at: pl.Series | None) -> list[SealedName]:
    if at is None:
        return []
    return [SealedName(*row) for row in known.names.select(pl.col(_NAME).gather(at)).iter_rows()]
