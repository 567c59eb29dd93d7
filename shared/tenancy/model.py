"""Tenants, their policies, the logins that belong to them, and the principal a verified caller becomes.

Tenants and memberships are stored as they are declared here, with camelCase names. `Principal` is never
stored: it is what a membership (a person) or an issuer's scopes (a machine client) amount to for one call.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from shared.kernel.ids import is_tenant_id
from shared.tenancy.record import Record
from shared.tenancy.ways import WaysIn


class Role(StrEnum):
    """What a person does for a tenant; a membership lists them, a route names those that reach it."""

    SUPER_ADMIN = "SuperAdmin"
    TENANT_ADMIN = "TenantAdmin"
    INSTRUCTOR = "Instructor"
    LEARNER = "Learner"
    SUPPORT_READONLY = "SupportReadonly"


class RateClass(StrEnum):
    """Calls that share one budget of a tenant."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    QUERY = "query"
    PUBLIC = "public"


class SigningAlgorithm(StrEnum):
    """Signature algorithms that an issuer may be pinned to: asymmetric ones only (RFC 7518 section 3.1)."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"


class IssuerKind(StrEnum):
    """Whom an issuer speaks for: people, whose roles come from memberships, or machines with scopes."""

    USER = "user"
    MACHINE = "machine"


class Ingress(StrEnum):
    """Which ways in a tenant allows."""

    OPEN = "open"
    APPLIANCE_ONLY = "appliance-only"


class Aggregation(StrEnum):
    """Whether figures of this tenant may enter a computation over several tenants."""

    ALLOWED = "allowed"
    PROHIBITED = "prohibited"


class TenantStatus(StrEnum):
    """Whether a tenant is served at all; a suspended one looks unknown from outside."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


def _tenant_id(text: str) -> str:
    if not is_tenant_id(text):
        raise ValueError("3 to 40 of a-z 0-9 -, a letter first, no - last or doubled")
    return text


class Issuer(Record):
    """A token issuer that the tenant trusts, and for what."""

    url: str
    """The `iss` claim, compared exactly (RFC 7519 section 4.1.1)."""
    kind: IssuerKind = IssuerKind.USER
    algorithms: Annotated[frozenset[SigningAlgorithm], Field(min_length=1)]
    jwks_url: str | None = None
    """Where its keys are; None: as its OpenID discovery document says."""
    audience: str | None = None
    """The `aud` that its tokens carry for us; None: the audience of the deployment."""


class Budget(Record):
    """A token bucket: `burst` calls at once, refilled by `per_second`, in each process."""

    per_second: Annotated[float, Field(gt=0, le=100_000)]
    burst: Annotated[int, Field(gt=0, le=1_000_000)]


class Branding(Record):
    """How pages of the tenant look."""

    name: str
    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#1b5e7a"


class Quotas(Record):
    """Limits that an agreement sets; a budget that is not named is the default of its rate class."""

    upload_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3
    budgets: dict[RateClass, Budget] = Field(default_factory=dict)


class Tenant(Record):
    """A district, school or company, with every policy that differs between them."""

    id: Annotated[str, AfterValidator(_tenant_id)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    home_stamp: str
    """The one stamp that may hold and serve this tenant's data (residency)."""
    issuers: tuple[Issuer, ...]
    status: TenantStatus = TenantStatus.ACTIVE
    ingress: Ingress = Ingress.OPEN
    aggregation: Aggregation = Aggregation.ALLOWED
    k12: bool = False
    small_group_threshold: Annotated[int, Field(ge=1)] = 10
    """Figures over fewer learners than this are withheld from views that name no learner."""
    branding: Branding
    quotas: Quotas = Field(default_factory=Quotas)
    ways: WaysIn = Field(default_factory=WaysIn)

    @model_validator(mode="after")
    def _issuers_once(self) -> Self:
        if len({issuer.url for issuer in self.issuers}) != len(self.issuers):
            raise ValueError("an issuer is listed twice")
        return self

    def issuer(self, url: str) -> Issuer | None:
        """Return the listed issuer with exactly this URL."""
        return next((issuer for issuer in self.issuers if issuer.url == url), None)


class Membership(Record):
    """Ties one login to a person of the tenant, with what that person does there."""

    issuer: str
    subject: str
    person: str
    roles: frozenset[Role]
    courses: frozenset[str] = frozenset()
    """Courses that the person instructs."""
    learners: frozenset[str] = frozenset()
    """Pseudonyms under which the person's own results are kept."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, for one tenant: a person with roles or a machine client with scopes, never both."""

    tenant_id: str
    issuer: str
    subject: str
    person_id: str | None = None
    client_id: str | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    courses: frozenset[str] = frozenset()
    learners: frozenset[str] = frozenset()

    @property
    def actor(self) -> str:
        """The name by which scopes and the audit know the caller: `person:{id}` or `client:{id}`."""
        return f"person:{self.person_id}" if self.person_id is not None else f"client:{self.client_id}"
