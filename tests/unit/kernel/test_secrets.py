"""Rings of keys: the first id signs, every listed key verifies, a bad key stops everything."""

from dataclasses import dataclass

import pytest

from shared.kernel.errors import Unavailable
from shared.kernel.ids import is_tenant_id
from shared.kernel.secrets import Keyring, keyring
from shared.kernel.stamp import STAMP, StampScope

KEY = "k" * 32


@dataclass(slots=True)
class Secrets:
    values: dict[str, str]

    async def get(self, name: str) -> str:
        if name not in self.values:
            raise Unavailable(name)
        return self.values[name]


async def test_the_first_listed_key_signs_and_all_verify() -> None:
    secrets = Secrets({"mac-current": "2, 1", "mac-1": KEY, "mac-2": "j" * 32})
    ring = await keyring(secrets, "mac")
    assert ring.signing == b"j" * 32
    assert set(ring.keys) == {"1", "2"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"mac-current": " , "},
        {"mac-current": "1"},
        {"mac-current": "1", "mac-1": "short"},
        {"mac-current": "1,2", "mac-1": KEY},
    ],
)
async def test_a_ring_with_a_missing_or_short_key_is_unavailable(values: dict[str, str]) -> None:
    with pytest.raises(Unavailable):
        await keyring(Secrets(values), "mac")


def test_a_ring_does_not_show_its_keys() -> None:
    assert KEY not in repr(Keyring("1", {"1": KEY.encode()}))


def test_the_stamps_own_id_can_never_be_a_tenants() -> None:
    assert not is_tenant_id(STAMP)
    assert StampScope("eu-1", "system:x", "c").tenant_id == STAMP
