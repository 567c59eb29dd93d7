"""The names that rosters hold, as the tenant's last fold left them; they are opened for each answer."""

import asyncio
from functools import partial
from typing import Final, NamedTuple

from shared.analytics.serving.kept import KeptUntilFold
from shared.analytics.serving.last_folds import LastFolds
from shared.ingestion.working.sealing import NameKeys
from shared.kernel.clock import Clock
from shared.kernel.once import Once
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.operations import Document
from shared.platform.cosmos.roster_documents import (
    HEAD,
    characters_of,
    level_of,
    names_in,
    part_id,
    part_of,
    parts_of,
)
from shared.platform.cosmos.scoped import ScopedContainer

_CHARACTERS: Final = 8_000_000
"""Of all rosters together: those of hundreds of courses."""


class _Found(NamedTuple):
    """A document, None where there is none."""

    document: Document | None


class RosterNames:
    """Implements `RosterReader` on the container `identity`.

    A roster that was read is kept sealed until the tenant's next fold ends, for half a minute at most; so is
    that a course has none. What retention takes out of a roster may be shown for that long.
    """

    def __init__(self, identity: ScopedContainer, keys: NameKeys, folds: LastFolds, clock: Clock) -> None:
        self._identity = identity
        self._keys = keys
        self._folds = folds
        self._kept: KeptUntilFold[_Found] = KeptUntilFold(clock, _CHARACTERS, _size)
        self._once = Once()

    async def names(self, scope: TenantScope, course: str, learner: str | None = None) -> dict[str, str]:
        """Return what the learners of a course are called, or of one of them, by pseudonym."""
        found = await self._documents(scope, course, learner)
        if not found:
            return {}
        sealing = await self._keys.sealing(scope)
        names = [names_in(document, course, sealing) for document in found]
        return {who: name for some in names for who, name in some.items() if learner in {None, who}}

    async def _documents(self, scope: TenantScope, course: str, learner: str | None) -> list[Document]:
        """Return the documents that names lie in; a further one that is being replaced may be gone."""
        head = await self._find(scope, course, HEAD)
        if head is None:
            return []
        parts = parts_of(head)
        if not parts:
            return [head]
        wanted = range(parts) if learner is None else [part_of(learner, parts)]
        found = await asyncio.gather(*(self._find(scope, course, part_id(part)) for part in wanted))
        return [document for document in found if document is not None]

    async def _find(self, scope: TenantScope, course: str, document_id: str) -> Document | None:
        fold = await self._folds.of(scope)
        place = (level_of(course), document_id)
        found = self._kept.get(scope, place, fold)
        if found is None:
            found = await self._once.read(scope.key(*place), partial(self._read, scope, place, fold))
        return found.document

    async def _read(self, scope: TenantScope, place: tuple[str, str], fold: str | None) -> _Found:
        level, document_id = place
        stored = await self._identity.find(scope, document_id, level)
        found = _Found(None if stored is None else stored.document)
        self._kept.put(scope, place, fold, found)
        return found


def _size(found: _Found) -> int:
    return 0 if found.document is None else characters_of(found.document)
