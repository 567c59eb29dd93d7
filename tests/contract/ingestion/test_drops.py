"""The box of drops and its receipts over the real SDKs: what is listed, copied once, refused and removed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import ContainerClient

from shared.ingestion.ways.ports import Drop, Receipt
from shared.ingestion.ways.uploads import landing_blob
from shared.kernel.clock import SystemClock
from shared.kernel.errors import TenantBreach
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.drops import DIRECTORY, AzureDrops
from shared.platform.blob.landing import AzureLandingBlobs
from shared.platform.cosmos.receipts import CosmosReceipts
from shared.platform.cosmos.scoped import ScopedContainer

NAME = "nightly/Grades Ünit (1) #2?.csv"


@pytest.fixture
async def box(account: BlobAccount) -> ContainerClient:
    """The container, made at its first use."""
    container = account.service.get_container_client("drops")
    with suppress(ResourceExistsError):
        await container.create_container()
    return container


@pytest.fixture
def drops(account: BlobAccount, box: ContainerClient) -> AzureDrops:
    return AzureDrops(account, SystemClock())


@pytest.fixture
def landing(account: BlobAccount) -> AzureLandingBlobs:
    return AzureLandingBlobs(account)


async def listed(drops: AzureDrops, scope: TenantScope) -> list[Drop]:
    return [drop async for drop in drops.of(scope)]


async def dropped(box: ContainerClient, drops: AzureDrops, scope: TenantScope, content: bytes) -> Drop:
    await box.upload_blob(f"{scope.tenant_id}/{NAME}", content, overwrite=True)
    (drop,) = await listed(drops, scope)
    return drop


async def test_a_tenants_folder_shows_its_files_and_not_its_directories(
    box: ContainerClient, drops: AzureDrops, scope: TenantScope, other: TenantScope
) -> None:
    await box.upload_blob(f"{scope.tenant_id}/nightly", b"", metadata={DIRECTORY: "true"})
    await box.upload_blob(f"{scope.tenant_id}-2/x.csv", b"of somebody else")
    drop = await dropped(box, drops, scope, b"0123456789")
    assert (drop.name, drop.size, drop.refused) == (NAME, 10, None)
    assert timedelta(0) <= drop.still < timedelta(minutes=1)
    assert await listed(drops, other) == []
    folders = [folder async for folder in drops.folders(scope)]
    assert {scope.tenant_id, f"{scope.tenant_id}-2"} <= set(folders)


async def test_a_drop_is_copied_by_the_store_as_it_was_listed(
    box: ContainerClient, drops: AzureDrops, landing: AzureLandingBlobs, scope: TenantScope
) -> None:
    drop = await dropped(box, drops, scope, b"first")
    blob = landing_blob(scope.tenant_id, new_id(), "a.csv")
    assert await drops.land(scope, drop, blob)
    facts = await landing.facts(scope, blob)
    assert await landing.read(scope, blob, 0, 100, facts.etag) == b"first"
    assert await drops.land(scope, drop, blob)
    assert await landing.facts(scope, blob) == facts


async def test_copies_of_one_drop_at_once_make_one_blob(
    box: ContainerClient, drops: AzureDrops, landing: AzureLandingBlobs, scope: TenantScope
) -> None:
    drop = await dropped(box, drops, scope, b"x" * 100_000)
    blob = landing_blob(scope.tenant_id, new_id(), "a.csv")
    assert all(await asyncio.gather(*(drops.land(scope, drop, blob) for _ in range(4))))
    assert (await landing.facts(scope, blob)).size == 100_000


async def test_a_large_drop_is_copied_in_blocks(
    box: ContainerClient,
    drops: AzureDrops,
    landing: AzureLandingBlobs,
    scope: TenantScope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.platform.blob.copying._BLOCK", 1000)
    content = bytes(range(256)) * 10
    drop = await dropped(box, drops, scope, content)
    blob = landing_blob(scope.tenant_id, new_id(), "a.csv")
    assert await drops.land(scope, drop, blob)
    facts = await landing.facts(scope, blob)
    assert await landing.read(scope, blob, 0, 10_000, facts.etag) == content


@pytest.mark.parametrize("becomes", ["another", "gone"])
async def test_a_drop_that_is_another_by_now_is_neither_copied_nor_refused_nor_removed(
    box: ContainerClient, drops: AzureDrops, scope: TenantScope, becomes: str
) -> None:
    drop = await dropped(box, drops, scope, b"first")
    path = f"{scope.tenant_id}/{NAME}"
    await box.delete_blob(path)
    if becomes == "another":
        await box.upload_blob(path, b"other")
    assert not await drops.land(scope, drop, landing_blob(scope.tenant_id, new_id(), "a.csv"))
    await drops.refuse(scope, drop, "forbidden")
    await drops.remove(scope, drop)
    left = await listed(drops, scope)
    assert [it.refused for it in left] == ([None] if becomes == "another" else [])


async def test_a_refused_drop_carries_its_reason_until_it_is_written_again(
    box: ContainerClient, drops: AzureDrops, scope: TenantScope
) -> None:
    drop = await dropped(box, drops, scope, b"first")
    await drops.refuse(scope, drop, "forbidden")
    (refused,) = await listed(drops, scope)
    assert refused.refused == "forbidden"
    assert (await dropped(box, drops, scope, b"second")).refused is None


async def test_a_removed_drop_is_gone_and_removing_it_again_changes_nothing(
    box: ContainerClient, drops: AzureDrops, scope: TenantScope
) -> None:
    drop = await dropped(box, drops, scope, b"first")
    await drops.remove(scope, drop)
    await drops.remove(scope, drop)
    assert await listed(drops, scope) == []


async def test_no_drop_lands_at_another_tenant(
    box: ContainerClient, drops: AzureDrops, scope: TenantScope, other: TenantScope
) -> None:
    drop = await dropped(box, drops, scope, b"first")
    with pytest.raises(TenantBreach):
        await drops.land(scope, drop, landing_blob(other.tenant_id, new_id(), "a.csv"))


@pytest.fixture
async def receipts(scoped: ScopedContainer) -> AsyncIterator[CosmosReceipts]:
    yield CosmosReceipts(scoped)


async def test_a_receipt_is_created_once_and_marked_once(
    receipts: CosmosReceipts, scope: TenantScope, other: TenantScope
) -> None:
    digest = uuid4().hex
    wanted = [Receipt(digest, new_id()) for _ in range(4)]
    stored = await asyncio.gather(*(receipts.reserve(scope, it) for it in wanted))
    assert len(set(stored)) == 1
    for _ in range(2):
        await receipts.mark_taken(scope, stored[0])
    again = await receipts.reserve(scope, Receipt(digest, new_id()))
    assert (again.upload_id, again.taken) == (stored[0].upload_id, True)
    assert not (await receipts.reserve(other, Receipt(digest, new_id()))).taken
