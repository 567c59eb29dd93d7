"""A Cosmos container that only ever shows and changes the documents of one tenant.

Three walls, none of which relies on the others: the partition key starts with the scope's tenant, every
query carries a predicate on `tenantId`, and every document that comes back is checked again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from operator import itemgetter
from typing import Any, cast

from azure.core import MatchConditions
from azure.core.async_paging import AsyncPageIterator

from shared.kernel.errors import NotFound, TenantBreach, TooLarge
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.platform.cosmos.client import OpenContainer
from shared.platform.cosmos.errors import translated
from shared.platform.cosmos.operations import (
    BATCH_LIMIT,
    Create,
    Document,
    Operation,
    Replace,
    SdkOperation,
    Upsert,
    as_sdk,
)

type BreachReport = Callable[[TenantScope, TenantBreach], Awaitable[None]]
"""Told of every breach before it is raised; the audit listens here."""

_PAGE = 1000
"""The most documents of one page of a walk. A page ends at 4 MB before."""
_IDS_AT_ONCE = 2000
"""The most documents that one query asks for: its text must stay below 512 kB."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as the store holds it; `etag` guards a later `replace`."""

    document: Document
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some results of a query; `continuation` asks for the next page and is None on the last."""

    items: list[Document]
    continuation: str | None


class ScopedContainer:
    """A container with the hierarchical key `[/tenantId, /{second_level}]`.

    Both key properties are written by this class: a document that already names another tenant is refused
    as a breach. A `StampScope` reaches the stamp's own partition and no tenant's. Every method raises
    `Unavailable` when the store is throttling or out of reach.
    """

    def __init__(self, container: OpenContainer, second_level: str, *, on_breach: BreachReport) -> None:
        self._container = container
        self._second_level = second_level
        self._on_breach = on_breach

    async def find(self, scope: Owner, item_id: str, level: str) -> Stored | None:
        """Return the document, or None when there is none."""
        try:
            return await self.read(scope, item_id, level)
        except TenantBreach:
            raise
        except NotFound:
            return None

    async def read(self, scope: Owner, item_id: str, level: str) -> Stored:
        """Return the document; `NotFound` when there is none."""
        container = await self._container()
        with translated():
            item = await container.read_item(item_id, partition_key=_key(scope, level))
        return await self._stored(scope, item)

    async def create(self, scope: Owner, document: Mapping[str, Json], level: str) -> Stored:
        """Write a new document; `Conflict` when its id is taken."""
        written = await self._written(scope, document, level)
        container = await self._container()
        with translated():
            return await self._stored(scope, await container.create_item(written))

    async def upsert(self, scope: Owner, document: Mapping[str, Json], level: str) -> Stored:
        """Write a document, new or not."""
        written = await self._written(scope, document, level)
        container = await self._container()
        with translated():
            return await self._stored(scope, await container.upsert_item(written))

    async def replace(self, scope: Owner, document: Mapping[str, Json], level: str, etag: str) -> Stored:
        """Write over the version `etag`; `PreconditionFailed` when it changed, `NotFound` when it is gone."""
        written = await self._written(scope, document, level)
        container = await self._container()
        with translated():
            item = await container.replace_item(
                str(written["id"]), written, etag=etag, match_condition=MatchConditions.IfNotModified
            )
        return await self._stored(scope, item)

    async def delete(self, scope: Owner, item_id: str, level: str, etag: str | None = None) -> None:
        """Delete the document, only in version `etag` when one is given; `NotFound`, `PreconditionFailed`."""
        guard: dict[str, Any] = {}
        if etag is not None:
            guard = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
        container = await self._container()
        with translated():
            await container.delete_item(item_id, partition_key=_key(scope, level), **guard)

    async def batch(self, scope: Owner, level: str, operations: Sequence[Operation]) -> list[str]:
        """Do all operations in one transaction, or none; return the ETags of what they wrote.

        `Conflict`, `PreconditionFailed` and `NotFound` say which operation was refused: its position is what
        `errors.refused_operation` returns. `TooLarge` beyond 100 operations.
        """
        if len(operations) > BATCH_LIMIT:
            raise TooLarge(f"a batch takes {BATCH_LIMIT} operations, not {len(operations)}")
        steps = [await self._step(scope, level, operation) for operation in operations]
        container = await self._container()
        with translated():
            # The answer would hold every document again, only to be parsed and dropped.
            done = await container.execute_item_batch(
                steps, partition_key=_key(scope, level), no_response=True
            )
        return [str(one.get("eTag", "")) for one in done]

    async def query(  # noqa: PLR0913 - each names one clause of the statement
        self,
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
        """Return up to `limit` documents of the tenant, of one second-level key or (None) of all.

        `where`, `order_by` and `select` are program text over the alias `c` and never hold input; values
        come through `parameters`, named without the `@`. A `select` lists properties: `c.id, c.state`.
        """
        statement = _statement(where, order_by, select, self._second_level if level is not None else None)
        values = {**parameters, "tenantId": scope.tenant_id} | ({} if level is None else {"level": level})
        container = await self._container()
        with translated():
            results = container.query_items(
                query=statement,
                parameters=[{"name": f"@{name}", "value": value} for name, value in values.items()],
                partition_key=[scope.tenant_id] if level is None else _key(scope, level),
                max_item_count=limit,
            )
            pages = cast("AsyncPageIterator[Document]", results.by_page(continuation))
            items: list[Document] = []
            # The service may answer an empty page that goes on; callers see something, or the end.
            async for page in pages:
                items = [item async for item in page]
                if items:
                    break
        for item in items:
            await self._check(scope, item)
        return Page(items, pages.continuation_token)

    async def walk(  # noqa: PLR0913 - as `query`
        self,
        scope: Owner,
        where: str,
        parameters: Mapping[str, Json],
        *,
        level: str | None,
        order_by: str = "",
        select: str = "*",
    ) -> AsyncIterator[Document]:
        """Go through all that `query` would return, page by page."""
        continuation: str | None = None
        while True:
            page = await self.query(
                scope,
                where,
                parameters,
                level=level,
                order_by=order_by,
                select=select,
                limit=_PAGE,
                continuation=continuation,
            )
            for item in page.items:
                yield item
            continuation = page.continuation
            if continuation is None:
                return

    async def find_all(self, scope: Owner, wanted: Mapping[str, Collection[str]]) -> AsyncIterator[Document]:
        """Go through those documents that exist of `wanted`, ids by second-level key, in no order.

        One query asks for many partitions: a point read for each costs ten times as much work on both sides.
        """
        pairs = sorted((level, item) for level, items in wanted.items() for item in {*items})
        for some in batched(pairs, _IDS_AT_ONCE, strict=False):
            parameters: dict[str, Json] = {}
            cases = []
            levels = {level: [item for _, item in own] for level, own in groupby(some, key=itemgetter(0))}
            for n, (level, items) in enumerate(levels.items()):
                names = {f"id{n}x{m}": item for m, item in enumerate(items)}
                ids = ", ".join(f"@{name}" for name in names)
                cases.append(f"(c.{self._second_level} = @level{n} AND c.id IN ({ids}))")
                parameters |= {f"level{n}": level, **names}
            only = some[0][0] if len(levels) == 1 else None
            async for document in self.walk(scope, " OR ".join(cases), parameters, level=only):
                yield document

    async def _step(self, scope: Owner, level: str, operation: Operation) -> SdkOperation:
        written = None
        if isinstance(operation, Create | Upsert | Replace):
            written = await self._written(scope, operation.document, level)
        return as_sdk(operation, written)

    async def _written(self, scope: Owner, document: Mapping[str, Json], level: str) -> Document:
        if document.get("tenantId", scope.tenant_id) != scope.tenant_id:
            await self._breach(scope)
        return {**document, "tenantId": scope.tenant_id, self._second_level: level}

    async def _stored(self, scope: Owner, item: Document) -> Stored:
        await self._check(scope, item)
        return Stored(dict(item), str(item["_etag"]))

    async def _check(self, scope: Owner, item: Document) -> None:
        if item.get("tenantId") != scope.tenant_id:
            await self._breach(scope)

    async def _breach(self, scope: Owner) -> None:
        breach = TenantBreach(scope.tenant_id, (await self._container()).id)
        if isinstance(scope, TenantScope):
            await self._on_breach(scope, breach)
        raise breach


def _key(scope: Owner, level: str) -> list[str]:
    return [scope.tenant_id, level]


def _statement(where: str, order_by: str, select: str, second_level: str | None) -> str:
    columns = "*" if select == "*" else f"c.tenantId, {select}"
    predicate = "c.tenantId = @tenantId"
    if second_level is not None:
        predicate += f" AND c.{second_level} = @level"
    if where:
        predicate += f" AND ({where})"
    order = f" ORDER BY {order_by}" if order_by else ""
    return f"SELECT {columns} FROM c WHERE {predicate}{order}"  # noqa: S608 - program text, values are parameters
