"""Tenant records in Cosmos: the container `control`, keyed `/id`.

`control` holds no student data and is read before any scope exists, so it is not a scoped container.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from azure.core import MatchConditions

from shared.kernel.errors import NotFound
from shared.platform.cosmos.client import OpenContainer
from shared.platform.cosmos.errors import translated
from shared.tenancy.model import Tenant
from shared.tenancy.ports import StoredTenant

_KIND = "tenant"
_PAGE = 100


class CosmosTenants:
    """Implements `TenantRecords`."""

    def __init__(self, container: OpenContainer) -> None:
        self._container = container

    async def find(self, tenant_id: str) -> Tenant | None:
        """Return the record by one point read, or None."""
        try:
            return (await self.stored(tenant_id)).tenant
        except NotFound:
            return None

    async def stored(self, tenant_id: str) -> StoredTenant:
        """Return the record as it is now; `NotFound`."""
        container = await self._container()
        with translated():
            document = await container.read_item(_item_id(tenant_id), _item_id(tenant_id))
        return StoredTenant(_tenant(document), str(document["_etag"]))

    async def replace(self, tenant: StoredTenant) -> None:
        """Write over the version that was read (If-Match); `PreconditionFailed` when it changed."""
        container = await self._container()
        with translated():
            await container.replace_item(
                _item_id(tenant.tenant.id),
                _document(tenant.tenant),
                etag=tenant.etag,
                match_condition=MatchConditions.IfNotModified,
            )

    async def put(self, tenant: Tenant) -> None:
        """Write the record, new or not."""
        container = await self._container()
        with translated():
            await container.upsert_item(_document(tenant))

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


def _document(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": _item_id(tenant.id),
        "kind": _KIND,
        "homeStamp": tenant.home_stamp,
        "record": tenant.document(),
    }


def _tenant(document: Mapping[str, Any]) -> Tenant:
    return Tenant.model_validate(document["record"])
