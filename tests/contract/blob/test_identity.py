"""Blob Storage without keys: tokens of a managed identity, and SAS signed with a user delegation key."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import (
    BlobClient,
    BlobSasPermissions,
    BlobServiceClient,
    ContainerClient,
    UserDelegationKey,
    generate_blob_sas,
)

from tests.contract.blob.conftest import REAL_URL

pytestmark = pytest.mark.xdist_group("blob-identity")


class _VaultAudience:
    """Gets a token of another service, whatever scope the client wants."""

    def __init__(self, identity: ManagedIdentityCredential) -> None:
        self._identity = identity

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        token: AccessToken = self._identity.get_token("https://vault.azure.net/.default")
        return token


@pytest.fixture(scope="module")
def container(identity_client: BlobServiceClient) -> Iterator[ContainerClient]:
    """A container of this run's own."""
    with identity_client.create_container(f"test-{uuid.uuid4().hex}") as container:
        yield container
        container.delete_container()


@pytest.fixture(scope="module")
def delegation_key(identity_client: BlobServiceClient) -> UserDelegationKey:
    """A key that signs for a few minutes."""
    now = datetime.now(UTC)
    return identity_client.get_user_delegation_key(now - timedelta(minutes=5), now + timedelta(minutes=10))


def _signed(container: ContainerClient, name: str, key: UserDelegationKey) -> str:
    return generate_blob_sas(
        account_name="devstoreaccount1" if not REAL_URL else str(container.account_name),
        user_delegation_key=key,
        container_name=container.container_name,
        blob_name=name,
        permission=BlobSasPermissions(read=True),
        start=datetime.now(UTC) - timedelta(minutes=5),
        expiry=datetime.now(UTC) + timedelta(minutes=5),
    )


def _with_sas(container: ContainerClient, name: str, sas: str) -> BlobClient:
    return BlobClient.from_blob_url(container.get_blob_client(name).url, credential=sas, retry_total=0)


def test_a_call_without_a_credential_is_refused(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"mine")
    with (
        BlobClient.from_blob_url(container.get_blob_client(name).url, retry_total=0) as anonymous,
        pytest.raises(HttpResponseError) as refusal,
    ):
        anonymous.download_blob()
    assert refusal.value.status_code in {401, 403, 404, 409}


def test_a_token_for_another_audience_is_refused(container: ContainerClient, name: str) -> None:
    with (
        ManagedIdentityCredential() as identity,
        BlobClient.from_blob_url(
            container.get_blob_client(name).url, credential=_VaultAudience(identity), retry_total=0
        ) as client,
        pytest.raises((ClientAuthenticationError, HttpResponseError)) as refusal,
    ):
        client.get_blob_properties()
    assert refusal.value.status_code in {401, 403}


def test_the_client_sends_no_token_over_plain_http(container: ContainerClient, name: str) -> None:
    url = container.get_blob_client(name).url.replace("https", "http")
    with (
        ManagedIdentityCredential() as credential,
        pytest.raises(ValueError, match="only supported with HTTPS"),
    ):
        BlobClient.from_blob_url(url, credential=credential)


def test_a_delegated_sas_opens_its_own_blob_only(
    container: ContainerClient, delegation_key: UserDelegationKey, name: str
) -> None:
    container.upload_blob(name, b"mine")
    container.upload_blob(f"other-{name}", b"theirs")
    sas = _signed(container, name, delegation_key)
    with (
        _with_sas(container, f"other-{name}", sas) as other,
        pytest.raises(HttpResponseError) as refusal,
    ):
        other.download_blob()
    assert refusal.value.status_code == 403
    with _with_sas(container, name, sas) as own:
        assert own.download_blob().readall() == b"mine"


def test_a_tampered_delegated_sas_is_refused(
    container: ContainerClient, delegation_key: UserDelegationKey, name: str
) -> None:
    container.upload_blob(name, b"mine")
    sas = _signed(container, name, delegation_key).replace("sp=r", "sp=rw")
    with _with_sas(container, name, sas) as client, pytest.raises(HttpResponseError) as refusal:
        client.download_blob()
    assert refusal.value.status_code == 403


def test_the_identity_writes_and_reads_without_a_key(container: ContainerClient, name: str) -> None:
    container.upload_blob(name, b"by identity")
    assert container.download_blob(name).readall() == b"by identity"
