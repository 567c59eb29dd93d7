"""How changes of shards are cut into transactions: small ones go together, a large one takes several."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.analytics.model import ShardChange, ShardHead
from shared.analytics.ports import Upon
from shared.platform.cosmos.operations import BATCH_LIMIT
from shared.platform.cosmos.packing import PageDocument, PagePacker, page_name

_BATCH_BYTES: Final = 900_000
"""A batch may have 2 MB on the wire; from 1 MB on the client would hold up its event loop to send it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of one shard, by name, that are written and deleted at once; its head moves with them."""

    written: Sequence[PageDocument]
    deleted: Sequence[str]

    def moved(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names of a shard's documents after this batch from those before."""
        return names.union(str(document["id"]) for document in self.written).difference(self.deleted)


@dataclass(frozen=True)
class PackedChange:
    """The change of a shard upon a head, as documents in batches: one for nearly all."""

    head: ShardHead
    shard: str
    batches: Sequence[Batch]

    @property
    def is_small(self) -> bool:
        """Whether it may share a transaction."""
        return len(self.batches) == 1

    @property
    def operations(self) -> int:
        """How many operations the first batch takes, with that of the head."""
        return 1 + len(self.batches[0].written) + len(self.batches[0].deleted)

    @cached_property
    def size(self) -> int:
        """About how many bytes the first batch has."""
        names = sum(len(name) + 3 for name in self.head.pages)
        return names + sum(map(_size, self.batches[0].written))


def packed(changes: Iterable[Upon], table_version: int) -> list[PackedChange]:
    """Return changes as documents. It takes long: not for the event loop."""
    packer = PagePacker()
    return [_packed(packer, head, change, table_version) for head, change in changes]


def _packed(packer: PagePacker, head: ShardHead, change: ShardChange, table_version: int) -> PackedChange:
    pages = change.pages.items()
    documents = [one for name, views in pages for one in packer.pack(name, views, table_version)]
    return PackedChange(head, change.shard, [*_batches(documents, _obsolete(head, change, documents))])


def transactions(changes: Iterable[PackedChange]) -> Iterator[list[PackedChange]]:
    """Yield changes of one partition that one transaction takes; a change of several batches alone."""
    some: list[PackedChange] = []
    for change in changes:
        if not change.is_small:
            yield [change]
            continue
        if some and not _fit([*some, change]):
            yield some
            some = []
        some.append(change)
    if some:
        yield some


def _fit(some: Sequence[PackedChange]) -> bool:
    operations, size = sum(one.operations for one in some), sum(one.size for one in some)
    return operations <= BATCH_LIMIT and size <= _BATCH_BYTES


def _obsolete(head: ShardHead, change: ShardChange, documents: Sequence[PageDocument]) -> list[str]:
    concerned = change.pages.keys() | change.obsolete
    written = {str(document["id"]) for document in documents}
    return sorted({name for name in head.pages if page_name(name) in concerned} - written)


def _batches(documents: Sequence[PageDocument], obsolete: Sequence[str]) -> Iterator[Batch]:
    """Cut a change into batches that leave room for the head; at least one, deletions last."""
    some: list[PageDocument] = []
    size = 0
    for document in documents:
        weight = _size(document)
        if some and (len(some) == BATCH_LIMIT - 1 or size + weight > _BATCH_BYTES):
            yield Batch(some, [])
            some, size = [], 0
        some.append(document)
        size += weight
    room = BATCH_LIMIT - 1 - len(some)
    yield Batch(some, obsolete[:room])
    for start in range(room, len(obsolete), BATCH_LIMIT - 1):
        yield Batch([], obsolete[start : start + BATCH_LIMIT - 1])


def _size(document: PageDocument) -> int:
    return len(str(document.get("views", "")))
