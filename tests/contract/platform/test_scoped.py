"""A scoped container shows and changes one tenant's documents, with the real SDK against a real dialect."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import CosmosHttpResponseError

from shared.kernel.errors import (
    Conflict,
    NotFound,
    PreconditionFailed,
    TenantBreach,
    TermtideError,
    TooLarge,
    Unavailable,
)
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.errors import refused_operation
from shared.platform.cosmos.operations import Create, Delete, Operation, Patch, Replace, Upsert
from shared.platform.cosmos.scoped import ScopedContainer
from shared.settings import Endpoint
from tests.contract.platform.conftest import Breaches, Open

STALE = '"00000000-0000-0000-0000-000000000000"'


@pytest.fixture
async def ingests(opened: Open) -> ScopedContainer:
    return await opened("ingests", "ingestId")


async def ids_of(container: ScopedContainer, scope: TenantScope, **query: Any) -> list[Any]:  # noqa: ANN401 - passed on
    page = await container.query(
        scope, **{"where": "", "parameters": {}, "level": None, "limit": 50, **query}
    )
    return [item["id"] for item in page.items]


async def test_a_document_is_invisible_to_every_other_tenant(
    ingests: ScopedContainer, scope: TenantScope, other: TenantScope
) -> None:
    await ingests.create(scope, {"id": "x", "kind": "ingest"}, "i1")
    with pytest.raises(NotFound):
        await ingests.read(other, "x", "i1")
    assert await ingests.find(other, "x", "i1") is None
    assert await ids_of(ingests, other) == []
    with pytest.raises(NotFound):
        await ingests.delete(other, "x", "i1")
    with pytest.raises(NotFound):
        await ingests.batch(other, "i1", [Delete("x")])
    assert (await ingests.read(scope, "x", "i1")).document["kind"] == "ingest"


async def test_a_predicate_cannot_reach_past_its_parentheses(
    ingests: ScopedContainer, scope: TenantScope, other: TenantScope
) -> None:
    await ingests.create(scope, {"id": "x"}, "i1")
    await ingests.create(other, {"id": "y"}, "i1")
    assert await ids_of(ingests, scope, where="c.id = 'x' OR true") == ["x"]


async def test_a_parameter_cannot_replace_the_tenant(
    ingests: ScopedContainer, scope: TenantScope, other: TenantScope
) -> None:
    await ingests.create(other, {"id": "y"}, "i1")
    assert await ids_of(ingests, scope, parameters={"tenantId": other.tenant_id}) == []


async def test_a_document_that_names_another_tenant_is_a_breach_and_is_not_written(
    ingests: ScopedContainer, scope: TenantScope, other: TenantScope, breaches: Breaches
) -> None:
    foreign = {"id": "x", "tenantId": other.tenant_id}
    for write in (
        lambda: ingests.create(scope, foreign, "i1"),
        lambda: ingests.upsert(scope, foreign, "i1"),
        lambda: ingests.replace(scope, foreign, "i1", STALE),
        lambda: ingests.batch(scope, "i1", [Create(foreign)]),
    ):
        with pytest.raises(TenantBreach):
            await write()
    assert breaches == [(scope.tenant_id, "ingests")] * 4
    assert await ids_of(ingests, other) == []


type Wall = Callable[[], Any]


@pytest.fixture
def without_key(other: TenantScope) -> Wall:
    """Takes down the wall of the partition key: queries and reads go to another tenant's partition."""

    def take_down() -> Any:  # noqa: ANN401 - a patch
        query_before, read_before = ContainerProxy.query_items, ContainerProxy.read_item

        def query(self: ContainerProxy, **options: Any) -> object:  # noqa: ANN401 - passed on
            return query_before(self, **{**options, "partition_key": [other.tenant_id]})

        async def read(self: ContainerProxy, item: str, **_: object) -> object:
            return await read_before(self, item, partition_key=[other.tenant_id, "i1"])

        return patch.multiple(ContainerProxy, query_items=query, read_item=read)

    return take_down


@pytest.fixture
def without_predicate() -> Wall:
    """Takes down the wall of the predicate: queries ask for everything in the partition."""

    def take_down() -> Any:  # noqa: ANN401 - a patch
        query_before = ContainerProxy.query_items

        def query(self: ContainerProxy, **options: Any) -> object:  # noqa: ANN401 - passed on
            return query_before(self, **{**options, "query": "SELECT * FROM c", "parameters": []})

        return patch.object(ContainerProxy, "query_items", query)

    return take_down


async def test_the_predicate_holds_when_the_key_does_not(
    ingests: ScopedContainer, scope: TenantScope, other: TenantScope, breaches: Breaches, without_key: Wall
) -> None:
    await ingests.create(other, {"id": "y"}, "i1")
    with without_key():
        assert await ids_of(ingests, scope) == []
    assert breaches == []


