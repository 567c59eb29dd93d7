"""The local blob server remembers every write that it has confirmed, however it ends."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from azure.storage.blob import BlobBlock, BlobServiceClient, ContainerClient

from tests.fixtures.azurite import LocalBlobAccount

_WRITES = 120
_CRASHES_EVERY = 30
_NAMES = [f"folder/{n}" for n in range(12)]

type _State = dict[str, tuple[bytes, dict[str, str]]]
"""Content and metadata of blobs by name."""


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalBlobAccount]:
    account = LocalBlobAccount(tmp_path)
    yield account
    assert account.server.stop() == 0


@pytest.fixture
def container(local: LocalBlobAccount) -> Iterator[ContainerClient]:
    with BlobServiceClient.from_connection_string(local.connection) as service:
        yield service.create_container("kept")


def _write(random: Random, container: ContainerClient, expected: _State) -> None:
    """Do one write of any kind, and what it has to come to."""
    name, content = random.choice(_NAMES), random.randbytes(20)
    kind = random.choice(["put", "blocks", "metadata", "delete"])
    if kind == "put":
        container.upload_blob(name, content, overwrite=True)
        expected[name] = (content, {})
    elif kind == "blocks":
        blob = container.get_blob_client(name)
        blob.stage_block("AAAA", content)
        blob.commit_block_list([BlobBlock("AAAA")])
        expected[name] = (content, {})
    elif name in expected and kind == "metadata":
        marks = {"mark": content.hex()}
        container.get_blob_client(name).set_blob_metadata(marks)
        expected[name] = (expected[name][0], marks)
    elif name in expected:
        container.delete_blob(name)
        del expected[name]


def _stored(container: ContainerClient) -> _State:
    return {
        found.name: (container.download_blob(found.name).readall(), found.metadata or {})
        for found in container.list_blobs(include=["metadata"])
    }


@pytest.mark.parametrize("seed", range(2))
def test_what_was_confirmed_survives_crashes(
    local: LocalBlobAccount, container: ContainerClient, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - not a secret
    expected: _State = {}
    for n in range(1, _WRITES + 1):
        _write(random, container, expected)
        if n % _CRASHES_EVERY == 0:
            local.restart_after_crash()
            assert _stored(container) == expected


def test_blocks_that_wait_and_deleted_containers_are_remembered(
    local: LocalBlobAccount, container: ContainerClient
) -> None:
    with BlobServiceClient.from_connection_string(local.connection) as service:
        gone = service.create_container("gone")
        for n in range(3):
            gone.upload_blob(str(n), b"1")
        blob = container.get_blob_client("in blocks")
        blob.stage_block("AAAA", b"first ")
        gone.delete_container()
        local.restart_after_crash()
        blob.stage_block("BBBB", b"second")
        blob.commit_block_list([BlobBlock("AAAA"), BlobBlock("BBBB")])
        assert blob.download_blob().readall() == b"first second"
        assert [found.name for found in service.list_containers()] == ["kept"]
        assert [*service.create_container("gone").list_blob_names()] == []


def test_a_journal_that_the_catalogue_holds_already_changes_nothing(
    local: LocalBlobAccount, container: ContainerClient, tmp_path: Path
) -> None:
    container.upload_blob("overwritten", b"old")
    container.upload_blob("deleted", b"old")
    container.upload_blob("overwritten", b"new", overwrite=True)
    container.delete_blob("deleted")
    local.server.kill9()
    journals = [*tmp_path.glob("*.journal-*")]
    aside = tmp_path / "aside"
    aside.mkdir()
    for journal in journals:
        shutil.copy(journal, aside)
    local.server = local.start()
    assert local.server.stop() == 0
    assert journals
    assert [*tmp_path.glob("*.journal-*")] == []
    for journal in aside.iterdir():
        shutil.copy(journal, tmp_path)
    local.server = local.start()
    assert _stored(container) == {"overwritten": (b"new", {})}
