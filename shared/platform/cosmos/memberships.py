"""Memberships in Cosmos: the container `identity`, keyed `[/tenantId, /personId]`.

A membership is looked up by login on every cold call, so its key is computed from the login and found by one
point read; the person that it names is a property. Only a digest of the login is in the key: subjects may be
e-mail addresses.
"""

import hashlib

from shared.kernel.scope import TenantScope
from shared.platform.cosmos.scoped import ScopedContainer
from shared.tenancy.model import Membership

_ID = "membership"


class CosmosMemberships:
    """Implements `Memberships` on the container `identity`."""

    def __init__(self, identity: ScopedContainer) -> None:
        self._identity = identity

    async def find(self, scope: TenantScope, issuer: str, subject: str) -> Membership | None:
        """Return the membership of a login by one point read, or None."""
        stored = await self._identity.find(scope, _ID, login_level(issuer, subject))
        return None if stored is None else Membership.model_validate(stored.document["record"])

    async def put(self, scope: TenantScope, membership: Membership) -> None:
        """Write the membership of a login, new or not."""
        await self._identity.upsert(
            scope,
            {"id": _ID, "kind": _ID, "record": membership.document()},
            login_level(membership.issuer, membership.subject),
        )


def login_level(issuer: str, subject: str) -> str:
    """Return the second level of the key of a login's membership."""
    return "login:" + hashlib.sha256(f"{len(issuer)}:{issuer}{subject}".encode()).hexdigest()
