"""What a district's machine keeps of itself: its signing key, and what its enrolment gave it."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.ingestion.bundles.packing import Appliance
from shared.kernel.errors import InvalidInput
from shared.kernel.ids import is_tenant_id

_KEY: Final = "signing.pem"
_HANDOVER: Final = "handover.json"
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Handover:
    """What a machine needs from the stamp: its tenant, and the key that turns people into pseudonyms."""

    tenant_id: str
    pseudonym_key: bytes

    def to_bytes(self) -> bytes:
        """Write it."""
        return json.dumps({"tenant": self.tenant_id, "pseudonymKey": self.pseudonym_key.hex()}).encode()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it; `InvalidInput` names a file that is none."""
        try:
            stated = json.loads(path.read_bytes())
            found = cls(str(stated["tenant"]), bytes.fromhex(stated["pseudonymKey"]))
        except OSError as error:
            raise InvalidInput.at(str(path), error.strerror or "cannot be read") from None
        except (ValueError, KeyError, TypeError):
            raise InvalidInput.at(str(path), "is not what `scripts/ways add-appliance` writes") from None
        if not is_tenant_id(found.tenant_id) or len(found.pseudonym_key) != _KEY_BYTES:
            raise InvalidInput.at(str(path), "does not name a tenant and its key")
        return found


class Enrolment:
    """The folder of one appliance."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def enrol(self) -> bytes:
        """Return the public key; the first call makes the pair."""
        path = self._folder / _KEY
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            key = Ed25519PrivateKey.generate()
            write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return self._key().public_key().public_bytes_raw()

    def appliance(self) -> Appliance:
        """Return the machine once it is enrolled; `InvalidInput` says what it lacks."""
        handover = Handover.read(self._folder / _HANDOVER)
        return Appliance(handover.tenant_id, handover.pseudonym_key, self._key())

    def _key(self) -> Ed25519PrivateKey:
        path = self._folder / _KEY
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except OSError as error:
            raise InvalidInput.at(str(path), error.strerror or "cannot be read") from None
        except (ValueError, TypeError):
            raise InvalidInput.at(str(path), "is not a private key") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise InvalidInput.at(str(path), "is not an Ed25519 key")
        return key


def write_secret(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone may read; `InvalidInput` when it exists or can't be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInput.at(str(path), error.strerror or "cannot be written") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
