"""Planted leaks: each takes down what keeps one way between districts closed, as a careless change might.

They are the tests of the stateful test: a leak that it does not find in one of these, it would not find when
somebody makes it by accident.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, cast

import pytest
from azure.core.async_paging import AsyncPageIterator
from azure.storage.blob import ContainerSasPermissions, generate_container_sas

from shared.analytics.ports import Upon
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.messaging import envelope
from shared.platform.blob.grants import LANDING, SasUploadGrants
from shared.platform.cosmos.rollups import CosmosRollups
from shared.platform.cosmos.scoped import Page, ScopedContainer
from shared.tenancy import service as tenancy_service
from shared.tenancy.model import Tenant
from shared.web import authentication
from shared.web.conditional import EntityTags
from shared.web.paging import CursorBinding

type Plant = Callable[[pytest.MonkeyPatch], None]


def missing_predicate(patch: pytest.MonkeyPatch) -> None:
    """Queries ask every partition, name no tenant, and check nothing that comes back."""

    async def query(
        self: ScopedContainer,
        scope: Owner,
        where: str,
        parameters: Mapping[str, Json],
        *,
        level: str | None,
        order_by: str = "",
        select: str = "*",
        limit: int,
        continuation: str | None = None,
    ) -> Page:
        order = f" ORDER BY {order_by}" if order_by else ""
        results = (await self._container()).query_items(
            query=f"SELECT {select} FROM c WHERE {where}{order}",  # noqa: S608 - text of the program
            parameters=[{"name": f"@{name}", "value": value} for name, value in parameters.items()],
            max_item_count=limit,
        )
        pages = cast("AsyncPageIterator[dict[str, Json]]", results.by_page(continuation))
        items: list[dict[str, Json]] = []
        async for page in pages:
            items = [item async for item in page]
            break
        return Page(items, pages.continuation_token)

    patch.setattr(ScopedContainer, "query", query)


def cache_key_without_tenant(patch: pytest.MonkeyPatch) -> None:
    """A login is remembered by issuer and subject only."""
    patch.setattr(tenancy_service, "_login", lambda _scope, issuer, subject: f"{issuer}{subject}")


def shared_tags(patch: pytest.MonkeyPatch) -> None:
    """An entity tag says nothing of who is asking."""
    patch.setattr(
        EntityTags, "for_caller", classmethod(lambda cls, _scope, _principal, target: cls("", target))
    )


def wide_grant(patch: pytest.MonkeyPatch) -> None:
    """An upload grant is signed for the whole container."""

    async def grant(self: SasUploadGrants, _scope: TenantScope, blob: str, expires_at: datetime) -> str:
        service = self._account.service
        signature = generate_container_sas(
            account_name=str(service.account_name),
            container_name=LANDING,
            account_key=service.credential.account_key,
            permission=ContainerSasPermissions(create=True, write=True),
            expiry=expires_at,
        )
        return f"{service.get_blob_client(LANDING, blob).url}?{signature}"

    patch.setattr(SasUploadGrants, "grant", grant)


def foreign_payload(patch: pytest.MonkeyPatch) -> None:
    """An envelope may carry the payload of another tenant."""
    patch.setattr(envelope, "_check_payload", lambda _event: None)


def foreign_rollup(patch: pytest.MonkeyPatch) -> None:
    """A fold writes for whomever the process folded first."""
    first: list[TenantScope] = []
    write = CosmosRollups.write

    async def misplaced(
        self: CosmosRollups, scope: TenantScope, table_version: int, changes: Iterable[Upon]
    ) -> set[str]:
        first.append(scope)
        there = [(await self.head(first[0], change.shard), change) for _, change in changes]
        return await write(self, first[0], table_version, there)

    patch.setattr(CosmosRollups, "write", misplaced)


def foreign_cursor(patch: pytest.MonkeyPatch) -> None:
    """A cursor is bound to the list, not to whose list it is."""
    patch.setattr(
        CursorBinding,
        "of",
        classmethod(lambda cls, _scope, operation, path, _query: cls("", operation, path, "")),
    )


def other_stamp(patch: pytest.MonkeyPatch) -> None:
    """A call is answered wherever the tenant has its home."""

    def serve_anyway(_tenant: Tenant, _stamp: str) -> None:
        return None

    patch.setattr(authentication, "require_served_here", serve_anyway)


PLANTS: Final[tuple[Plant, ...]] = (
    missing_predicate,
    cache_key_without_tenant,
    shared_tags,
    wide_grant,
    foreign_payload,
    foreign_rollup,
    foreign_cursor,
    other_stamp,
)
