"""The parts of a worked ingest, each checked before anything of it is committed.

Who wrote a part looked into its rows while they were in memory and noted the ETag of the blob. One listing
shows which parts are still those very blobs; only the others, which somebody else had written before or which
changed since, are opened and read.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from shared.ingestion.committing import rules
from shared.ingestion.committing.ports import CommitTables, Inspection, LiveFile
from shared.ingestion.loads import Target
from shared.ingestion.model import ChunkDone, Failure, Ingest, Part, Written
from shared.ingestion.ports import BlobFacts
from shared.ingestion.table_names import TableName
from shared.kernel.errors import InvalidInput, NotFound, Violation
from shared.kernel.scope import TenantScope

_AT_ONCE: Final = 4
"""Parts that are opened at a time."""

type _Stored = Mapping[str, BlobFacts]
"""By path in the table's folder, what the store says of the parts of one ingest."""


class IncomingParts:
    """Checks the parts of ingests."""

    def __init__(self, tables: CommitTables) -> None:
        self._tables = tables

    async def sound(
        self, scope: TenantScope, ingest: Ingest, targets: Iterable[Target], chunks: Sequence[ChunkDone]
    ) -> dict[TableName, list[LiveFile]] | Failure:
        """Return the parts of an ingest by table, in the order of its chunks, or what is wrong with them."""
        every = [part for done in chunks for part in done.parts]
        violations = rules.miscounts(ingest, chunks) + rules.strays(ingest, every)
        known = dict(chain.from_iterable(done.written.items() for done in chunks))
        found: dict[TableName, list[LiveFile]] = {}
        for target in targets:
            parts = [part for part in every if part.table is target.table]
            seen = await self._seen(scope, ingest, target, parts, known)
            found[target.table] = [one for one in seen if isinstance(one, LiveFile)]
            violations += chain.from_iterable(one for one in seen if not isinstance(one, LiveFile))
        return rules.unsound_parts(violations) if violations else found

    async def _seen(
        self,
        scope: TenantScope,
        ingest: Ingest,
        target: Target,
        parts: Sequence[Part],
        known: Mapping[str, Written],
    ) -> list[LiveFile | list[Violation]]:
        stored: _Stored = {}
        if any(part.path in known for part in parts):
            stored = await self._tables.stored(scope, target.table, rules.parts_of(ingest))
        turns = asyncio.Semaphore(_AT_ONCE)

        async def look(part: Part) -> LiveFile | list[Violation]:
            seen: Inspection | Violation | None
            seen = _as_written(part, known.get(part.path), stored.get(rules.in_table(part)))
            if seen is None:
                async with turns:
                    seen = await self._inspected(scope, target, part)
            if isinstance(seen, Violation):
                return [seen]
            return rules.unsoundness(ingest, part, seen) or rules.live(part, ingest.recognised.source, seen)

        return await asyncio.gather(*map(look, parts))

    async def _inspected(self, scope: TenantScope, target: Target, part: Part) -> Inspection | Violation:
        """Open a part and read what its blob holds."""
        try:
            return await self._tables.inspect(
                scope, target.table, rules.in_table(part), rules.indexed(target)
            )
        except NotFound:
            return Violation(part.path, "is missing")
        except InvalidInput as fault:
            return Violation(part.path, fault.detail)


def _as_written(part: Part, written: Written | None, stored: BlobFacts | None) -> Inspection | None:
    """Return what the writer saw, as long as the blob is the one that it wrote."""
    if written is None or stored is None or stored.etag != written.etag:
        return None
    return Inspection(stored.size, part.rows, written.columns, written.extremes)
