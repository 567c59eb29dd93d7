"""The container `rollups`: pages of views in shards, each guarded by its head, several to a partition.

{id: "{shard}|head", kind: "head", tableVersion, pages: [name of each other, ...]}, and likewise "items-head"
{id: "{shard}|{page}", kind: "page", tableVersion, views | parts}: see `packing`
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from shared.analytics.model import EMPTY_SHARD, Page, Rollup, ShardHead, page_of
from shared.analytics.ports import Place, Upon
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.kernel.together import together
from shared.platform.cosmos.errors import refused_operation
from shared.platform.cosmos.operations import Create, Delete, Document, Operation, Replace, Upsert
from shared.platform.cosmos.packing import find, page_name, part_of, parts_of, unpack
from shared.platform.cosmos.scoped import ScopedContainer, Stored
from shared.platform.cosmos.shard_batches import Batch, PackedChange, packed, transactions
from shared.platform.cosmos.shard_places import id_of, partition_of, place_of

_HEAD: Final = "head"


@dataclass(frozen=True, slots=True)
class _Write:
    """What is written to one partition from one table version; `moved` are the shards that are left out."""

    scope: TenantScope
    partition: str
    table_version: int
    moved: set[str]


class CosmosRollups:
    """Implements `RollupStore` and `RollupsReader` over the container `rollups`.

    `head` names the heads that guard what is written through this store: folds of different tables write to
    one shard, each family of views under heads of its own.
    """

    def __init__(self, rollups: ScopedContainer, head: str = _HEAD) -> None:
        self._rollups = rollups
        self._head = head

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup by one point read, two where its page lies in parts; None when there is none."""
        page = page_of(view)
        stored = await self._find(scope, shard, page)
        if stored is not None and parts_of(page, stored.document):
            stored = await self._find(scope, shard, part_of(page, view))
        return None if stored is None else _rollup(stored.document, view)

    async def find_together(self, scope: TenantScope, places: Collection[Place]) -> dict[Place, Rollup]:
        """Return those rollups that exist by one query; one whose page lies in parts takes two reads more."""
        wanted: dict[str, set[str]] = {}
        for shard, view in places:
            wanted.setdefault(shard, set()).add(page_of(view))
        pages = {place_of(str(document["id"])): document for document in await self._all(scope, wanted)}
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
        stored = await self._find(scope, shard, self._head)
        return EMPTY_SHARD if stored is None else _head(stored.document)

    async def heads(self, scope: TenantScope, shards: Collection[str] | None = None) -> dict[str, ShardHead]:
        """Return the heads of those of `shards` that exist, of all of the tenant when none are named."""
        if shards is None:
            walk = self._rollups.walk(scope, "c.kind = @kind", {"kind": self._head}, level=None)
            found = [document async for document in walk]
        else:
            found = await self._all(scope, {shard: [self._head] for shard in shards})
        return {place_of(str(document["id"]))[0]: _head(document) for document in found}

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        """Return those of the wanted pages that exist, by shard and name."""
        found = await self._all(scope, wanted)
        parts: dict[str, list[str]] = {}
        for document in found:
            shard, page = place_of(str(document["id"]))
            parts.setdefault(shard, []).extend(parts_of(page, document))
        found += await self._all(scope, parts)
        return await asyncio.to_thread(_unpacked, wanted, found)

    async def write(self, scope: TenantScope, table_version: int, changes: Iterable[Upon]) -> set[str]:
        """Write changes, those of a partition by one transaction as far as they fit; return which moved."""
        moved: set[str] = set()
        by_partition = groupby(sorted(changes, key=_partition), key=_partition)
        await together(
            self._write_partition(_Write(scope, partition, table_version, moved), [*some])
            for partition, some in by_partition
        )
        return moved

    async def _write_partition(self, write: _Write, changes: Sequence[Upon]) -> None:
        some = await asyncio.to_thread(packed, changes, write.table_version)
        await together(self._write_together(write, few) for few in transactions(some))

    async def _write_together(self, write: _Write, changes: Sequence[PackedChange]) -> None:
        """Write what one transaction takes; a shard that moved is left out, and the others tried again."""
        left = [*changes]
        while left:
            steps = [
                (one, step) for one in left for step in self._steps(write, one, one.head, one.batches[0])
            ]
            try:
                await self._rollups.batch(write.scope, write.partition, [step for _, step in steps])
            except (PreconditionFailed, Conflict) as refused:
                at_fault, _ = steps[refused_operation(refused)]
                write.moved.add(at_fault.shard)
                left.remove(at_fault)
                continue
            for one in left:
                await self._write_rest(write, one)
            return

    async def _write_rest(self, write: _Write, change: PackedChange) -> None:
        """Write the further batches of a large change, each upon the head that the one before left."""
        names = change.batches[0].moved(change.head.pages)
        for batch in change.batches[1:]:
            head = await self.head(write.scope, change.shard)
            if (head.table_version, head.pages) != (write.table_version, names):
                write.moved.add(change.shard)
                return
            try:
                steps = self._steps(write, change, head, batch)
                await self._rollups.batch(write.scope, write.partition, steps)
            except PreconditionFailed:
                write.moved.add(change.shard)
                return
            names = batch.moved(names)

    def _steps(self, write: _Write, change: PackedChange, head: ShardHead, batch: Batch) -> list[Operation]:
        """Return the operations of a batch: first that which is refused when the head moved."""
        pages: list[Json] = [*sorted(batch.moved(head.pages))]
        own: Document = {"id": id_of(change.shard, self._head), "kind": self._head, "pages": pages}
        own["tableVersion"] = write.table_version
        move = Create(own) if head.etag is None else Replace(own, head.etag)
        written = [Upsert(page | {"id": id_of(change.shard, str(page["id"]))}) for page in batch.written]
        return [move, *written, *(Delete(id_of(change.shard, name)) for name in batch.deleted)]

    async def _find(self, scope: TenantScope, shard: str, name: str) -> Stored | None:
        return await self._rollups.find(scope, id_of(shard, name), partition_of(shard))

    async def _all(self, scope: TenantScope, wanted: Mapping[str, Collection[str]]) -> list[Document]:
        """Return those documents of shards that exist, by one query for nearly all."""
        ids: dict[str, list[str]] = {}
        for shard, names in wanted.items():
            ids.setdefault(partition_of(shard), []).extend(id_of(shard, name) for name in names)
        return [document async for document in self._rollups.find_all(scope, ids)]


def _partition(change: Upon) -> str:
    return partition_of(change[1].shard)


def _rollup(document: Mapping[str, Any], view: str) -> Rollup | None:
    text = find(document, view)
    written_at = datetime.fromtimestamp(document["_ts"], UTC)
    return None if text is None else Rollup(document["tableVersion"], text, written_at)


def _unpacked(shards: Iterable[str], documents: Iterable[Mapping[str, Json]]) -> dict[str, dict[str, Page]]:
    pages: dict[str, dict[str, dict[str, str]]] = {shard: {} for shard in shards}
    for document in documents:
        shard, name = place_of(str(document["id"]))
        views = pages[shard].setdefault(page_name(name), {})
        views |= unpack(document) if "views" in document else {}
    return {shard: {**own} for shard, own in pages.items()}


def _head(document: Mapping[str, Any]) -> ShardHead:
    return ShardHead(document["tableVersion"], frozenset(document["pages"]), document["_etag"])
