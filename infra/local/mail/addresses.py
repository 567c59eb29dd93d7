"""Addresses of tenants."""

import re
from dataclasses import dataclass
from typing import Final, Self

from shared.kernel.ids import is_tenant_id

DOMAIN: Final = "ingest.local"
_FEED: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a message goes, and about which feed it is said to be."""

    tenant: str
    feed: str | None

    @classmethod
    def parsed(cls, address: str) -> Self | None:
        """Read an address; None when it can be no tenant's."""
        local_part, _, domain = address.lower().rpartition("@")
        tenant, plus, feed = local_part.partition("+")
        if domain != DOMAIN or not is_tenant_id(tenant) or (plus and not _FEED.fullmatch(feed)):
            return None
        return cls(tenant, feed or None)

    @property
    def address(self) -> str:
        """The address in its one form."""
        return f"{self.tenant}{'+' + self.feed if self.feed else ''}@{DOMAIN}"
