"""The rules that the claims of a verified token must keep (RFC 7519 section 4.1, RFC 9068 section 4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.kernel.ids import is_tenant_id
from shared.web.tokens.refusal import TokenRefused

LEEWAY_SECONDS = 60
_LONGEST_SUBJECT = 255
_END_OF_TIME = 1e12


def tenant_of(claims: Mapping[str, Any]) -> str:
    """Return the claim `tenant`; `TokenRefused` when it names none."""
    tenant = claims.get("tenant")
    if not isinstance(tenant, str) or not is_tenant_id(tenant):
        raise TokenRefused("tenant")
    return tenant


def issuer_of(claims: Mapping[str, Any]) -> str:
    """Return the claim `iss`; `TokenRefused` when there is none."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise TokenRefused("issuer")
    return issuer


def subject_of(claims: Mapping[str, Any]) -> str:
    """Return the claim `sub`; `TokenRefused` when it is absent, empty or over 255 characters (OIDC 2)."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise TokenRefused("subject")
    return subject


def scopes_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the scopes of `scope` (RFC 8693 section 4.2), or of `scp`, as Microsoft's issuers name it."""
    granted = claims.get("scope", claims.get("scp", ""))
    if isinstance(granted, str):
        return frozenset(granted.split())
    if isinstance(granted, list) and all(isinstance(scope, str) for scope in granted):
        return frozenset(granted)
    raise TokenRefused("scope")


def require_audience(claims: Mapping[str, Any], audience: str) -> None:
    """Raise `TokenRefused` unless the token is meant for us."""
    named = claims.get("aud")
    if named != audience and not (isinstance(named, list) and audience in named):
        raise TokenRefused("audience")


def require_current(claims: Mapping[str, Any], now: datetime) -> None:
    """Raise `TokenRefused` for a token that has expired, never expires, or lies in the future.

    Clocks may differ by 60 seconds.
    """
    seconds = now.timestamp()
    expires = _moment(claims, "exp")
    if expires is None or expires + LEEWAY_SECONDS <= seconds:
        raise TokenRefused("expired")
    for name in ("nbf", "iat"):
        moment = _moment(claims, name)
        if moment is not None and moment - LEEWAY_SECONDS > seconds:
            raise TokenRefused(f"{name} is in the future")


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _END_OF_TIME:
        raise TokenRefused(f"{name} is not a date")
    return value
