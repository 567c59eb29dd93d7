"""Development tokens: what a district's identity provider would put into them, and nothing more.

No roles: those come from the tenant's memberships. The subject `dev-{role}` is a login that the seeded demo
tenants know.
"""

from datetime import datetime, timedelta

import jwt

from infra.local.issuer.keys import SigningKey

AUDIENCE = "api://termtide"
LIFETIME = timedelta(hours=8)


def subject_of(role: str) -> str:
    """Return the login that demo tenants give `role` to."""
    return f"dev-{role}"


def issue_token(  # noqa: PLR0913 - each is one claim of the token
    key: SigningKey,
    *,
    issuer: str,
    tenant: str,
    subject: str,
    audience: str,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Return a signed access token. A negative `lifetime` makes one that has expired."""
    claims = {
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "tenant": tenant,
        "iat": min(now, now + lifetime),
        "exp": now + lifetime,
    }
    return jwt.encode(claims, key.private, algorithm="ES256", headers={"kid": key.id, "typ": "at+jwt"})
