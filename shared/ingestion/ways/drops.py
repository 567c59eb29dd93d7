"""Watches the box into which SFTP writes, and takes in what has come to rest there.

A folder of the box belongs to one tenant: SFTP lets each login write into the folder of its own tenant only.
So a file is a tenant's when it lies under the name of a tenant that the tenant iterator yields, and a folder
that is nobody's is audited and never read.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from shared.ingestion import policies
from shared.ingestion.model import Way
from shared.ingestion.ways.intake import Arrival, Intake
from shared.ingestion.ways.ports import Drop, Drops, Refusals
from shared.kernel.errors import Forbidden, InvalidInput, TooLarge
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope

_UNFINISHED: Final = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".swp", "~")
"""How clients name a file that they will rename once it is whole."""
_FILES_AT_ONCE: Final = 100
_BYTES_AT_ONCE: Final = 1024**3
"""How much of one tenant a look takes in before the others have their turn; one file at least."""


def is_settled(drop: Drop, patience: timedelta) -> bool:
    """Tell whether a file is whole: it has its final name and did not change for a while."""
    name = drop.name.rpartition("/")[2]
    if name.startswith(".") or name.lower().endswith(_UNFINISHED):
        return False
    return drop.still >= (patience if drop.size else max(patience, policies.EMPTY_SETTLED_AFTER))


class DropWatch:
    """Takes in settled drops.

    SFTP does not tell when a writer is done: a file that lies still for `patience` counts as whole.
    """

    def __init__(self, drops: Drops, intake: Intake, refusals: Refusals, *, patience: timedelta) -> None:
        self._drops = drops
        self._intake = intake
        self._refusals = refusals
        self._patience = patience
        self._told: set[str] = set()

    async def with_drops(
        self, stamp: StampScope, tenants: AsyncIterator[TenantScope]
    ) -> AsyncIterator[TenantScope]:
        """Yield the scopes of those `tenants` whose folders hold anything.

        A folder of nobody among them is audited, once by each process: it stays there until somebody looks.
        """
        folders = {folder async for folder in self._drops.folders(stamp)}
        if not folders:
            return
        async for scope in tenants:
            if scope.tenant_id in folders:
                folders.remove(scope.tenant_id)
                yield scope
        for folder in sorted(folders - self._told):
            self._told.add(folder)
            await self._refusals.refused(stamp, "drop.take", f"folder:{folder}", "no-tenant")

    async def look(self, scope: TenantScope) -> int:
        """Take in the settled drops of a tenant, oldest first, and return how many were new.

        What the tenant's policies refuse is audited once and stays with the reason upon it, until it changes
        or the policies do.
        """
        settled = [drop async for drop in self._drops.of(scope) if is_settled(drop, self._patience)]
        taken, taken_bytes = 0, 0
        for nth, drop in enumerate(sorted(settled, key=lambda drop: (drop.modified, drop.name))):
            if await self._take(scope, drop, nth):
                taken, taken_bytes = taken + 1, taken_bytes + drop.size
            if taken == _FILES_AT_ONCE or taken_bytes >= _BYTES_AT_ONCE:
                break
        return taken

    async def _take(self, scope: TenantScope, drop: Drop, nth: int) -> bool:
        try:
            admission = await self._intake.admit(scope, drop.name, drop.size)
        except (Forbidden, InvalidInput, TooLarge) as refusal:
            if drop.refused != refusal.code:
                await self._refusals.refused(scope, "drop.take", _reference(drop), refusal.code)
                await self._drops.refuse(scope, drop, refusal.code)
            return False
        arrival = Arrival(
            way=Way.SFTP,
            same=(drop.name, drop.etag),
            file_name=drop.name,
            size=drop.size,
            stored_at=drop.modified,
            nth=nth,
        )
        new = await self._intake.take(
            scope, arrival, admission, lambda blob: self._drops.land(scope, drop, blob)
        )
        await self._drops.remove(scope, drop)
        return new


def _reference(drop: Drop) -> str:
    """Return what the audit calls a drop: file names may tell of people, so their digest."""
    return f"drop:{hashlib.sha256(drop.name.encode()).hexdigest()[:16]}"
