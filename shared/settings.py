"""All settings of a process in one frozen model, read from the environment once.

Each outside service is named by a prefix `X` as Functions itself does: a connection string in `X`, or an
identity in `X__fullyQualifiedNamespace` / `X__accountEndpoint` / `X__blobServiceUri`. A laptop and the cloud
differ by these values only.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from shared.kernel.errors import InvalidInput, Violation


class AppRole(StrEnum):
    """What a function app does; one package is deployed as one app for each set of roles."""

    HTTP = "http"
    QUERY = "query"
    INGEST = "ingest"
    MEDIA = "media"


def _split(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


type _Names = Annotated[frozenset[str], BeforeValidator(_split)]


class Endpoint(BaseModel):
    """One outside service: a connection string (with its key) or an address to reach by identity."""

    model_config = ConfigDict(frozen=True)

    connection_string: str | None = None
    address: str | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.connection_string is None) == (self.address is None):
            raise ValueError("give either a connection string or an address, not both")
        return self


class Settings(BaseModel):
    """The settings of one process. `from_environment` lists every missing or bad name at once."""

    model_config = ConfigDict(frozen=True)

    stamp: str
    roles: Annotated[frozenset[AppRole], BeforeValidator(_split), Field(min_length=1)]
    storage: Endpoint
    service_bus: Endpoint
    cosmos: Endpoint
    cosmos_database: str = "termtide"
    secrets: Endpoint
    token_audience: str
    private_issuer_hosts: _Names = frozenset()
    """Hosts (`host:port`) of token issuers that may answer from a private address; empty in the cloud."""
    sign_in_issuer: str
    """The OpenID Connect provider at which the dashboard page signs people in, as a URL."""
    sign_in_client_id: str
    drop_patience_seconds: Annotated[int, Field(ge=1)] = 30
    """For how long a file has to lie still in the SFTP box before it counts as whole."""
    mail_authority: str | None = None
    """The name (RFC 8601 section 2.5) by which our relay signs what it found out about a sender."""
    log_level: str = "INFO"

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Self:
        """Read the settings; raises `InvalidInput` that names each variable at fault, never its value."""
        try:
            return cls.model_validate(
                {
                    "stamp": env.get("TERMTIDE_STAMP"),
                    "roles": env.get("APP_ROLES"),
                    "storage": _endpoint(env, "Storage", "blobServiceUri"),
                    "service_bus": _endpoint(env, "ServiceBus", "fullyQualifiedNamespace"),
                    "cosmos": _endpoint(env, "Cosmos", "accountEndpoint"),
                    "cosmos_database": env.get("COSMOS_DATABASE", "termtide"),
                    "secrets": _endpoint(env, "Secrets", "vaultUri"),
                    "token_audience": env.get("TOKEN_AUDIENCE"),
                    "private_issuer_hosts": env.get("PRIVATE_ISSUER_HOSTS", ""),
                    "sign_in_issuer": env.get("SIGN_IN_ISSUER"),
                    "sign_in_client_id": env.get("SIGN_IN_CLIENT_ID"),
                    "drop_patience_seconds": env.get("DROP_PATIENCE_SECONDS", "30"),
                    "mail_authority": env.get("MAIL_AUTHORITY"),
                    "log_level": env.get("LOG_LEVEL", "INFO"),
                }
            )
        except ValidationError as error:
            raise InvalidInput("the settings are incomplete", violations=_violations(error)) from None


_VARIABLES = {
    "stamp": "TERMTIDE_STAMP",
    "roles": "APP_ROLES",
    "storage": "Storage or Storage__blobServiceUri",
    "service_bus": "ServiceBus or ServiceBus__fullyQualifiedNamespace",
    "cosmos": "Cosmos or Cosmos__accountEndpoint",
    "secrets": "Secrets (file:PATH) or Secrets__vaultUri",
    "token_audience": "TOKEN_AUDIENCE",
    "private_issuer_hosts": "PRIVATE_ISSUER_HOSTS",
    "sign_in_issuer": "SIGN_IN_ISSUER",
    "sign_in_client_id": "SIGN_IN_CLIENT_ID",
    "drop_patience_seconds": "DROP_PATIENCE_SECONDS",
}


@cache
def process_settings() -> Settings:
    """Return the settings of this process; `InvalidInput` names what its environment lacks."""
    return Settings.from_environment(os.environ)


def _endpoint(env: Mapping[str, str], name: str, address_suffix: str) -> dict[str, str | None]:
    return {"connection_string": env.get(name), "address": env.get(f"{name}__{address_suffix}")}


def _violations(error: ValidationError) -> list[Violation]:
    return [
        Violation(f"environment:{_VARIABLES.get(str(e['loc'][0]), str(e['loc'][0]))}", e["msg"])
        for e in error.errors(include_input=False)
    ]
