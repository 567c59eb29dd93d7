"""Seals names of people: whoever reads tables and documents without the tenant's key reads nothing.

AES-SIV (RFC 5297) is deterministic: equal names of one person are equal bytes, so that work stays a pure
function and a rebuild writes what was there. What is sealed for one place does not open at another.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from shared.kernel.secrets import Keyring, KeySource

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_MARK: Final = "."
"""Stands between the id of the key and what is sealed."""


@dataclass(frozen=True)
class Sealing:
    """The keys of one tenant by id: `current` seals, all of them open."""

    tenant_id: str
    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, ring: Keyring, tenant_id: str) -> "Sealing":
        """Derive the keys of a tenant, 64 bytes each, from a ring of master keys."""
        label = f"names\x1f{tenant_id}".encode()
        keys = {name: hmac.digest(key, label, "sha512") for name, key in ring.keys.items()}
        return cls(tenant_id, ring.current, keys)

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed for a place: the pseudonym that it names, or the document that it lies in."""
        return self.seal_bytes(text.encode(), place)

    def open(self, sealed: str, place: str) -> str:
        """Return the text that was sealed for the place; `Unavailable` when this ring does not open it."""
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, data: bytes, place: str) -> str:
        """Return data sealed for a place."""
        data = self._ciphers[self.current].encrypt(data, self._about(place))
        return f"{self.current}{_MARK}{base64.urlsafe_b64encode(data).decode()}"

    def open_bytes(self, sealed: str, place: str) -> bytes:
        """Return the data that was sealed for the place; `Unavailable` when this ring does not open it."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - costs a start, and few calls need it

        key_id, _, text = sealed.rpartition(_MARK)
        try:
            return self._ciphers[key_id].decrypt(base64.urlsafe_b64decode(text), self._about(place))
        except KeyError:
            raise Unavailable("the ring of keys for names lacks one that sealed") from None
        except (InvalidTag, ValueError):
            raise Unavailable("what is sealed does not open at its place") from None

    def _about(self, place: str) -> list[bytes]:
        return [self.tenant_id.encode(), place.encode()]

    @cached_property
    def _ciphers(self) -> "Mapping[str, AESSIV]":
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - as above

        return {name: AESSIV(key) for name, key in self.keys.items()}

    def __getstate__(self) -> dict[str, object]:
        """Leave the ciphers out, which no other process could take over."""
        return {name: value for name, value in self.__dict__.items() if name != "_ciphers"}


class NameKeys:
    """The keys for names of tenants, derived from the ring that `read_ring` returns."""

    def __init__(self, read_ring: KeySource) -> None:
        self._read_ring = read_ring

    async def sealing(self, scope: TenantScope) -> Sealing:
        """Return the keys of the scope's tenant."""
        return Sealing.of(await self._read_ring(), scope.tenant_id)
