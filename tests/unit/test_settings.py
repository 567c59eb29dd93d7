"""Settings are read once, whole, and name every variable at fault without showing a value."""

import pytest

from shared.kernel.errors import InvalidInput
from shared.settings import AppRole, Settings

_COMPLETE = {
    "TERMTIDE_STAMP": "local-1",
    "APP_ROLES": "http, ingest",
    "Storage": "UseDevelopmentStorage=true",
    "ServiceBus__fullyQualifiedNamespace": "bus.example",
    "Cosmos": "AccountEndpoint=http://c/;AccountKey=k;",
    "Secrets": "file:secrets.json",
    "TOKEN_AUDIENCE": "api://termtide",
    "PRIVATE_ISSUER_HOSTS": "127.0.0.1:7090",
    "SIGN_IN_ISSUER": "https://login.example.org",
    "SIGN_IN_CLIENT_ID": "termtide-dashboard",
}


def test_complete_settings_are_read() -> None:
    settings = Settings.from_environment(_COMPLETE)
    assert settings.roles == {AppRole.HTTP, AppRole.INGEST}
    assert settings.service_bus.address == "bus.example"
    assert settings.private_issuer_hosts == {"127.0.0.1:7090"}


def test_every_variable_at_fault_is_named_and_no_value_shown() -> None:
    with pytest.raises(InvalidInput) as refusal:
        Settings.from_environment(
            {"APP_ROLES": "http,kitchen", "Cosmos": "secret", "Cosmos__accountEndpoint": "x"}
        )
    places = " ".join(v.place for v in refusal.value.violations)
    for name in (
        "TERMTIDE_STAMP",
        "APP_ROLES",
        "Storage",
        "ServiceBus",
        "Cosmos",
        "Secrets",
        "TOKEN_AUDIENCE",
    ):
        assert f"environment:{name}" in places
    assert "secret" not in str(refusal.value.violations)
