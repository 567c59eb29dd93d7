"""All that follows from a commit: every family of read models, each from its own table."""

from shared.analytics.folding import Folder, Rebuilt
from shared.analytics.items.folding import ItemFolder
from shared.analytics.rosters.folding import RosterFolder
from shared.kernel.scope import TenantScope


class Folds:
    """Keeps all rollups of a tenant in step with its tables. Idempotent."""

    def __init__(self, items: ItemFolder, rosters: RosterFolder, results: Folder) -> None:
        self._items = items
        self._rosters = rosters
        self._results = results

    async def fold(self, scope: TenantScope, ingest_id: str) -> None:
        """Recompute what the commit of an ingest touched, and note that it is folded; `Unavailable`.

        The note comes with the results, and last: should one fold fail, all are done again.
        """
        await self._items.fold(scope, ingest_id)
        await self._rosters.fold(scope, ingest_id)
        await self._results.fold(scope, ingest_id)

    async def rebuild(self, scope: TenantScope) -> Rebuilt | None:
        """Recompute every rollup of the tenant; None for one without any commit of results."""
        await self._items.rebuild(scope)
        await self._rosters.rebuild(scope)
        return await self._results.rebuild(scope)
