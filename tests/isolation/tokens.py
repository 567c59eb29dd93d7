"""Tokens that do not hold, each for one reason, with the words by which the audit names the reason."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from infra.local.issuer.keys import SigningKey, read_signing_key
from infra.local.issuer.tokens import AUDIENCE, issue_token, subject_of
from scripts.lib.development_access import DevelopmentAccess
from shared.tenancy.model import Role

type Forge = Callable[[DevelopmentAccess, str], str | None]

_ADMIN = subject_of(Role.TENANT_ADMIN)


def _signed(access: DevelopmentAccess, tenant: str, **changes: Any) -> str:  # noqa: ANN401 - any claim of the token
    known: dict[str, Any] = {
        "key": read_signing_key(access.issuer_folder),
        "issuer": access.endpoints.url("issuer"),
        "tenant": tenant,
        "subject": _ADMIN,
        "audience": AUDIENCE,
        "now": datetime.now(UTC),
        **changes,
    }
    return issue_token(known.pop("key"), **known)


def _of_another_key(access: DevelopmentAccess, tenant: str) -> str:
    return _signed(access, tenant, key=SigningKey.of(ec.generate_private_key(ec.SECP256R1())))


def _of_a_key_under_the_issuers_name(access: DevelopmentAccess, tenant: str) -> str:
    own = ec.generate_private_key(ec.SECP256R1())
    return _signed(access, tenant, key=SigningKey(own, read_signing_key(access.issuer_folder).id))


def _with_another_tenant_written_in(access: DevelopmentAccess, tenant: str) -> str:
    head, claims, signature = _signed(access, "some-other-tenant").split(".")
    changed = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"tenant": tenant}
    return f"{head}.{_encoded(changed)}.{signature}"


def _unsigned(access: DevelopmentAccess, tenant: str) -> str:
    claims = _signed(access, tenant).split(".")[1]
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


FAULTS: Final[Mapping[str, tuple[Forge, str]]] = {
    "none": (lambda access, tenant: None, "no bearer token"),
    "expired": (lambda access, tenant: _signed(access, tenant, lifetime=timedelta(hours=-1)), "expired"),
    "for another audience": (
        lambda access, tenant: _signed(access, tenant, audience="api://somebody-else"),
        "audience",
    ),
    "of an unlisted issuer": (
        lambda access, tenant: _signed(access, tenant, issuer="https://login.elsewhere.example"),
        "unlisted issuer",
    ),
    "of another key": (_of_another_key, "no single suitable key"),
    "of a key under the issuer's name": (_of_a_key_under_the_issuers_name, "signature"),
    "with the tenant changed": (_with_another_tenant_written_in, "signature"),
    "unsigned": (_unsigned, "not a compact signed token"),
    "of an unknown tenant": (lambda access, tenant: _signed(access, "iso-nobody"), "unknown tenant"),
    "of no tenant": (lambda access, tenant: _signed(access, f"../{tenant}"), "tenant"),
}
