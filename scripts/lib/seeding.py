"""Demo tenants: the record and a login for every role, written through the application's own services."""

from dataclasses import dataclass
from pathlib import Path

from infra.local.issuer.districts import add_districts
from infra.local.issuer.tokens import subject_of
from shared.kernel.ids import new_id
from shared.tenancy.model import Branding, Issuer, Membership, Role, SigningAlgorithm, Tenant
from shared.tenancy.service import Tenancy


@dataclass(frozen=True, slots=True)
class District:
    """A demo tenant: what its demo teacher instructs and under which pseudonyms its demo learner is kept."""

    id: str
    name: str
    accent: str = "#1b5e7a"
    courses: frozenset[str] = frozenset()
    learners: frozenset[str] = frozenset()


async def seed_tenant(tenancy: Tenancy, district: District, *, issuer_url: str, issuer_folder: Path) -> None:
    """Write the tenant and one login per role, and offer the district on the local sign-in page.

    Repeating it changes nothing, or writes what changed. Who may send files for it stays as `scripts/ways`
    left it.
    """
    known = await tenancy.find(district.id)
    tenant = _tenant(district, tenancy.stamp, issuer_url)
    await tenancy.onboard(
        tenant.model_copy(update={"ways": known.ways}) if known else tenant,
        [_membership(district, role, issuer_url) for role in Role],
        "seed",
        new_id(),
    )
    add_districts(issuer_folder, {district.id: district.name})


def _tenant(district: District, stamp: str, issuer_url: str) -> Tenant:
    return Tenant(
        id=district.id,
        name=district.name,
        home_stamp=stamp,
        issuers=(Issuer(url=issuer_url, algorithms=frozenset({SigningAlgorithm.ES256})),),
        branding=Branding(name=district.name, accent=district.accent),
    )


def _membership(district: District, role: Role, issuer_url: str) -> Membership:
    return Membership(
        issuer=issuer_url,
        subject=subject_of(role),
        person=f"demo-{role.lower()}",
        roles=frozenset({role}),
        courses=district.courses if role is Role.INSTRUCTOR else frozenset(),
        learners=district.learners if role is Role.LEARNER else frozenset(),
    )
