"""Over whom a script of an operator works: one tenant, the stamp itself, or everybody."""

import argparse
from collections.abc import AsyncIterator

from shared.bootstrap import Services
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.platform.cosmos.cross_tenant import CrossTenant


def add_owner_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add `--tenant T` and `--stamp`; without either, everybody is meant, unless one is `required`."""
    group = parser.add_mutually_exclusive_group(required=required)
    group.add_argument("--tenant", metavar="T", help="only this tenant")
    group.add_argument("--stamp", action="store_true", help="only what belongs to no tenant")


async def owners(services: Services, wish: argparse.Namespace, script: str) -> AsyncIterator[Owner]:
    """Go through the owners that the options name; `NotFound` for a tenant that is not homed here."""
    if not wish.stamp:
        async for scope in tenants(services, wish.tenant, script):
            yield scope
    if wish.tenant is None:
        yield services.stamp_scope(script)


async def tenants(services: Services, tenant: str | None, script: str) -> AsyncIterator[TenantScope]:
    """Go through one tenant or, without a name, all of this stamp; `NotFound` for one not homed here."""
    found = CrossTenant(services.settings.stamp, script, services.tenants, on_use=services.audit.allowed)
    if tenant is not None:
        yield await found.tenant(tenant)
        return
    async for scope in found.tenants():
        yield scope
