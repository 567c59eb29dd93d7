"""The one place that looks at more than one tenant: the tenant iterator, sweeps, and the change feed.

Everything here yields tenant scopes, one item at a time, so that what follows is scoped again. Each use
states a reason, which is recorded before the first document is read.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from shared.platform.cosmos.client import OpenContainer
from shared.platform.cosmos.errors import translated
from shared.platform.cosmos.operations import Document
from shared.tenancy.ports import TenantRecords

type UseReport = Callable[[StampScope, str, str], Awaitable[None]]
"""Told `(scope, action, object)` of each use; the audit listens here."""

_PAGE = 100


class CrossTenant:
    """Cross-tenant access of one function or script, named by `function` in scopes and in the audit."""

    def __init__(self, stamp: str, function: str, records: TenantRecords, *, on_use: UseReport) -> None:
        self._stamp = stamp
        self._function = function
        self._records = records
        self._on_use = on_use

    async def tenants(self) -> AsyncIterator[TenantScope]:
        """Go through the tenants of this stamp, suspended ones included, each with a scope of its own."""
        async for tenant in self._records.homed_on(self._stamp):
            yield self._scope(tenant.id)

    async def tenant(self, tenant_id: str) -> TenantScope:
        """Return the scope of one tenant; `NotFound` when it is unknown or homed on another stamp."""
        tenant = await self._records.find(tenant_id)
        if tenant is None or tenant.home_stamp != self._stamp:
            raise NotFound
        return self._scope(tenant.id)

    def owner_of(self, document: Mapping[str, Json]) -> TenantScope:
        """Return the scope for a document of the change feed or of a sweep, by the key it is stored under.

        `ValueError` when that is no tenant's: only tenants' documents may be in the containers that are read
        here.
        """
        return self._scope(str(document.get("tenantId")))

    async def sweep(
        self, whole: OpenContainer, where: str, parameters: Mapping[str, Json], *, reason: str
    ) -> AsyncIterator[Document]:
        """Go through the documents of all tenants that satisfy `where`; `Unavailable`.

        `where` is program text over the alias `c`; values come through `parameters`, named without the `@`.
        `reason` (a slug such as `outbox-leftovers`) goes into the audit.
        """
        scope = StampScope(self._stamp, f"system:{self._function}", new_id())
        container = await whole()
        await self._on_use(scope, f"sweep.{reason}", f"container:{container.id}")
        with translated():
            # No partition key: this asks every partition.
            results = container.query_items(
                query=f"SELECT * FROM c WHERE {where}",  # noqa: S608 - program text, values are parameters
                parameters=[{"name": f"@{name}", "value": value} for name, value in parameters.items()],
                max_item_count=_PAGE,
            )
            async for document in results:
                yield document

    def _scope(self, tenant_id: str) -> TenantScope:
        return TenantScope.of_iteration(tenant_id, self._stamp, self._function, new_id())
