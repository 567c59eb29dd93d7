"""Fold: the rollups that a commit touched are recomputed from the committed snapshot, never incremented.

What is written depends on the snapshot alone: not on the order of folds, on how facts are split into files
and batches, or on what an earlier fold left behind.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.analytics.folding.recomputing import Basis, Recomputation
from shared.analytics.folding.room import Room
from shared.analytics.folding.shard_writing import StaleSnapshot
from shared.analytics.folding.touched import WHOLE_FROM, Touched
from shared.analytics.ports import (
    CommittedChange,
    FactSnapshot,
    PlacedFacts,
    RollupStore,
)
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope

_SNAPSHOTS: Final = 5
_ROOM: Final = Room()

type _Touch = Callable[[FactSnapshot], Awaitable[Touched | None]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many courses a rebuild computed anew, and from which version of the table."""

    courses: int
    table_version: int


class Folder:
    """Keeps the rollups of a tenant in step with its facts. Idempotent."""

    def __init__(
        self,
        facts: PlacedFacts,
        rollups: RollupStore,
        *,
        room: Room = _ROOM,
        whole_from: float = WHOLE_FROM,
    ) -> None:
        self._facts = facts
        self._rollups = rollups
        self._room = room
        self._whole_from = whole_from

    async def follow(self, scope: TenantScope, change: CommittedChange) -> None:
        """Recompute the rollups that commits touched; nothing is noted.

        `Unavailable` when a commit is not visible yet, or while other folds keep coming between.
        """
        if change.restructured:
            await self.rebuild(scope)
        elif change.table_version >= 0:  # the first commit makes the overview, though it may bring no file
            await self.refold(scope, change.paths, change.table_version)

    async def refold(self, scope: TenantScope, paths: Sequence[str], table_version: int) -> None:
        """Recompute the rollups of the groups in files, past ones perhaps, as of `table_version` or later.

        `Unavailable` while that version is not visible here, or while other folds keep coming between.
        """

        async def touch(snapshot: FactSnapshot) -> Touched | None:
            if snapshot.version < table_version:
                raise Unavailable("the version is not visible yet")
            return await Touched.of(snapshot, paths, self._whole_from)

        await self._recompute(scope, touch)

    async def rebuild(self, scope: TenantScope) -> Rebuilt | None:
        """Recompute every rollup of the tenant; what comes out equals what folds have left, bit for bit.

        None, and nothing is written, for a tenant without any commit.
        """
        if (await self._facts.snapshot(scope)).version < 0:
            return None

        async def touch(_: FactSnapshot) -> None:
            return None

        return await self._recompute(scope, touch)

    async def _recompute(self, scope: TenantScope, touch: _Touch) -> Rebuilt:
        for _ in range(_SNAPSHOTS):
            snapshot = await self._facts.snapshot(scope)
            basis = Basis(snapshot, await self._facts.structure(scope), await touch(snapshot))
            try:
                courses = await Recomputation(scope, basis, self._rollups, self._room).run()
            except StaleSnapshot:
                continue
            return Rebuilt(courses, snapshot.version)
        raise Unavailable("the rollups are busy")
