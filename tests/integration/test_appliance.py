"""A district that takes bundles only, on the whole local cloud: packed, sent, folded, and refused."""

import asyncio
import base64
import io
from pathlib import Path

import pytest

from scripts.lib.api import Refused
from scripts.lib.appliance import main as appliance
from scripts.lib.demo.result import CourseResult, FileResult
from scripts.lib.demo_files import Truth, write_attempts
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.ingestion.model import IngestState, Way
from shared.ingestion.views import IngestPage, IngestView
from shared.ingestion.working.pseudonyms import tenant_key
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from shared.platform.disk.appliances import Enrolment, Handover, write_secret
from shared.platform.disk.bundles import Outbox
from shared.tenancy.model import Ingress
from shared.tenancy.ways import ApplianceKey, WaysIn

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(240)]

TENANT = "bundles-only"


async def register(access: DevelopmentAccess, tenant_id: str, public: bytes) -> None:
    """Seed a district that takes bundles signed by one key only."""
    await access.seed(District(tenant_id, tenant_id))
    tenant = await access.services.tenancy.find(tenant_id)
    assert tenant is not None
    key = ApplianceKey(name="basement", public=base64.b64encode(public).decode())
    closed = {"ingress": Ingress.APPLIANCE_ONLY, "ways": WaysIn(appliances=(key,))}
    await access.services.tenants.put(tenant.model_copy(update=closed))


@pytest.fixture
async def home(access: DevelopmentAccess, tmp_path: Path) -> Path:
    """The folder of an enrolled machine, whose bundles alone a seeded district takes."""
    await register(access, TENANT, Enrolment(tmp_path).enrol())
    secret = tenant_key(await access.services.current_key("pseudonym"), TENANT)
    write_secret(tmp_path / "handover.json", Handover(TENANT, secret).to_bytes())
    return tmp_path


async def run(*arguments: str) -> int:
    """Run `scripts/appliance` in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(appliance, arguments)


async def packed(home: Path, name: str, course: str) -> tuple[bytes, Truth]:
    """Pack a file on the machine, where it stays, and return the newest bundle and what the file holds."""
    out = io.BytesIO()
    truth = write_attempts(out, seed=1, rows=500, courses=(course,))
    await asyncio.to_thread((home / name).write_bytes, out.getvalue())
    assert await run("pack", "--home", str(home), str(home / name)) == 0
    return Outbox(home).waiting()[-1].read_bytes(), truth


async def sent(
    access: DevelopmentAccess, content: bytes, way: Way = Way.APPLIANCE, tenant: str = TENANT
) -> IngestView:
    async with access.api(tenant) as api:
        return await api.follow(await api.upload(io.BytesIO(content), "bundle.zip", way))


async def test_a_district_is_served_by_bundles_of_its_machine_and_by_nothing_else(
    access: DevelopmentAccess, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = TenantScope.of_iteration(TENANT, access.services.settings.stamp, "test", new_id())
    monkeypatch.setenv("TERMTIDE_TOKEN", access.token(TENANT))
    send = ("send", "--home", str(home), "--to", access.endpoints.url("http"))
    first, truth = await packed(home, "attempts.csv", "ALG_1")
    plain = await asyncio.to_thread((home / "attempts.csv").read_bytes)

    with pytest.raises(Refused, match="its own appliance only"):
        await sent(access, plain, Way.SAS)
    refused = {
        "unsigned-bundle": await sent(access, plain),
        "damaged-bundle": await sent(access, first[:-1]),
    }
    assert await run(*send) == 0
    refused["replayed-bundle"] = await sent(access, first)
    await packed(home, "second.csv", "BIO_1")
    third, _ = await packed(home, "third.csv", "LIT_1")
    refused["out-of-order-bundle"] = await sent(access, third)
    assert await run(*send) == 0

    for code, ingest in refused.items():
        assert ingest.failure is not None
        assert (ingest.state, ingest.failure.code) == (IngestState.FAILED, code)
    async with access.api(TENANT) as api:
        taken = [it for it in (await api.read("ingests", IngestPage)).items if it.failure is None]
        lines = {line.course_id: line for line in (await api.overview()).courses}
    assert [(it.state, it.way) for it in taken] == [(IngestState.FOLDED, Way.APPLIANCE)] * 3
    assert FileResult.of(taken[-1], truth).differences == ()
    assert lines.keys() == {"ALG_1", "BIO_1", "LIT_1"}
    assert CourseResult.of("ALG_1", lines["ALG_1"], truth.courses["ALG_1"]).differences == ()
    await until_put_aside(access, scope, {ingest.id: code for code, ingest in refused.items()})


@pytest.mark.parametrize(
    ("other", "knows_the_key", "code"),
    [("bundles-strange", False, "foreign-signature"), ("bundles-known", True, "foreign-tenant")],
)
async def test_a_bundle_of_one_district_gives_another_one_nothing(
    access: DevelopmentAccess, home: Path, tmp_path: Path, other: str, knows_the_key: bool, code: str
) -> None:
    own = Enrolment(tmp_path / "other").enrol()
    await register(access, other, Enrolment(home).enrol() if knows_the_key else own)
    bundle, _ = await packed(home, "attempts.csv", "ALG_1")

    ingest = await sent(access, bundle, tenant=other)

    assert ingest.failure is not None
    assert (ingest.state, ingest.failure.code, ingest.facts) == (IngestState.FAILED, code, 0)
    async with access.api(other) as api:
        assert (await api.overview()).courses == []
    scope = TenantScope.of_iteration(other, access.services.settings.stamp, "test", new_id())
    await until_put_aside(access, scope, {ingest.id: code})


async def until_put_aside(access: DevelopmentAccess, scope: TenantScope, expected: dict[str, str]) -> None:
    """Wait until quarantine and audit hold every refusal: they are written after the ingest has failed."""
    quarantine, store = access.services.quarantine, access.services.audit_store
    while True:
        reasons = {record.reason async for record in quarantine.records(scope, None)}
        entries = [entry async for stored in store.segments(scope) for entry in stored.segment.entries]
        refusals = {(it["object"], it["reason"]) for it in entries if it["outcome"] == "refused"}
        if reasons == set(expected.values()) and refusals >= set(expected.items()):
            return
        await asyncio.sleep(0.1)
