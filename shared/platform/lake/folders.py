"""The folders of lakes, as one who reads several tables in one go looks them up."""

import asyncio

from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess


class Folders:
    """Which tables there can be: all of a lake are looked up by one request, when first asked for.

    Made anew by each who reads: a table that another process makes afterwards is not seen.
    """

    def __init__(self, access: LakeAccess) -> None:
        self._access = access
        self._turn = asyncio.Lock()
        self._names: dict[str, frozenset[str]] = {}

    async def hold(self, scope: TenantScope, table: str) -> bool:
        """Tell whether the lake of the scope's tenant has a folder of a table: its commits may be to come."""
        async with self._turn:
            if scope.tenant_id not in self._names:
                self._names[scope.tenant_id] = await self._access.folders(scope)
        return table in self._names[scope.tenant_id]
