"""All that follows from a commit: every family of read models, each from its own table."""

from shared.analytics.folding.fold import Folder, Rebuilt
from shared.analytics.items.folding import ItemFolder
from shared.analytics.ports import WaitingCommits
from shared.analytics.rosters.folding import RosterFolder
from shared.kernel.scope import TenantScope


class Folds:
    """Keeps all rollups of a tenant in step with its tables. Idempotent."""

    def __init__(
        self, commits: WaitingCommits, items: ItemFolder, rosters: RosterFolder, results: Folder
    ) -> None:
        self._commits = commits
        self._items = items
        self._rosters = rosters
        self._results = results

    async def fold(self, scope: TenantScope, ingest_id: str) -> None:
        """Recompute what the commit of an ingest touched, and note that it is folded; `Unavailable`.

        Others that wait are folded with it: several files of a day touch much the same rollups, and a tenant
        with many of them gains on what comes in. The note comes last: should one fold fail, all are done
        again.
        """
        waiting = await self._commits.waiting(scope, ingest_id)
        if waiting is None:
            return
        await self._items.follow(scope, waiting.answers)
        await self._rosters.touch(scope, waiting.results)
        await self._results.follow(scope, waiting.results)
        for each in waiting.ingest_ids:
            await self._commits.mark_folded(scope, each)

    async def rebuild(self, scope: TenantScope) -> Rebuilt | None:
        """Recompute every rollup of the tenant; None for one without any commit of results."""
        await self._items.rebuild(scope)
        await self._rosters.rebuild(scope)
        return await self._results.rebuild(scope)
