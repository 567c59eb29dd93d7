"""Access to a local cloud as its developer: the application's services, seeded tenants, anybody's tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.issuer.keys import read_signing_key
from infra.local.issuer.tokens import AUDIENCE, LIFETIME, issue_token, subject_of
from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.local_settings import load_settings
from infra.local.launcher.options import ROOT, Options
from scripts.lib.api import Api
from scripts.lib.seeding import District, seed_tenant
from shared.bootstrap import Services
from shared.ingestion.working.pseudonyms import pseudonym, tenant_key
from shared.settings import Settings
from shared.tenancy.model import Role


@dataclass(frozen=True, slots=True)
class DevelopmentAccess:
    """Everything that a script or a test does to a running local cloud."""

    endpoints: Endpoints
    data: Path
    services: Services

    @property
    def issuer_folder(self) -> Path:
        """Where the issuer keeps its key and the districts that its sign-in page offers."""
        return self.data / "issuer"

    def token(
        self,
        tenant: str,
        role: Role = Role.TENANT_ADMIN,
        *,
        subject: str | None = None,
        audience: str = AUDIENCE,
        lifetime: timedelta = LIFETIME,
    ) -> str:
        """Return a token of the login that seeded tenants give `role` to, or of `subject`."""
        return issue_token(
            read_signing_key(self.issuer_folder),
            issuer=self.endpoints.url("issuer"),
            tenant=tenant,
            subject=subject or subject_of(role),
            audience=audience,
            now=datetime.now(UTC),
            lifetime=lifetime,
        )

    def api(self, tenant: str, role: Role = Role.TENANT_ADMIN) -> Api:
        """Return a client that calls as somebody of a seeded tenant."""
        return Api(self.endpoints.url("http"), self.token(tenant, role))

    async def seed(self, district: District) -> None:
        """Make a tenant exist with a login for every role."""
        await seed_tenant(
            self.services.tenancy,
            district,
            issuer_url=self.endpoints.url("issuer"),
            issuer_folder=self.issuer_folder,
        )

    async def pseudonym(self, tenant: str, system: str, source_id: str) -> str:
        """Return the pseudonym under which a tenant's results of a learner are kept."""
        return pseudonym(tenant_key(await self.services.current_key("pseudonym"), tenant), system, source_id)


@asynccontextmanager
async def development_access(options: Options) -> AsyncIterator[DevelopmentAccess]:
    """Open the services of the local cloud that runs with `options`, and close them after the block."""
    own = options.endpoints.settings(options.data / "secrets.json")
    services = Services(Settings.from_environment(load_settings(ROOT) | own))
    try:
        yield DevelopmentAccess(options.endpoints, options.data, services)
    finally:
        await services.close()
