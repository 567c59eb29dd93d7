"""The blob adapters over the real SDK: grants that reach one blob, pinned reads, parts written once."""

import sys
from collections.abc import Awaitable
from datetime import timedelta
from subprocess import run
from uuid import uuid4

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob.aio import BlobClient

from shared.ingestion.ports import Created
from shared.kernel.clock import SystemClock
from shared.kernel.errors import NotFound, PreconditionFailed, TenantBreach, Unavailable
from shared.kernel.scope import TenantScope
from shared.platform.blob import account as account_module
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.grants import SasUploadGrants
from shared.platform.blob.lake import AzureLakeBlobs
from shared.platform.blob.landing import AzureLandingBlobs
from shared.settings import Endpoint
from tests.fixtures.processes import ROOT, free_port

HOUR = timedelta(hours=1)


@pytest.fixture
def grants(account: BlobAccount) -> SasUploadGrants:
    return SasUploadGrants(account, SystemClock())


@pytest.fixture
def landing(account: BlobAccount) -> AzureLandingBlobs:
    return AzureLandingBlobs(account)


@pytest.fixture
def lake(account: BlobAccount) -> AzureLakeBlobs:
    return AzureLakeBlobs(account)


@pytest.fixture
def blob(scope: TenantScope) -> str:
    """A landing path of the tenant that nobody has used, with a name that needs escaping."""
    return f"{scope.tenant_id}/{uuid4()}/Grades Ünit (1).csv"


async def granted(grants: SasUploadGrants, scope: TenantScope, blob: str) -> str:
    return await grants.grant(scope, blob, SystemClock().now() + HOUR)


async def put(url: str, content: bytes) -> None:
    async with BlobClient.from_blob_url(url) as client:
        await client.upload_blob(content, overwrite=True)


async def refused(attempt: Awaitable[object]) -> None:
    """Check that the account itself refuses."""
    with pytest.raises(HttpResponseError) as refusal:
        await attempt
    assert refusal.value.status_code == 403


async def test_a_grant_takes_the_bytes_of_its_blob(
    grants: SasUploadGrants, landing: AzureLandingBlobs, scope: TenantScope, blob: str
) -> None:
    await put(await granted(grants, scope, blob), b"0123456789")

    facts = await landing.facts(scope, blob)
    assert facts.size == 10
    assert await landing.read(scope, blob, 3, 4, facts.etag) == b"3456"
    assert await landing.read(scope, blob, 8, 100, facts.etag) == b"89"


async def test_a_grant_reaches_no_other_blob(grants: SasUploadGrants, scope: TenantScope, blob: str) -> None:
    url = await granted(grants, scope, blob)

    await refused(put(url.replace("Grades", "Others"), b"x"))


async def test_a_grant_neither_reads_nor_lists_nor_deletes(
    grants: SasUploadGrants, scope: TenantScope, blob: str
) -> None:
    url = await granted(grants, scope, blob)
    await put(url, b"x")

    async with BlobClient.from_blob_url(url) as client:
        for attempt in (client.download_blob, client.delete_blob, client.get_blob_properties):
            await refused(attempt())


async def test_a_grant_ends(grants: SasUploadGrants, scope: TenantScope, blob: str) -> None:
    url = await grants.grant(scope, blob, SystemClock().now() - timedelta(minutes=1))

    await refused(put(url, b"x"))


async def test_no_adapter_leaves_the_tenant(
    grants: SasUploadGrants, landing: AzureLandingBlobs, other: TenantScope, blob: str
) -> None:
    with pytest.raises(TenantBreach):
        await granted(grants, other, blob)
    with pytest.raises(TenantBreach):
        await landing.facts(other, blob)
    with pytest.raises(TenantBreach):
        await landing.read(other, blob, 0, 1, "*")


async def test_an_empty_blob_reads_as_nothing(
    grants: SasUploadGrants, landing: AzureLandingBlobs, scope: TenantScope, blob: str
) -> None:
    await put(await granted(grants, scope, blob), b"")

    facts = await landing.facts(scope, blob)
    assert (facts.size, await landing.read(scope, blob, 0, 100, facts.etag)) == (0, b"")


async def test_an_overwritten_blob_is_not_read_on(
    grants: SasUploadGrants, landing: AzureLandingBlobs, scope: TenantScope, blob: str
) -> None:
    url = await granted(grants, scope, blob)
    await put(url, b"first")
    facts = await landing.facts(scope, blob)
    await put(url, b"second")

    with pytest.raises(PreconditionFailed):
        await landing.read(scope, blob, 0, 5, facts.etag)


async def test_a_missing_blob_is_not_found(
    landing: AzureLandingBlobs, lake: AzureLakeBlobs, scope: TenantScope, blob: str
) -> None:
    with pytest.raises(NotFound):
        await landing.facts(scope, blob)
    with pytest.raises((NotFound, PreconditionFailed)):
        await landing.read(scope, blob, 0, 1, "*")
    with pytest.raises(NotFound):
        await lake.read(scope, "rejects/none.jsonl", 0, 10)


async def test_a_part_is_written_once_and_the_first_stays(
    lake: AzureLakeBlobs, scope: TenantScope, other: TenantScope
) -> None:
    path = "results/source=a/1-000000.parquet"

    first = await lake.create(scope, path, b"first")
    assert first.size == 5
    assert first.etag
    assert await lake.create(scope, path, b"second, longer") == Created(5, None)
    assert await lake.read(scope, path, 0, 100) == b"first"
    with pytest.raises(NotFound):
        await lake.read(other, path, 0, 100)


# The SDK hands whole blocks to its HTTP client, which would rather have a stream; both are in memory anyway.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_a_part_of_many_megabytes_is_one_request(lake: AzureLakeBlobs, scope: TenantScope) -> None:
    content = bytes(range(256)) * 40_000

    assert (await lake.create(scope, "results/big.parquet", content)).size == len(content)
    assert await lake.read(scope, "results/big.parquet", 0, len(content)) == content


async def test_reading_past_the_end_gives_nothing(lake: AzureLakeBlobs, scope: TenantScope) -> None:
    await lake.create(scope, "rejects/x.jsonl", b"abc")

    assert await lake.read(scope, "rejects/x.jsonl", 2, 10) == b"c"
    assert await lake.read(scope, "rejects/x.jsonl", 3, 10) == b""


async def test_an_account_out_of_reach_is_unavailable(
    scope: TenantScope, blob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(account_module._OPTIONS, "retry_total", 0)
    account = BlobAccount(
        Endpoint(
            connection_string="DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;"
            f"BlobEndpoint=http://127.0.0.1:{free_port()}/a;"
        )
    )
    landing = AzureLandingBlobs(account)
    with pytest.raises(Unavailable):
        await landing.facts(scope, blob)
    with pytest.raises(Unavailable):
        await landing.read(scope, blob, 0, 10, "*")
    await account.close()


def test_importing_the_adapters_loads_no_blob_sdk() -> None:
    modules = (
        "shared.platform.blob.grants, shared.platform.blob.lake, shared.ingestion.following.ingest_views"
    )
    code = (
        f"import sys, {modules}; print([m for m in sys.modules if m.startswith(('azure.storage', 'polars'))])"
    )

    done = run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