async def test_the_key_holds_when_the_predicate_does_not(
    ingests: ScopedContainer,
    scope: TenantScope,
    other: TenantScope,
    breaches: Breaches,
    without_predicate: Wall,
) -> None:
    await ingests.create(other, {"id": "y"}, "i1")
    with without_predicate():
        assert await ids_of(ingests, scope) == []
    assert breaches == []


async def test_a_leak_through_both_is_found_out_reported_and_looks_empty(
    ingests: ScopedContainer,
    scope: TenantScope,
    other: TenantScope,
    breaches: Breaches,
    without_key: Wall,
    without_predicate: Wall,
) -> None:
    await ingests.create(other, {"id": "y"}, "i1")
    with without_key(), without_predicate():
        for leaky in (
            lambda: ingests.read(scope, "y", "i1"),
            lambda: ingests.find(scope, "y", "i1"),
            lambda: ids_of(ingests, scope),
        ):
            with pytest.raises(TenantBreach):
                await leaky()
    assert breaches == [(scope.tenant_id, "ingests")] * 3


async def test_what_was_written_is_read_back_with_its_keys_and_etag(
    ingests: ScopedContainer, scope: TenantScope
) -> None:
    written = await ingests.create(scope, {"id": "x", "kind": "ingest", "n": 1}, "i1")
    stored = await ingests.read(scope, "x", "i1")
    assert stored == written
    assert (stored.document["tenantId"], stored.document["ingestId"]) == (scope.tenant_id, "i1")
    replaced = await ingests.replace(scope, {"id": "x", "n": 2}, "i1", stored.etag)
    assert replaced.etag != stored.etag
    assert (await ingests.upsert(scope, {"id": "x", "n": 3}, "i1")).document["n"] == 3


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_refusals_of_the_store_become_ours(ingests: ScopedContainer, scope: TenantScope) -> None:
    await ingests.create(scope, {"id": "x"}, "i1")
    with pytest.raises(Conflict):
        await ingests.create(scope, {"id": "x"}, "i1")
    with pytest.raises(PreconditionFailed):
        await ingests.replace(scope, {"id": "x"}, "i1", STALE)
    with pytest.raises(PreconditionFailed):
        await ingests.delete(scope, "x", "i1", STALE)
    with pytest.raises(NotFound):
        await ingests.replace(scope, {"id": "none"}, "i1", STALE)
    with pytest.raises(TooLarge):
        await ingests.create(scope, {"id": "big", "text": "x" * (2 * 1024 * 1024)}, "i1")


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        (Create({"id": "x"}), Conflict),
        (Replace({"id": "x"}, STALE), PreconditionFailed),
        (Delete("x", STALE), PreconditionFailed),
        (Delete("none"), NotFound),
        (Patch("none", {"/n": 2}), NotFound),
    ],
)
async def test_a_refused_batch_does_nothing_and_says_which_operation_was_refused(
    ingests: ScopedContainer, scope: TenantScope, operation: Operation, refusal: type[TermtideError]
) -> None:
    await ingests.create(scope, {"id": "x", "n": 1}, "i1")
    with pytest.raises(refusal) as refused:
        await ingests.batch(scope, "i1", [Create({"id": "new"}), operation, Upsert({"id": "newer"})])
    assert refused_operation(refused.value) == 1
    assert await ids_of(ingests, scope) == ["x"]


async def test_a_batch_does_all_its_operations(ingests: ScopedContainer, scope: TenantScope) -> None:
    first = await ingests.create(scope, {"id": "a", "n": 1}, "i1")
    await ingests.create(scope, {"id": "b", "n": 1, "kept": True}, "i1")
    await ingests.create(scope, {"id": "c"}, "i1")
    operations: list[Operation] = [
        Replace({"id": "a", "n": 2}, first.etag),
        Patch("b", {"/n": 11, "/state": "done"}),
        Delete("c"),
        Upsert({"id": "d"}),
    ]
    await ingests.batch(scope, "i1", operations)
    assert await ids_of(ingests, scope, order_by="c.id") == ["a", "b", "d"]
    patched = (await ingests.read(scope, "b", "i1")).document
    assert (patched["n"], patched["state"], patched["kept"]) == (11, "done", True)


async def test_a_batch_of_more_than_a_hundred_is_refused_here(
    ingests: ScopedContainer, scope: TenantScope
) -> None:
    with pytest.raises(TooLarge, match="101"):
        await ingests.batch(scope, "i1", [Create({"id": str(n)}) for n in range(101)])


