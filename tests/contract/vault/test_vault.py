"""Key Vault secrets through the unmodified `SecretClient`, over TLS: refusals first, then what works."""

import json
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient

from tests.contract.vault.conftest import REAL_VAULT, Vault

pytestmark = pytest.mark.xdist_group("vault")


class _FixedCredential:
    """Always the same token, whatever is asked for."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.was_asked = False

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        self.was_asked = True
        return AccessToken(self._token, int(datetime.now(UTC).timestamp()) + 3600)


def _client_with(vault: Vault, token: str) -> SecretClient:
    return SecretClient(
        vault.url, _FixedCredential(token), verify_challenge_resource=bool(REAL_VAULT), retry_total=0
    )


def test_a_call_without_a_token_is_challenged(vault: Vault) -> None:
    trust = ssl.create_default_context(cafile=vault.trust if isinstance(vault.trust, str) else None)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{vault.url}/secrets/x?api-version=7.5", context=trust)  # noqa: S310 - https
    with refusal.value as answer:
        assert answer.code == 401
        assert 'resource="https://vault.azure.net"' in answer.headers["WWW-Authenticate"]
        assert json.load(answer)["error"]["code"] == "Unauthorized"


def test_a_token_that_nobody_signed_is_refused(vault: Vault, name: str) -> None:
    with _client_with(vault, "nonsense") as client, pytest.raises(ClientAuthenticationError):
        client.get_secret(name)


def test_a_token_for_another_audience_is_refused(vault: Vault, name: str) -> None:
    with ManagedIdentityCredential() as identity:
        token = identity.get_token("https://storage.azure.com/.default").token
    with _client_with(vault, token) as client, pytest.raises(ClientAuthenticationError):
        client.get_secret(name)


def test_the_client_sends_no_token_over_plain_http(vault: Vault, name: str) -> None:
    credential = _FixedCredential("x")
    with (
        SecretClient(vault.url.replace("https", "http"), credential, retry_total=0) as client,
        pytest.raises((ServiceRequestError, ServiceResponseError)),
    ):
        client.get_secret(name)
    assert not credential.was_asked


def test_a_server_that_nobody_vouches_for_is_not_trusted(
    vault: Vault, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if REAL_VAULT:
        return
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with _client_with(vault, "x") as client, pytest.raises(ServiceRequestError, match="CERTIFICATE_VERIFY"):
        client.get_secret(name)


def test_another_process_on_the_machine_gets_no_token_without_the_header(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "guessed")
    with ManagedIdentityCredential() as identity, pytest.raises(ClientAuthenticationError):
        identity.get_token("https://vault.azure.net/.default")


def test_an_unknown_secret_and_an_unknown_version_are_not_found(client: SecretClient, name: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="SecretNotFound"):
        client.get_secret(name)
    client.set_secret(name, "v")
    with pytest.raises(ResourceNotFoundError):
        client.get_secret(name, "0" * 32)


def test_a_disabled_secret_is_not_given_out(client: SecretClient, name: str) -> None:
    client.set_secret(name, "v", enabled=False)
    with pytest.raises(HttpResponseError) as refusal:
        client.get_secret(name)
    assert refusal.value.status_code == 403


def test_a_value_beyond_25_kb_and_a_name_outside_the_alphabet_are_refused(
    client: SecretClient, name: str
) -> None:
    with pytest.raises(HttpResponseError) as too_long:
        client.set_secret(name, "x" * 25_601)
    with pytest.raises(HttpResponseError) as bad_name:
        client.set_secret("under_score", "v")
    assert (too_long.value.status_code, bad_name.value.status_code) == (400, 400)


def test_a_deleted_name_is_not_reused_until_it_is_purged(client: SecretClient, name: str) -> None:
    client.set_secret(name, "v")
    client.begin_delete_secret(name).wait()
    with pytest.raises(ResourceNotFoundError):
        client.get_secret(name)
    with pytest.raises(ResourceExistsError):
        client.set_secret(name, "again")
    client.purge_deleted_secret(name)
    assert client.set_secret(name, "again").value == "again"


def test_a_deleted_secret_can_be_brought_back(client: SecretClient, name: str) -> None:
    client.set_secret(name, "v")
    deleted = client.begin_delete_secret(name).result()
    assert deleted.recovery_id is not None
    assert name in {item.name for item in client.list_deleted_secrets()}
    client.begin_recover_deleted_secret(name).wait()
    assert client.get_secret(name).value == "v"


def test_what_is_not_implemented_says_so(client: SecretClient, name: str) -> None:
    client.set_secret(name, "v")
    if not REAL_VAULT:
        with pytest.raises(HttpResponseError, match="backup and restore is not implemented") as refusal:
            client.backup_secret(name)
        assert refusal.value.status_code == 501


def test_every_version_stays_readable_and_the_latest_is_the_default(client: SecretClient, name: str) -> None:
    first = client.set_secret(name, "one", content_type="text/plain", tags={"tenant": "north"})
    second = client.set_secret(name, "two")
    assert client.get_secret(name).value == "two"
    old = client.get_secret(name, first.properties.version)
    assert (old.value, old.properties.content_type, old.properties.tags) == (
        "one",
        "text/plain",
        {"tenant": "north"},
    )
    versions = {item.version for item in client.list_properties_of_secret_versions(name)}
    assert versions == {first.properties.version, second.properties.version}


def test_properties_change_and_the_value_stays(client: SecretClient, name: str) -> None:
    client.set_secret(name, "v", tags={"a": "1"})
    expiry = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    client.update_secret_properties(name, expires_on=expiry, content_type="key")
    read = client.get_secret(name)
    assert (read.value, read.properties.expires_on, read.properties.content_type) == ("v", expiry, "key")
    assert read.properties.tags == {"a": "1"}


def test_lists_come_in_pages_and_without_values(client: SecretClient, name: str) -> None:
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        client.set_secret(each, "v")
    pages = client.list_properties_of_secrets(max_page_size=2).by_page()
    sizes_and_names = [(len(page), [item.name for item in page]) for page in map(list, pages)]
    assert all(size <= 2 for size, _ in sizes_and_names)
    assert set(names) <= {each for _, page in sizes_and_names for each in page}


async def test_the_asynchronous_client_reads_what_the_other_wrote(
    client: SecretClient, async_client: AsyncSecretClient, name: str
) -> None:
    with pytest.raises(ResourceNotFoundError):
        await async_client.get_secret(name)
    client.set_secret(name, "v")
    assert (await async_client.get_secret(name)).value == "v"


def test_secrets_survive_a_crash(vault: Vault, client: SecretClient, name: str) -> None:
    client.set_secret(name, "durable")
    vault.restart()
    assert client.get_secret(name).value == "durable"
