"""The container `rollups`: views as documents, one shard per partition, guarded by its head.

{id: "head", kind: "head", tableVersion, views: [id, ...]}, and likewise "items-head"
{id: "{view}", kind: "course" | "assessment" | "learner" | "overview", tableVersion, view: {...}}
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.analytics.model import EMPTY_SHARD, Rollup, ShardChange, ShardHead, View
from shared.kernel.canonical import canonical_json
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.operations import BATCH_LIMIT, Create, Delete, Operation, Replace, Upsert
from shared.platform.cosmos.scoped import ScopedContainer

_HEAD: Final = "head"
_BATCH_BYTES: Final = 1_500_000
"""A batch may have 2 MB on the wire; operations and keys take some of it."""


class CosmosRollups:
    """Implements `RollupStore` and `RollupReader` over the container `rollups`, keyed by shard.

    `head` names the heads that guard what is written through this store: folds of different tables write to
    one shard, each family of views under heads of its own.
    """

    def __init__(self, rollups: ScopedContainer, head: str = _HEAD) -> None:
        self._rollups = rollups
        self._head = head

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup by one point read, None when there is none."""
        stored = await self._rollups.find(scope, view, shard)
        return None if stored is None else _rollup(stored.document)

    async def head(self, scope: TenantScope, shard: str) -> ShardHead:
        """Return the head of a shard, `EMPTY_SHARD` when it does not exist."""
        stored = await self._rollups.find(scope, self._head, shard)
        if stored is None:
            return EMPTY_SHARD
        document: dict[str, Any] = stored.document
        return ShardHead(document["tableVersion"], frozenset(document["views"]), stored.etag)

    async def shards(self, scope: TenantScope) -> list[str]:
        """Return the names of all shards of the tenant."""
        heads = self._rollups.walk(
            scope, "c.kind = @kind", {"kind": self._head}, level=None, select="c.shard"
        )
        return [str(head["shard"]) async for head in heads]

    async def read(self, scope: TenantScope, shard: str, views: Sequence[str]) -> dict[str, Rollup]:
        """Return those of `views` that exist in the shard, by id."""
        wanted: list[Json] = list(views)
        found = self._rollups.walk(scope, "ARRAY_CONTAINS(@views, c.id)", {"views": wanted}, level=shard)
        return {str(document["id"]): _rollup(document) async for document in found}

    async def write(
        self, scope: TenantScope, head: ShardHead, table_version: int, change: ShardChange
    ) -> None:
        """Write and delete views and move the head; `PreconditionFailed` when the head moved since."""
        ids = head.views
        for position, (views, obsolete) in enumerate(_batches(change)):
            if position > 0:
                head = await self._own_head(scope, change.shard, table_version, ids)
            ids = (head.views | views.keys()) - obsolete
            operations: list[Operation] = [_move(self._head, head, table_version, ids)]
            operations += [Upsert(_document(name, table_version, view)) for name, view in views.items()]
            operations += [Delete(name) for name in sorted(obsolete)]
            try:
                await self._rollups.batch(scope, change.shard, operations)
            except Conflict as created:
                raise PreconditionFailed from created

    async def _own_head(
        self, scope: TenantScope, shard: str, table_version: int, ids: frozenset[str]
    ) -> ShardHead:
        """Return the head as this write left it a batch ago, with its new ETag; `PreconditionFailed`."""
        head = await self.head(scope, shard)
        if (head.table_version, head.views) != (table_version, ids):
            raise PreconditionFailed
        return head


def _batches(change: ShardChange) -> Iterator[tuple[dict[str, View], frozenset[str]]]:
    """Cut a change into batches that leave room for the head; at least one, deletions last."""
    views: dict[str, View] = {}
    size = 0
    for name, view in change.views.items():
        weight = len(canonical_json(view))
        if views and (len(views) == BATCH_LIMIT - 1 or size + weight > _BATCH_BYTES):
            yield views, frozenset()
            views, size = {}, 0
        views[name] = view
        size += weight
    obsolete = sorted(change.obsolete)
    room = BATCH_LIMIT - 1 - len(views)
    yield views, frozenset(obsolete[:room])
    for start in range(room, len(obsolete), BATCH_LIMIT - 1):
        yield {}, frozenset(obsolete[start : start + BATCH_LIMIT - 1])


def _move(name: str, head: ShardHead, table_version: int, ids: frozenset[str]) -> Operation:
    views: list[Json] = [*sorted(ids)]
    document: dict[str, Json] = {"id": name, "kind": name, "tableVersion": table_version, "views": views}
    return Create(document) if head.etag is None else Replace(document, head.etag)


def _document(name: str, table_version: int, view: View) -> dict[str, Json]:
    return {"id": name, "kind": name.partition(":")[0], "tableVersion": table_version, "view": view}


def _rollup(document: dict[str, Any]) -> Rollup:
    written_at = datetime.fromtimestamp(document["_ts"], UTC)
    return Rollup(document["tableVersion"], document["view"], written_at)