async def test_queries_take_one_second_level_or_all_of_them(
    ingests: ScopedContainer, scope: TenantScope
) -> None:
    for n in range(6):
        await ingests.create(scope, {"id": f"x{n}", "n": n}, f"i{n % 2}")
    assert await ids_of(ingests, scope, level="i1", order_by="c.n DESC") == ["x5", "x3", "x1"]
    assert len(await ids_of(ingests, scope)) == 6
    some = await ids_of(ingests, scope, where="c.n >= @low AND c.n < @high", parameters={"low": 2, "high": 4})
    assert sorted(some) == ["x2", "x3"]


async def test_a_projection_still_carries_the_tenant_that_is_checked(
    ingests: ScopedContainer, scope: TenantScope
) -> None:
    await ingests.create(scope, {"id": "x", "n": 1, "text": "long"}, "i1")
    page = await ingests.query(scope, "", {}, level=None, select="c.id, c.n", limit=5)
    assert page.items == [{"tenantId": scope.tenant_id, "id": "x", "n": 1}]


@pytest.mark.parametrize("level", ["i1", None])
async def test_pages_go_on_where_the_last_one_ended(
    ingests: ScopedContainer, scope: TenantScope, level: str | None
) -> None:
    for n in range(7):
        await ingests.create(scope, {"id": f"x{n}"}, "i1")
    seen: list[Any] = []
    continuation = None
    for _ in range(4):
        page = await ingests.query(
            scope, "", {}, level=level, order_by="c.id", limit=2, continuation=continuation
        )
        assert len(page.items) <= 2
        seen += [item["id"] for item in page.items]
        continuation = page.continuation
    assert continuation is None
    assert seen == [f"x{n}" for n in range(7)]


async def test_pages_that_are_read_at_the_same_time_do_not_mix_their_continuations(
    ingests: ScopedContainer, opened: Open, scope: TenantScope, other: TenantScope
) -> None:
    for n in range(9):
        await ingests.create(scope, {"id": f"x{n}"}, "i1")
        await ingests.create(other, {"id": f"y{n}"}, "i2")

    async def walk(owner: TenantScope, limit: int) -> list[Any]:
        seen: list[Any] = []
        continuation = None
        while True:
            page = await ingests.query(
                owner, "", {}, level=None, order_by="c.id", limit=limit, continuation=continuation
            )
            seen += [item["id"] for item in page.items]
            continuation = page.continuation
            if continuation is None:
                return seen

    walks = await asyncio.gather(*(walk(owner, limit) for limit in (1, 2, 3, 4) for owner in (scope, other)))
    assert all(seen == [f"x{n}" for n in range(9)] for seen in walks[::2])
    assert all(seen == [f"y{n}" for n in range(9)] for seen in walks[1::2])


async def test_the_stamps_own_partition_is_no_tenants(ingests: ScopedContainer, scope: TenantScope) -> None:
    stamp = StampScope("eu-1", "system:test", "c")
    await ingests.upsert(stamp, {"id": scope.tenant_id}, "i1")
    assert await ids_of(ingests, scope) == []
    assert scope.tenant_id in await ids_of(ingests, stamp)  # type: ignore[arg-type]  # the point: any owner
    await ingests.delete(stamp, scope.tenant_id, "i1")


async def test_a_short_throttling_is_ridden_out_and_a_long_one_is_said(
    ingests: ScopedContainer, scope: TenantScope, throttle: Callable[[str, int, int], None]
) -> None:
    throttle("ingests", 429, 2)
    await ingests.create(scope, {"id": "x"}, "i1")
    throttle("ingests", 429, 50)
    with pytest.raises(Unavailable):
        await ingests.read(scope, "x", "i1")


async def test_a_write_that_is_to_be_tried_again_is_unavailable(
    ingests: ScopedContainer, scope: TenantScope, throttle: Callable[[str, int, int], None]
) -> None:
    throttle("ingests", 449, 50)
    with pytest.raises(Unavailable):
        await ingests.create(scope, {"id": "x"}, "i1")


async def test_a_container_that_does_not_exist_is_named(opened: Open, scope: TenantScope) -> None:
    nowhere = await opened("nowhere", "ingestId")
    with pytest.raises(Unavailable, match="nowhere"):
        await nowhere.find(scope, "x", "i1")


async def test_a_malformed_query_is_a_defect_and_passes_through(
    ingests: ScopedContainer, scope: TenantScope
) -> None:
    with pytest.raises(CosmosHttpResponseError):
        await ids_of(ingests, scope, where="c.id ==== 'x'")


async def test_a_store_that_is_away_is_unavailable(scope: TenantScope) -> None:
    gone = CosmosConnection(
        Endpoint(connection_string="AccountEndpoint=http://127.0.0.1:9;AccountKey=c2VjcmV0;"), "termtide"
    )
    with pytest.raises(Unavailable):
        await gone.container("ingests")
    await gone.close()
