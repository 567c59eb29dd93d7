"""From the Authorization header to a caller: every step that must hold, in order.

Until the signature is verified nothing distinguishes a known tenant from an unknown one: both end in the same
401, so that forged tokens tell nobody which districts are served here. After it, a tenant that is homed
elsewhere or a login that is nobody there is the same 404 as any unknown object.
"""

from collections.abc import Mapping

from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Issuer, Tenant
from shared.tenancy.policies import require_served_here
from shared.tenancy.service import Tenancy
from shared.web.call import Caller
from shared.web.tokens.claims import (
    issuer_of,
    require_audience,
    require_current,
    scopes_of,
    subject_of,
    tenant_of,
)
from shared.web.tokens.issuer_keys import IssuerKeys
from shared.web.tokens.jws import UnverifiedToken, parse_token
from shared.web.tokens.refusal import TokenRefused
from shared.web.tokens.verification import require_signature


class Authenticator:
    """Verifies bearer tokens (RFC 6750) and finds out who is calling."""

    def __init__(self, *, tenancy: Tenancy, keys: IssuerKeys, audience: str, clock: Clock) -> None:
        self._tenancy = tenancy
        self._keys = keys
        self._audience = audience
        self._clock = clock

    async def authenticate(self, headers: Mapping[str, str], correlation_id: str) -> Caller:
        """Return the caller.

        `TokenRefused` (401) for a token that does not hold; `WrongStamp` or `NotFound` (404) for a tenant
        that is not served here or a login that is nobody there; `Unavailable` when keys or records can't be
        read.
        """
        token = parse_token(_bearer(headers))
        tenant, issuer = await self._trusted_issuer(token)
        keys = await self._keys.of(issuer, token.key_id)
        require_signature(token, keys, issuer.algorithms)
        require_audience(token.claims, issuer.audience or self._audience)
        require_current(token.claims, self._clock.now())
        subject = subject_of(token.claims)
        require_served_here(tenant, self._tenancy.stamp)
        return await self._caller(tenant, issuer, subject, scopes_of(token.claims), correlation_id)

    async def _trusted_issuer(self, token: UnverifiedToken) -> tuple[Tenant, Issuer]:
        tenant = await self._tenancy.find(tenant_of(token.claims))
        if tenant is None:
            raise TokenRefused("unknown tenant")
        issuer = tenant.issuer(issuer_of(token.claims))
        if issuer is None:
            raise TokenRefused("unlisted issuer")
        return tenant, issuer

    async def _caller(
        self, tenant: Tenant, issuer: Issuer, subject: str, scopes: frozenset[str], correlation_id: str
    ) -> Caller:
        stamp = self._tenancy.stamp
        login = TenantScope.authenticated(tenant.id, stamp, "login", correlation_id)
        principal = await self._tenancy.principal(login, issuer, subject, scopes)
        scope = TenantScope.authenticated(tenant.id, stamp, principal.actor, correlation_id)
        return Caller(scope, principal, tenant)


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenRefused("no bearer token")
    return token.strip(" ")
