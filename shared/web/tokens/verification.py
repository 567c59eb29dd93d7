"""Which key of an issuer may verify a token (RFC 7517 section 4), and the signature check itself."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from shared.tenancy.model import SigningAlgorithm
from shared.web.tokens.jws import UnverifiedToken
from shared.web.tokens.refusal import TokenRefused

if TYPE_CHECKING:
    from jwt import PyJWK

type Jwk = Mapping[str, Any]

_RSA: Mapping[str, str] = MappingProxyType({"kty": "RSA"})
_KEY_TYPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), _RSA),
        "ES256": MappingProxyType({"kty": "EC", "crv": "P-256"}),
        "ES384": MappingProxyType({"kty": "EC", "crv": "P-384"}),
        "ES512": MappingProxyType({"kty": "EC", "crv": "P-521"}),
        "EdDSA": MappingProxyType({"kty": "OKP", "crv": "Ed25519"}),
    }
)


def require_signature(
    token: UnverifiedToken, keys: Iterable[Jwk], algorithms: frozenset[SigningAlgorithm]
) -> None:
    """Raise `TokenRefused` unless one of `keys` made the token's signature with a pinned algorithm.

    A token that names a key is checked with that key; one that names none needs exactly one suitable key, so
    that a token is never tried against key after key.
    """
    if token.algorithm not in algorithms:
        raise TokenRefused("algorithm")
    suitable = [key for key in keys if _may_verify(key, token)]
    if len(suitable) != 1:
        raise TokenRefused("no single suitable key")
    if not _signed_by(suitable[0], token):
        raise TokenRefused("signature")


def _may_verify(key: Jwk, token: UnverifiedToken) -> bool:
    """Tell whether the key's own members allow it: kid, type and curve, `use`, `key_ops`, `alg`."""
    if token.key_id is not None and key.get("kid") != token.key_id:
        return False
    expected = _KEY_TYPES[token.algorithm]
    if any(key.get(member) != value for member, value in expected.items()) or "d" in key:
        return False
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and key.get("alg", token.algorithm) == token.algorithm
    )


def _signed_by(key: Jwk, token: UnverifiedToken) -> bool:
    written = json.dumps(key, sort_keys=True)
    return _holds(written, token.algorithm, token.signing_input, token.signature)


@lru_cache(maxsize=4096)
def _holds(key: str, algorithm: str, signing_input: bytes, signature: bytes) -> bool:
    """Check a signature. A page sends one token many times: what it takes in decides all, so it is kept.

    Whether the key is still the issuer's, and the token still current, is asked anew each time.
    """
    prepared = _prepared(key, algorithm)
    return bool(prepared.Algorithm.verify(signing_input, prepared.key, signature))


@lru_cache(maxsize=256)
def _prepared(key: str, algorithm: str) -> "PyJWK":
    from jwt import PyJWK, PyJWTError  # noqa: PLC0415 - 65 ms that only the first authenticated call needs

    try:
        prepared = PyJWK.from_json(key, algorithm)
    except PyJWTError as fault:
        raise TokenRefused("unreadable key") from fault
    if prepared.Algorithm.check_key_length(prepared.key) is not None:
        raise TokenRefused("short key")
    return prepared
