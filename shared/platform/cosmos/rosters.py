"""Rosters in Cosmos: the container `identity`, keyed `[/tenantId, /personId]` with `roster:{course}`."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from shared.analytics.rosters.ports import Basis, PeopleVersion, SealedName
from shared.ingestion.working.sealing import NameKeys, Sealing
from shared.kernel.errors import Conflict, NotFound, PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.operations import Document
from shared.platform.cosmos.roster_documents import (
    HEAD,
    KIND,
    course_of,
    documents,
    level_of,
    opened,
    part_id,
    parts_of,
)
from shared.platform.cosmos.scoped import ScopedContainer, Stored

_FOLLOWED: Final = "rosters-followed"


class CosmosRosters:
    """Implements `RosterStore` on the container `identity`."""

    def __init__(self, identity: ScopedContainer, keys: NameKeys) -> None:
        self._identity = identity
        self._keys = keys

    async def write(self, scope: TenantScope, course: str, basis: Basis, names: Sequence[SealedName]) -> None:
        """Make this the roster of a course; `PreconditionFailed` when a newer one is or comes to be there.

        The head goes last and upon what was read, so that a crash leaves what the next delivery completes.
        """
        level = level_of(course)
        before = await self._identity.find(scope, HEAD, level)
        if before is not None and basis.is_behind(_basis(before)):
            raise PreconditionFailed
        sealing = await self._keys.sealing(scope)
        *further, head = await asyncio.to_thread(_made, course, basis, names, sealing)
        for document in further:
            await self._identity.upsert(scope, document, level)
        for part in range(len(further), parts_of(before.document) if before else 0):
            await self._delete(scope, part_id(part), level)
        if before is not None:
            await self._identity.replace(scope, head, level, before.etag)
            return
        try:
            await self._identity.create(scope, head, level)
        except Conflict:
            raise PreconditionFailed from None

    async def courses(self, scope: TenantScope) -> frozenset[str]:
        """Return the courses that have a roster."""
        found = self._identity.walk(
            scope, "c.kind = @kind", {"kind": KIND}, level=None, select="c.id, c.personId"
        )
        return frozenset([course_of(str(document["personId"])) async for document in found])

    async def followed(self, scope: TenantScope) -> PeopleVersion | None:
        """Return the people whose names all rosters are known to hold, None before the first."""
        stored = await self._identity.find(scope, _FOLLOWED, _FOLLOWED)
        if stored is None:
            return None
        version: Any = stored.document["version"]
        return PeopleVersion(**version)

    async def note_followed(self, scope: TenantScope, version: PeopleVersion) -> None:
        """Note that all rosters hold the names of these people."""
        document: Document = {"id": _FOLLOWED, "kind": _FOLLOWED, "version": asdict(version)}
        await self._identity.upsert(scope, document, _FOLLOWED)

    async def _delete(self, scope: TenantScope, document_id: str, level: str) -> None:
        try:
            await self._identity.delete(scope, document_id, level)
        except NotFound:
            return  # an earlier try was cut off after it


def _made(course: str, basis: Basis, names: Sequence[SealedName], sealing: Sealing) -> list[Document]:
    return documents(course, basis, opened(names, sealing), sealing)


def _basis(stored: Stored) -> Basis:
    basis: Any = stored.document["basis"]
    return Basis(**basis)
