"""The container `rollups`: pages of views, one shard per partition, guarded by its head.

{id: "head", kind: "head", tableVersion, pages: [id of each other document, ...]}, and likewise "items-head"
{id: "{page}", kind: "page", tableVersion, views | parts}: see `packing`
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from shared.analytics.model import EMPTY_SHARD, Page, Rollup, ShardChange, ShardHead, page_of
from shared.analytics.ports import Place
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.operations import (
    BATCH_LIMIT,
    Create,
    Delete,
    Operation,
    Replace,
    Upsert,
)
from shared.platform.cosmos.packing import (
    PageDocument,
    PagePacker,
    find,
    page_name,
    part_of,
    parts_of,
    unpack,
)
from shared.platform.cosmos.scoped import ScopedContainer

_HEAD: Final = "head"
_BATCH_BYTES: Final = 900_000
"""A batch may have 2 MB on the wire; from 1 MB on the client would hold up its event loop to send it."""


class CosmosRollups:
    """Implements `RollupStore` and `RollupsReader` over the container `rollups`, keyed by shard.

    `head` names the heads that guard what is written through this store: folds of different tables write to
    one shard, each family of views under heads of its own.
    """

    def __init__(self, rollups: ScopedContainer, head: str = _HEAD) -> None:
        self._rollups = rollups
        self._head = head

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup by one point read, two where its page lies in parts; None when there is none."""
        page = page_of(view)
        stored = await self._rollups.find(scope, page, shard)
        if stored is not None and parts_of(page, stored.document):
            stored = await self._rollups.find(scope, part_of(page, view), shard)
        return None if stored is None else _rollup(stored.document, view)

    async def find_together(self, scope: TenantScope, places: Collection[Place]) -> dict[Place, Rollup]:
        """Return those rollups that exist by one query; one whose page lies in parts takes two reads more."""
        wanted: dict[str, set[str]] = {}
        for shard, view in places:
            wanted.setdefault(shard, set()).add(page_of(view))
        pages = {(str(it["shard"]), str(it["id"])): it async for it in self._rollups.find_all(scope, wanted)}
        found: dict[Place, Rollup] = {}
        for shard, view in places:
            page = pages.get((shard, page_of(view)))
            if page is not None:
                parts = parts_of(page_of(view), page)
                rollup = await self.find(scope, shard, view) if parts else _rollup(page, view)
                found |= {} if rollup is None else {(shard, view): rollup}
        return found

    async def head(self, scope: TenantScope, shard: str) -> ShardHead:
        """Return the head of a shard, `EMPTY_SHARD` when it does not exist."""
        stored = await self._rollups.find(scope, self._head, shard)
        return EMPTY_SHARD if stored is None else _head(stored.document)

    async def heads(self, scope: TenantScope, shards: Collection[str] | None = None) -> dict[str, ShardHead]:
        """Return the heads of those of `shards` that exist, of all of the tenant when none are named."""
        if shards is None:
            found = self._rollups.walk(scope, "c.kind = @kind", {"kind": self._head}, level=None)
        else:
            found = self._rollups.find_all(scope, {shard: [self._head] for shard in shards})
        return {str(document["shard"]): _head(document) async for document in found}

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        """Return those of the wanted pages that exist, by shard and name."""
        found = [document async for document in self._rollups.find_all(scope, wanted)]
        parts: dict[str, list[str]] = {}
        for document in found:
            parts.setdefault(str(document["shard"]), []).extend(parts_of(str(document["id"]), document))
        found += [document async for document in self._rollups.find_all(scope, parts)]
        return await asyncio.to_thread(_unpacked, wanted, found)

    async def write(
        self, scope: TenantScope, head: ShardHead, table_version: int, change: ShardChange
    ) -> None:
        """Write and delete pages and move the head; `PreconditionFailed` when the head moved since."""
        documents = await asyncio.to_thread(_packed, change, table_version)
        concerned = change.pages.keys() | change.obsolete
        obsolete = {name for name in head.pages if page_name(name) in concerned} - {
            str(d["id"]) for d in documents
        }
        ids = head.pages
        for position, (written, deleted) in enumerate(_batches(documents, sorted(obsolete))):
            if position > 0:
                head = await self._own_head(scope, change.shard, table_version, ids)
            ids = head.pages.union(str(document["id"]) for document in written).difference(deleted)
            operations: list[Operation] = [_move(self._head, head, table_version, ids)]
            operations += [Upsert(document) for document in written]
            operations += [Delete(name) for name in deleted]
            try:
                await self._rollups.batch(scope, change.shard, operations)
            except Conflict as created:
                raise PreconditionFailed from created

    async def _own_head(
        self, scope: TenantScope, shard: str, table_version: int, ids: frozenset[str]
    ) -> ShardHead:
        """Return the head as this write left it a batch ago, with its new ETag; `PreconditionFailed`."""
        head = await self.head(scope, shard)
        if (head.table_version, head.pages) != (table_version, ids):
            raise PreconditionFailed
        return head


def _rollup(document: Mapping[str, Any], view: str) -> Rollup | None:
    text = find(document, view)
    written_at = datetime.fromtimestamp(document["_ts"], UTC)
    return None if text is None else Rollup(document["tableVersion"], text, written_at)


def _packed(change: ShardChange, table_version: int) -> list[PageDocument]:
    pack = PagePacker().pack
    return list(chain.from_iterable(pack(name, views, table_version) for name, views in change.pages.items()))


def _unpacked(shards: Iterable[str], documents: Iterable[Mapping[str, Json]]) -> dict[str, dict[str, Page]]:
    pages: dict[str, dict[str, dict[str, str]]] = {shard: {} for shard in shards}
    for document in documents:
        views = pages[str(document["shard"])].setdefault(page_name(str(document["id"])), {})
        views |= unpack(document) if "views" in document else {}
    return {shard: {**own} for shard, own in pages.items()}


def _batches(
    documents: Sequence[PageDocument], obsolete: Sequence[str]
) -> Iterator[tuple[list[PageDocument], list[str]]]:
    """Cut a change into batches that leave room for the head; at least one, deletions last."""
    some: list[PageDocument] = []
    size = 0
    for document in documents:
        weight = len(str(document.get("views", "")))
        if some and (len(some) == BATCH_LIMIT - 1 or size + weight > _BATCH_BYTES):
            yield some, []
            some, size = [], 0
        some.append(document)
        size += weight
    room = BATCH_LIMIT - 1 - len(some)
    yield some, list(obsolete[:room])
    for start in range(room, len(obsolete), BATCH_LIMIT - 1):
        yield [], list(obsolete[start : start + BATCH_LIMIT - 1])


def _move(name: str, head: ShardHead, table_version: int, ids: frozenset[str]) -> Operation:
    pages: list[Json] = [*sorted(ids)]
    document: dict[str, Json] = {"id": name, "kind": name, "tableVersion": table_version, "pages": pages}
    return Create(document) if head.etag is None else Replace(document, head.etag)


def _head(document: Mapping[str, Any]) -> ShardHead:
    return ShardHead(document["tableVersion"], frozenset(document["pages"]), document["_etag"])
