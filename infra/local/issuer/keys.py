"""The issuer's signing key: one EC key in a file that only its owner may read."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

FILE = "signing-key.pem"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A P-256 key for ES256; `id` is its thumbprint (RFC 7638)."""

    private: ec.EllipticCurvePrivateKey
    id: str

    @classmethod
    def of(cls, private: ec.EllipticCurvePrivateKey) -> "SigningKey":
        """Name a key."""
        members = _public_members(private)
        text = json.dumps({name: members[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).digest()
        return cls(private, base64.urlsafe_b64encode(digest).decode().rstrip("="))

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key (RFC 7517 section 4)."""
        return {**_public_members(self.private), "kid": self.id, "use": "sig", "alg": "ES256"}


def ensure_signing_key(folder: Path) -> SigningKey:
    """Return the key in `folder`; the first call makes it."""
    file = folder / FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_private(file, ec.generate_private_key(ec.SECP256R1()))
    return read_signing_key(folder)


def read_signing_key(folder: Path) -> SigningKey:
    """Return the key in `folder`; `FileNotFoundError` before the issuer has made it, `ValueError`."""
    private = load_pem_private_key((folder / FILE).read_bytes(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{folder / FILE} holds no EC key")  # noqa: TRY004 - the file is wrong, not a type
    return SigningKey.of(private)


def _write_private(file: Path, private: ec.EllipticCurvePrivateKey) -> None:
    unfinished = file.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        output.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    unfinished.replace(file)


def _public_members(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    members: dict[str, str] = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return members
