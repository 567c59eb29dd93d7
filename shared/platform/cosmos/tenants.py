"""Tenant records in Cosmos: the container `control`, keyed `/id`.

`control` holds no student data and is read before any scope exists, so it is not a scoped container.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from shared.kernel.errors import NotFound
from shared.platform.cosmos.client import OpenContainer
from shared.platform.cosmos.errors import translated
from shared.tenancy.model import Tenant

_KIND = "tenant"
_PAGE = 100


class CosmosTenants:
    """Implements `TenantRecords`."""

    def __init__(self, container: OpenContainer) -> None:
        self._container = container

    async def find(self, tenant_id: str) -> Tenant | None:
        """Return the record by one point read, or None."""
        container = await self._container()
        try:
            with translated():
                document = await container.read_item(_item_id(tenant_id), _item_id(tenant_id))
        except NotFound:
            return None
        return _tenant(document)

    async def put(self, tenant: Tenant) -> None:
        """Write the record, new or not."""
        document = tenant.document()
        container = await self._container()
        with translated():
            await container.upsert_item(
                {"id": _item_id(tenant.id), "kind": _KIND, "homeStamp": tenant.home_stamp, "record": document}
            )

    async def homed_on(self, stamp: str) -> AsyncIterator[Tenant]:
        """Yield the tenants of a stamp in order of id."""
        container = await self._container()
        with translated():
            # No partition key: every tenant record is a partition of its own.
            results = container.query_items(
                query="SELECT * FROM c WHERE c.kind = @kind AND c.homeStamp = @stamp ORDER BY c.id",
                parameters=[{"name": "@kind", "value": _KIND}, {"name": "@stamp", "value": stamp}],
                max_item_count=_PAGE,
            )
            async for document in results:
                yield _tenant(document)


def _item_id(tenant_id: str) -> str:
    return f"{_KIND}:{tenant_id}"


def _tenant(document: Mapping[str, Any]) -> Tenant:
    return Tenant.model_validate(document["record"])
