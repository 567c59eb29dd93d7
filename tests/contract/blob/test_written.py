"""The local blob server tells what was written, once it is saved, and forgets positions of an earlier run."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from infra.local.functions.blobs.listing import BlobWatch
from infra.local.functions.blobs.written import WrittenNames
from infra.local.functions.supervision import Shutdown, Stopping
from tests.fixtures.azurite import LocalBlobAccount


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBlobAccount]:
    account = LocalBlobAccount(tmp_path_factory.mktemp("written"))
    yield account
    assert account.server.stop() == 0


@pytest.fixture
async def service(local: LocalBlobAccount) -> AsyncIterator[BlobServiceClient]:
    async with BlobServiceClient.from_connection_string(local.connection) as client:
        yield client


async def _container(service: BlobServiceClient, name: str) -> tuple[ContainerClient, WrittenNames]:
    return await service.create_container(name), WrittenNames(service.url, name)


async def test_names_are_told_behind_a_position_in_the_order_of_writing(service: BlobServiceClient) -> None:
    container, told = await _container(service, "in-order")
    await container.upload_blob("before", b"1")
    position = await told.position()
    assert position is not None
    await container.upload_blob("a b/ä.csv", b"1")
    blocks = container.get_blob_client("in blocks")
    await blocks.stage_block("AAAA", b"1")
    await blocks.commit_block_list([BlobBlock("AAAA")])
    await blocks.set_blob_metadata({"changed": "nothing"})
    written = await told.after(position)
    assert written is not None
    assert written.names == ("a b/ä.csv", "in blocks")


async def test_who_waits_is_told_at_once(service: BlobServiceClient) -> None:
    container, told = await _container(service, "waited-for")
    position = await told.position()
    assert position is not None
    waiting = asyncio.create_task(told.after(position))
    await container.upload_blob("new", b"1")
    written = await waiting
    assert written is not None
    assert written.names == ("new",)


async def test_a_watch_lists_what_was_there_and_is_told_of_what_comes(service: BlobServiceClient) -> None:
    container, told = await _container(service, "watched")
    await container.upload_blob("in/old", b"1")
    shutdown = Shutdown()
    changes = BlobWatch(service, "watched", "in/", told).changes(shutdown)
    assert [blob.name for blob in await anext(changes)] == ["in/old"]
    coming = asyncio.ensure_future(anext(changes))
    await container.upload_blob("out/other", b"1")
    await container.upload_blob("in/new", b"22")
    (blob,) = await coming
    assert (blob.name, blob.size) == ("in/new", 2)
    shutdown.announce()
    with pytest.raises(Stopping):
        await anext(changes)


async def test_a_position_of_an_earlier_run_is_no_longer_told(
    local: LocalBlobAccount, service: BlobServiceClient
) -> None:
    _, told = await _container(service, "restarted")
    position = await told.position()
    assert position is not None
    local.restart_after_crash()
    assert await told.after(position) is None
    assert await told.position() not in {None, position}


async def test_a_store_that_does_not_tell_has_no_position() -> None:
    assert await WrittenNames("http://127.0.0.1:1/account", "any").position() is None
