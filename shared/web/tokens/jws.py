"""Reads the compact form of a signed token (RFC 7515 section 7.1), strictly, without trusting any of it.

PyJWT decodes base64url leniently and accepts repeated names in its JSON; two parsers that read one token
differently are a hole, so the three parts are taken apart here and only the signature check is the library's.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shared.web.tokens.refusal import TokenRefused

_LONGEST = 8 * 1024
_REMEMBERED = 1024
"""Tokens that are kept taken apart: 16 MB if all were as long as a token may be."""
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A well-formed token. Nothing in it is true until its signature has been checked."""

    algorithm: str
    key_id: str | None
    claims: Mapping[str, Any]
    signing_input: bytes
    signature: bytes


@lru_cache(maxsize=_REMEMBERED)
def parse_token(text: str) -> UnverifiedToken:
    """Take a token apart; `TokenRefused` when it is not a plain signed JWT.

    A page sends one token many times, and what it says follows from its text alone, so it is kept.

    Refused as well: critical extensions, of which none is known here (RFC 7515 section 4.1.11), and types
    other than a JWT or an access token (RFC 9068 section 2.1).
    """
    parts = _COMPACT.fullmatch(text) if len(text) <= _LONGEST else None
    if parts is None:
        raise TokenRefused("not a compact signed token")
    header = _object(_decode(parts[1]), "header")
    if "crit" in header:
        raise TokenRefused("critical extension")
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        raise TokenRefused("token type")
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or not isinstance(key_id, str | None):
        raise TokenRefused("header members")
    return UnverifiedToken(
        algorithm,
        key_id,
        _object(_decode(parts[2]), "claims"),
        f"{parts[1]}.{parts[2]}".encode(),
        _decode(parts[3]),
    )


def _decode(part: str) -> bytes:
    """Decode base64url without padding, in the one canonical spelling (RFC 7515 section 2, RFC 4648 3.5)."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error as fault:
        raise TokenRefused("base64url") from fault
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
        raise TokenRefused("base64url is not canonical")
    return raw


def _object(raw: bytes, what: str) -> Mapping[str, Any]:
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_members, parse_constant=_constant)
    except (ValueError, RecursionError) as fault:
        raise TokenRefused(f"{what}: not JSON") from fault
    if not isinstance(value, dict):
        raise TokenRefused(f"{what}: not an object")
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenRefused("repeated name")
    return members


def _constant(constant: str) -> None:
    raise TokenRefused(f"{constant} is not JSON")
