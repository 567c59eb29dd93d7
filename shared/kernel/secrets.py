"""Secrets as the application sees them: named texts, and rings of keys that rotate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.kernel.errors import Unavailable

MINIMUM_KEY_BYTES = 32
"""A MAC key no shorter than the output of SHA-256 (RFC 2104 section 3)."""


class SecretStore(Protocol):
    """Where secrets are kept."""

    async def get(self, name: str) -> str:
        """Return the secret; `Unavailable` when the store cannot be reached or does not hold it."""
        ...


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by id. `current` signs; every key of the ring verifies."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def signing(self) -> bytes:
        """The key that signs now."""
        return self.keys[self.current]


type KeySource = Callable[[], Awaitable[Keyring]]
"""Gives the ring as it is now; asked again for each use, so that a rotation needs no restart."""


async def keyring(store: SecretStore, family: str) -> Keyring:
    """Return the ring of `family`.

    The secret `{family}-current` lists key ids, comma-separated, the signing one first; the key itself is the
    secret `{family}-{id}`. To rotate without refusing anything: append the new id, wait until every process
    has read it, move it to the front, and drop the old id once nothing signed with it is left.
    `Unavailable` when a key is missing, or too short to be one.
    """
    listed = await store.get(f"{family}-current")
    ids = [key_id.strip() for key_id in listed.split(",") if key_id.strip()]
    if not ids:
        raise Unavailable(f"secret {family}-current lists no key")
    return Keyring(ids[0], {key_id: await _key(store, f"{family}-{key_id}") for key_id in ids})


async def _key(store: SecretStore, name: str) -> bytes:
    key = (await store.get(name)).encode()
    if len(key) < MINIMUM_KEY_BYTES:
        raise Unavailable(f"secret {name} is shorter than {MINIMUM_KEY_BYTES} bytes")
    return key
