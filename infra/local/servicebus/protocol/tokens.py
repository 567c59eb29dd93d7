"""Shared access signatures, which clients present to `$cbs`, and what they permit."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit

from infra.local.servicebus.faults import NotImplementedHere, Unauthorized

_SCHEME = "SharedAccessSignature "


@dataclass(frozen=True, slots=True)
class SharedAccessKey:
    """A policy that may send, listen and manage everywhere in the namespace."""

    name: str
    secret: str


def verify_token(key: SharedAccessKey, token: str, audience: str, now: int) -> int:
    """Return when a token ends (milliseconds since 1970-01-01 UTC).

    `audience` is the resource that the client names beside the token. What kind of token it is shows in its
    text: the Python SDK calls shared access signatures `jwt` as well. Raises `Unauthorized` with the
    reason, or `NotImplementedHere` for tokens of other kinds.
    """
    if not token.startswith(_SCHEME):
        raise NotImplementedHere("Tokens other than shared access signatures are not implemented.")
    parts = dict(part.partition("=")[::2] for part in token.removeprefix(_SCHEME).split("&"))
    missing = {"sr", "sig", "se", "skn"} - parts.keys()
    if missing or not parts["se"].isdecimal():
        raise Unauthorized(f"MalformedToken: the token lacks {sorted(missing) or 'a numeric expiry'}.")
    if unquote_plus(parts["skn"]) != key.name:
        raise Unauthorized(f"InvalidSignature: there is no policy '{unquote_plus(parts['skn'])}'.")
    if not hmac.compare_digest(_signature(key.secret, parts["sr"], parts["se"]), unquote_plus(parts["sig"])):
        raise Unauthorized("InvalidSignature: The token has an invalid signature.")
    if not covers(unquote_plus(parts["sr"]), audience):
        raise Unauthorized(f"InvalidAudience: the token is not for '{audience}'.")
    expires_at = int(parts["se"]) * 1000
    if expires_at <= now:
        raise Unauthorized("ExpiredToken: The token is expired.")
    return expires_at


def _signature(secret: str, encoded_resource: str, expiry: str) -> str:
    signed = f"{encoded_resource}\n{expiry}".encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def covers(resource: str, address: str) -> bool:
    """Whether an address is the resource or lies under it; hosts are not compared, there is one namespace."""
    granted, wanted = entity_path(resource).lower(), entity_path(address).lower()
    return granted in ("", wanted) or wanted.startswith(granted + "/")


def entity_path(address: str) -> str:
    """Return the path of an entity from its address, with or without scheme and host."""
    path = urlsplit(address).path if "://" in address else address
    return path.strip("/")


@dataclass(slots=True)
class Grants:
    """Resources that a connection has presented valid tokens for, with their ends."""

    _expiry: dict[str, int] = field(default_factory=dict)

    def add(self, audience: str, expires_at: int) -> None:
        """Note a verified token; a later one for the same resource replaces it."""
        self._expiry[audience] = expires_at

    def require(self, path: str, now: int) -> None:
        """Raise `Unauthorized` unless a valid token covers an entity path."""
        if not any(until > now and covers(resource, path) for resource, until in self._expiry.items()):
            raise Unauthorized(f"Unauthorized access. No valid token covers '{path}'.")
