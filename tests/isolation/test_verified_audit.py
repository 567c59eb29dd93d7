"""The audit of all that was refused here verifies as a whole, and names the first entry that was changed."""

import os
import subprocess
import sys

import pytest

from shared.kernel.events import Json
from shared.platform.cosmos.operations import Patch
from tests.fixtures.local_cloud import RunningCloud
from tests.fixtures.processes import ROOT
from tests.isolation.world import Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

TAMPERED = "iso-tampered"


def verify(cloud: RunningCloud, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `scripts/audit verify` against the local cloud."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "scripts.lib.audit", "verify", *options],
        cwd=ROOT,
        env={**os.environ, **cloud.settings, "APP_ROLES": "ingest", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_audit_of_every_district_and_of_the_stamp_is_whole(
    cloud: RunningCloud, north: Holdings, south: Holdings
) -> None:
    verdict = verify(cloud)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    for owner in (north.tenant, south.tenant, "_stamp"):
        assert f"{owner}: whole: " in verdict.stdout


async def test_one_changed_entry_is_named(cloud: RunningCloud, world: World, north: Holdings) -> None:
    scope, audit = world.scope(TAMPERED), world.services.audit
    tenant = await world.services.tenants.find(north.tenant)
    assert tenant
    await world.services.tenants.put(tenant.model_copy(update={"id": TAMPERED}))
    for number in range(3):
        await audit.allowed(scope, "test.act", f"test:{number}")
    assert verify(cloud, "--tenant", TAMPERED).returncode == 0
    segments = [stored.segment async for stored in world.services.audit_store.segments(scope)]
    changed = segments[1]
    written: list[Json] = list(changed.entries)
    container = world.services.scoped("audit", "month")

    async def put(entries: list[Json]) -> None:
        await container.batch(scope, changed.month, [Patch(changed.id, {"/entries": entries})])

    await put([{**changed.entries[0], "actor": "person:somebody-else"}])
    verdict = verify(cloud, "--tenant", TAMPERED)
    await put(written)
    assert verdict.returncode == 1
    assert f"{TAMPERED}: BROKEN at {changed.id}/entries/0" in verdict.stdout
    assert verify(cloud, "--tenant", TAMPERED).returncode == 0
