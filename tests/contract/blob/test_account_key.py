"""What Termtide relies on in Blob Storage, with the account key: refusals first, then what works."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContainerClient,
    generate_blob_sas,
)
from azure.storage.blob.aio import BlobServiceClient as AsyncBlobServiceClient

pytestmark = pytest.mark.xdist_group("blob-key")

_READ = BlobSasPermissions(read=True)
_CREATE = BlobSasPermissions(create=True, write=True)


def _signed(
    container: ContainerClient,
    name: str,
    permission: BlobSasPermissions = _READ,
    lifetime: timedelta = timedelta(minutes=5),
) -> str:
    """Return a SAS that is signed with the account key, for exactly one blob."""
    now = datetime.now(UTC)
    return generate_blob_sas(
        account_name=str(container.account_name),
        account_key=container.credential.account_key,
        container_name=container.container_name,
        blob_name=name,
        permission=permission,
        start=min(now, now + lifetime) - timedelta(minutes=5),
        expiry=now + lifetime,
    )


def _with_sas(container: ContainerClient, name: str, sas: str) -> BlobClient:
    return BlobClient.from_blob_url(container.get_blob_client(name).url, credential=sas, retry_total=0)


def _status(refusal: pytest.ExceptionInfo[HttpResponseError]) -> int | None:
    return refusal.value.status_code


def test_a_wrong_key_is_refused(container: ContainerClient, name: str) -> None:
    key = "d3Jvbmcga2V5IG9mIHRoZSB0ZXN0cyB3cm9uZyBrZXkgb2YgdGhlIHRlc3Rz"
    credential = {"account_name": str(container.account_name), "account_key": key}
    url = container.get_blob_client(name).url
    with (
        BlobClient.from_blob_url(url, credential=credential) as stranger,
        pytest.raises(HttpResponseError) as refusal,
    ):
        stranger.get_blob_properties()
    assert _status(refusal) == 403


def test_a_blob_that_exists_is_not_created_again(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"first", overwrite=True, match_condition=MatchConditions.IfMissing)
    with pytest.raises(ResourceExistsError):
        container.upload_blob(name, b"second", overwrite=True, match_condition=MatchConditions.IfMissing)
    assert container.download_blob(name).readall() == b"first"


def test_a_write_over_a_stale_etag_is_refused(container: ContainerClient, name: str) -> None:
    stale = container.upload_blob(name, b"first").get_blob_properties().etag
    container.upload_blob(name, b"second", overwrite=True)
    with pytest.raises(ResourceModifiedError):
        container.upload_blob(
            name, b"third", overwrite=True, etag=stale, match_condition=MatchConditions.IfNotModified
        )
    assert container.download_blob(name).readall() == b"second"


def test_a_read_of_a_blob_that_has_changed_is_refused(container: ContainerClient, name: str) -> None:
    stale = container.upload_blob(name, b"first").get_blob_properties().etag
    container.upload_blob(name, b"second", overwrite=True)
    with pytest.raises(ResourceModifiedError):
        container.download_blob(name, etag=stale, match_condition=MatchConditions.IfNotModified)


def test_a_range_beyond_the_end_is_refused(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"0123456789")
    with pytest.raises(HttpResponseError) as refusal:
        container.download_blob(name, offset=20, length=1)
    assert _status(refusal) == 416


def test_a_sas_opens_its_own_blob_only(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"mine")
    container.upload_blob(f"other-{name}", b"theirs")
    sas = _signed(container, name)
    with (
        _with_sas(container, f"other-{name}", sas) as other,
        pytest.raises(HttpResponseError) as refusal,
    ):
        other.download_blob()
    assert _status(refusal) == 403
    with _with_sas(container, name, sas) as own:
        assert own.download_blob().readall() == b"mine"


def test_a_sas_of_one_container_opens_no_other(
    client: BlobServiceClient, container: ContainerClient, name: str
) -> None:
    sas = _signed(container, name)
    with client.create_container(f"test-{uuid.uuid4().hex}") as foreign:
        foreign.upload_blob(name, b"theirs")
        with _with_sas(foreign, name, sas) as other, pytest.raises(HttpResponseError) as refusal:
            other.download_blob()
        foreign.delete_container()
    assert _status(refusal) == 403


def test_a_sas_gives_no_more_than_it_states(container: ContainerClient, name: str) -> None:
    with _with_sas(container, name, _signed(container, name, _CREATE)) as upload:
        upload.upload_blob(b"landed")
        with pytest.raises(HttpResponseError) as no_read:
            upload.download_blob()
        with pytest.raises(HttpResponseError) as no_delete:
            upload.delete_blob()
    assert (_status(no_read), _status(no_delete)) == (403, 403)


def test_an_expired_sas_and_a_tampered_one_are_refused(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"mine")
    expired = _signed(container, name, lifetime=timedelta(minutes=-1))
    tampered = _signed(container, name).replace("sp=r", "sp=rw")
    for sas in (expired, tampered):
        with _with_sas(container, name, sas) as client, pytest.raises(HttpResponseError) as refusal:
            client.download_blob()
        assert _status(refusal) == 403


def test_a_missing_blob_is_not_found(container: ContainerClient, name: str) -> None:
    with pytest.raises(ResourceNotFoundError):
        container.download_blob(name)


def test_ranges_are_exact(container: ContainerClient, name: str) -> None:
    content = bytes(range(256)) * 8192
    container.upload_blob(name, content)
    for offset, length in ((0, 1), (255, 257), (len(content) - 1, 1), (len(content) - 10, 100)):
        read = container.download_blob(name, offset=offset, length=length).readall()
        assert read == content[offset : offset + length]


def test_blobs_are_listed_by_prefix_in_pages(container: ContainerClient, name: str) -> None:
    for number in range(3):
        container.upload_blob(f"{name}/{number}", b"x")
    container.upload_blob(f"z-{name}", b"x")
    pages = container.list_blobs(name_starts_with=f"{name}/", results_per_page=2).by_page()
    assert [[blob.name for blob in page] for page in pages] == [
        [f"{name}/0", f"{name}/1"],
        [f"{name}/2"],
    ]


async def test_of_concurrent_creations_exactly_one_succeeds(
    async_client: AsyncBlobServiceClient, container: ContainerClient, name: str
) -> None:
    target = async_client.get_blob_client(container.container_name, name)

    async def create(writer: int) -> bool:
        try:
            await target.upload_blob(b"%d" % writer)
        except ResourceExistsError:
            return False
        return True

    assert sum(await asyncio.gather(*(create(writer) for writer in range(8)))) == 1


async def test_the_asynchronous_client_reads_ranges_and_is_refused_alike(
    async_client: AsyncBlobServiceClient, container: ContainerClient, name: str
) -> None:
    blob = async_client.get_blob_client(container.container_name, name)
    with pytest.raises(ResourceNotFoundError):
        await blob.get_blob_properties()
    await blob.upload_blob(b"0123456789", overwrite=True, match_condition=MatchConditions.IfMissing)
    with pytest.raises(ResourceExistsError):
        await blob.upload_blob(b"x")
    assert await (await blob.download_blob(offset=2, length=3)).readall() == b"234"
