"""The folders of one tenant's lake, as one who reads several tables in one go looks them up."""

import asyncio

from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess


class Folders:
    """Which tables there can be: all are looked up by one request, when first asked for.

    Made anew by each who reads: a table that another process makes afterwards is not seen.
    """

    def __init__(self, access: LakeAccess, scope: TenantScope) -> None:
        self._access = access
        self._scope = scope
        self._turn = asyncio.Lock()
        self._names: frozenset[str] | None = None

    async def hold(self, table: str) -> bool:
        """Tell whether there is a folder of a table: its commits may still be to come."""
        async with self._turn:
            if self._names is None:
                self._names = await self._access.folders(self._scope)
        return table in self._names
