"""Finds tenants, turns verified logins into principals, and walks over the tenants of a stamp."""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound, PreconditionFailed, WrongStamp
from shared.kernel.ids import is_tenant_id, new_id
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Ingress, Issuer, IssuerKind, Membership, Principal, Tenant
from shared.tenancy.policies import is_served_here, require_served_here
from shared.tenancy.ports import Memberships, StoredTenant, TenantRecords
from shared.tenancy.ways import WaysIn

_LIFETIME = timedelta(seconds=30)
"""How long a revoked role or a changed policy may go on working in a warm process."""
_TENANTS = 1_000
_LOGINS = 20_000


class Tenancy:
    """The tenants of one stamp. Records and memberships are remembered for 30 seconds."""

    def __init__(self, *, stamp: str, tenants: TenantRecords, memberships: Memberships, clock: Clock) -> None:
        self.stamp = stamp
        self._tenants = tenants
        self._memberships = memberships
        self._known_tenants: Recent[str, Tenant] = Recent(clock, _LIFETIME, _TENANTS)
        self._known_logins: Recent[str, Membership] = Recent(clock, _LIFETIME, _LOGINS)

    async def find(self, tenant_id: str) -> Tenant | None:
        """Return the record of a tenant, wherever it is homed and whatever its status; `Unavailable`."""
        known = self._known_tenants.get(tenant_id)
        if known is not None:
            return known
        tenant = await self._tenants.find(tenant_id)
        if tenant is not None:
            self._known_tenants.put(tenant_id, tenant)
        return tenant

    async def of(self, scope: TenantScope) -> Tenant:
        """Return the record of the scope's tenant; `NotFound`, or `WrongStamp` when it has moved away."""
        tenant = await self.find(scope.tenant_id)
        if tenant is None:
            raise NotFound
        require_served_here(tenant, self.stamp)
        return tenant

    async def require_home(self, scope: TenantScope) -> None:
        """Raise `WrongStamp` unless this stamp is the home of the scope's tenant; `Unavailable`.

        A suspended tenant is at home still: what it began is finished, so that nothing is lost meanwhile.
        """
        tenant = await self.find(scope.tenant_id)
        if tenant is None or tenant.home_stamp != self.stamp:
            raise WrongStamp

    async def direct_upload_allowed(self, scope: TenantScope) -> bool:
        """Tell whether the tenant takes files from anybody but its own appliance; `NotFound`."""
        return (await self.of(scope)).ingress is Ingress.OPEN

    async def largest_upload(self, scope: TenantScope) -> int:
        """Return how many bytes a file of the tenant may have by its agreement; `NotFound`."""
        return (await self.of(scope)).quotas.upload_bytes

    async def appliance_only(self, scope: TenantScope) -> bool:
        """Tell whether files of the tenant come by its appliances only, suspended or not; `NotFound`."""
        return (await self._known(scope)).ingress is Ingress.APPLIANCE_ONLY

    async def appliance_keys(self, scope: TenantScope) -> tuple[bytes, ...]:
        """Return the public keys of the tenant's appliances, suspended or not; `NotFound`."""
        return tuple(key.public_bytes for key in (await self._known(scope)).ways.appliances)

    async def _known(self, scope: TenantScope) -> Tenant:
        tenant = await self.find(scope.tenant_id)
        if tenant is None:
            raise NotFound
        return tenant

    async def principal(
        self, scope: TenantScope, issuer: Issuer, subject: str, scopes: frozenset[str]
    ) -> Principal:
        """Return who a verified login is for the scope's tenant; `NotFound` when it is nobody there.

        A machine is what its token's scopes say. A person is what the membership says, and scopes of the
        token are ignored.
        """
        if issuer.kind is IssuerKind.MACHINE:
            return Principal(scope.tenant_id, issuer.url, subject, client_id=subject, scopes=scopes)
        membership = await self._membership(scope, issuer.url, subject)
        if membership is None:
            raise NotFound
        return Principal(
            scope.tenant_id,
            issuer.url,
            subject,
            person_id=membership.person,
            roles=membership.roles,
            courses=membership.courses,
            learners=membership.learners,
        )

    async def each_tenant(
        self, function: str, correlation_id: str
    ) -> AsyncIterator[tuple[TenantScope, Tenant]]:
        """Yield a scope and the record for every active tenant of this stamp. For timers and scripts."""
        async for tenant in self._tenants.homed_on(self.stamp):
            if is_served_here(tenant, self.stamp):
                yield TenantScope.of_iteration(tenant.id, self.stamp, function, correlation_id), tenant

    async def onboard(
        self, tenant: Tenant, memberships: Iterable[Membership], function: str, correlation_id: str
    ) -> None:
        """Write a tenant and its first memberships; repeating it changes nothing. `WrongStamp`."""
        require_served_here(tenant, self.stamp)
        await self._tenants.put(tenant)
        self._known_tenants.forget(tenant.id)
        scope = TenantScope.of_iteration(tenant.id, self.stamp, function, correlation_id)
        for membership in memberships:
            await self._memberships.put(scope, membership)
            self._known_logins.forget(_login(scope, membership.issuer, membership.subject))

    async def sender_scope(
        self, tenant_id: str, address: str, feed: str | None, *, proven: bool
    ) -> tuple[TenantScope, str | None]:
        """Return the scope of a tenant one of whose rules names the sender, and the feed that is meant.

        The rule is what makes the scope believed: an address alone can be written by anybody. `NotFound` for
        a tenant that is not served here; `Forbidden` as `WaysIn.rule_for` says.
        """
        tenant = await self.find(tenant_id) if is_tenant_id(tenant_id) else None
        if tenant is None:
            raise NotFound
        require_served_here(tenant, self.stamp)
        rule = tenant.ways.rule_for(address, feed, proven=proven)
        return TenantScope.of_iteration(tenant.id, self.stamp, "mail", new_id()), feed or rule.feed

    async def set_ways(self, scope: TenantScope, change: Callable[[WaysIn], WaysIn]) -> WaysIn:
        """Change who may send files for the scope's tenant and return what holds now; `NotFound`.

        `Conflict` when somebody else changed the record at the same moment: nothing was written. A warm
        process may go on by what held before for half a minute.
        """
        stored = await self._tenants.stored(scope.tenant_id)
        require_served_here(stored.tenant, self.stamp)
        ways = change(stored.tenant.ways)
        changed = stored.tenant.model_copy(update={"ways": ways})
        try:
            await self._tenants.replace(StoredTenant(changed, stored.etag))
        except PreconditionFailed as moved:
            raise Conflict("the tenant's record changed meanwhile; look at it and try again") from moved
        finally:
            self._known_tenants.forget(scope.tenant_id)
        return ways

    async def _membership(self, scope: TenantScope, issuer: str, subject: str) -> Membership | None:
        key = _login(scope, issuer, subject)
        known = self._known_logins.get(key)
        if known is not None:
            return known
        membership = await self._memberships.find(scope, issuer, subject)
        if membership is not None:
            self._known_logins.put(key, membership)
        return membership


def _login(scope: TenantScope, issuer: str, subject: str) -> str:
    return scope.key("login", issuer, subject)
