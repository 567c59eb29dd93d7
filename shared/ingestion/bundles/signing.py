"""The signatures of appliances: Ed25519 (RFC 8032) over the exact bytes of a manifest."""

import hashlib
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES: Final = 64

_PURPOSE: Final = b"termtide bundle 1\n"
"""What is signed begins with this, so that a signature of the same key for another purpose says nothing."""


def appliance_id(public: bytes) -> str:
    """Return the name of the appliance that has this public key: another key is another appliance."""
    return hashlib.sha256(public).hexdigest()[:32]


def sign(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the signature of a manifest."""
    return key.sign(_PURPOSE + manifest)


def signer_of(manifest: bytes, signature: bytes, keys: Iterable[bytes]) -> str | None:
    """Return the id of the appliance among these public keys that signed, None when none did."""
    for public in keys:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, _PURPOSE + manifest)
        except InvalidSignature:
            continue
        return appliance_id(public)
    return None
