"""The tenants that a timer goes round."""

from collections.abc import AsyncIterator

from shared.bootstrap import services
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope


async def active_tenants(task: str) -> AsyncIterator[TenantScope]:
    """Yield the scope of each tenant of this stamp that is not suspended, for a function called `task`."""
    async for scope, _ in services().tenancy.each_tenant(task, new_id()):
        yield scope
