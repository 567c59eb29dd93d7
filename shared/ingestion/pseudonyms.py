"""Turns identifiers of people into pseudonyms, so that no fact names a person.

A learner is `l` and 24 hex digits of HMAC-SHA256 under the tenant's key over system and source id. The key
is derived from one master secret, so the same person has unrelated pseudonyms at two tenants.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from shared.kernel.scope import TenantScope

_HEX_DIGITS: Final = 24


def tenant_key(master: str, tenant_id: str) -> bytes:
    """Return the 32-byte pseudonym key of a tenant."""
    return hmac.digest(master.encode(), f"pseudonyms\x1f{tenant_id}".encode(), "sha256")


def pseudonym(key: bytes, system: str, source_id: str) -> str:
    """Return the pseudonym of the person that `system` knows as `source_id`."""
    return "l" + hmac.digest(key, f"{system}\x1f{source_id}".encode(), "sha256").hex()[:_HEX_DIGITS]


class DerivedPseudonymKeys:
    """Pseudonym keys derived from the master secret that `read_master` returns."""

    def __init__(self, read_master: Callable[[], Awaitable[str]]) -> None:
        self._read_master = read_master

    async def key(self, scope: TenantScope) -> bytes:
        """Return the pseudonym key of the scope's tenant."""
        return tenant_key(await self._read_master(), scope.tenant_id)
