"""Every function of the app is indexed by Microsoft's engine and runs through it, by each kind of trigger.

One file goes the whole way, each step run by hand and checked by what it left behind. The hosts of the local
cloud do the same work at the same time: whoever is second finds it done.
"""

import io
from collections.abc import Mapping

import aiohttp
import pytest

from functions.http import route_table
from scripts.lib.demo_files import write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.ingestion import events
from shared.ingestion.model import IngestState, Way
from shared.ingestion.views import UploadView
from shared.kernel.ids import new_id
from shared.messaging.envelope import seal
from shared.messaging.outbox import outbox_document
from shared.platform.blob.drops import DROPS
from shared.platform.blob.grants import LANDING
from shared.platform.blob.mailbox import MAIL
from shared.tenancy.model import Role
from shared.tenancy.ways import SenderRule
from shared.web.routing import Route
from tests.fixtures.letters import a_letter
from tests.isolation.engine import AppEngine
from tests.isolation.envelopes import EVENTS, event_for
from tests.isolation.route_recipes import OPEN, path_of, recipe_of, status_of
from tests.isolation.world import Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

TENANT = "iso-engine"
COURSE = "ENGINE_1"
DROPPING = "iso-drops"
MAILING = "iso-mail"
TRIGGERS = {"httpTrigger", "blobTrigger", "serviceBusTrigger", "cosmosDBTrigger", "timerTrigger"}
SPOKEN_FOR = {
    "upload_landed",
    "relay_ingests",
    "resend_outbox",
    "catch_up_landing",
    "sweep_ingests",
    "seal_audit",
    "compact_lakes",
    "keep_lakes",
    "watch_drops",
    "mail_stored",
    "sweep_mail",
}
OPEN_PATHS: Mapping[str, Mapping[str, str]] = {"read_page_file": {"file": "icon.svg"}}


def test_every_function_is_indexed_and_invoked_below(engine: AppEngine) -> None:
    invoked = {route.operation for route in route_table()} | EVENTS.keys() | SPOKEN_FOR
    assert engine.functions.keys() == invoked
    assert {function.trigger for function in engine.functions.values()} == TRIGGERS


@pytest.mark.parametrize("route", tuple(route_table()), ids=lambda route: route.operation)
async def test_every_route_answers_through_the_engine(
    world: World, engine: AppEngine, north: Holdings, route: Route
) -> None:
    if route.operation in OPEN:
        values, body = OPEN_PATHS.get(route.operation, {}), None
    else:
        recipe = recipe_of(route)
        values, body = recipe.names(north) if recipe.names else {}, recipe.body
    role = Role.TENANT_ADMIN if Role.TENANT_ADMIN in route.roles or route.anonymous else min(route.roles)
    token = world.access.token(north.tenant, role)
    ended = await engine.invoke(
        route.operation,
        method=route.method,
        path=f"/api/{path_of(route, values)}",
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        parameters=dict(values),
        body=body,
    )
    assert ended == {"error": None, "status": status_of(route)}


async def landed_file(access: DevelopmentAccess, world: World) -> UploadView:
    """Upload a gradebook and return its upload."""
    await access.seed(District(TENANT, TENANT))
    content = io.BytesIO()
    write_gradebook(content, seed=3, rows=20, course=COURSE)
    wanted = {"fileName": f"2026-03-05T1200_Grades-{COURSE}.csv"}
    answer = await world.send("POST", "uploads", access.token(TENANT), body=wanted)
    upload = UploadView.model_validate_json(answer.body)
    async with (
        aiohttp.ClientSession() as blobs,
        blobs.put(upload.url, data=content.getvalue(), headers=upload.headers) as put,
    ):
        assert put.status == 201
    return upload


async def test_a_file_goes_the_whole_way_through_the_engine(
    access: DevelopmentAccess, world: World, engine: AppEngine
) -> None:
    upload, scope = await landed_file(access, world), world.scope(TENANT)
    keys = await world.services.keys("envelope")()

    async def state() -> IngestState:
        return (await world.services.ingests.get(scope, upload.ingest_id)).value.state

    async def send(function: str) -> None:
        body = seal(event_for(function, TENANT, upload.ingest_id), scope.stamp, keys)
        await engine.deliver(function, body=body.decode(), message_id=new_id())

    await engine.deliver("upload_landed", blob=f"{TENANT}/{upload.ingest_id}/{upload.file_name}")
    assert (await world.services.ingests.get(scope, upload.ingest_id)).value.blob.startswith(f"{TENANT}/")
    await send("ingest_small")
    assert await state() in {IngestState.WORKED, IngestState.COMMITTED, IngestState.FOLDED}
    await send("ingest_bulk")
    await send("commit_table")
    assert await state() in {IngestState.COMMITTED, IngestState.FOLDED}
    await send("fold_rollups")
    assert await state() is IngestState.FOLDED


async def test_the_change_feed_sends_what_an_outbox_holds(world: World, engine: AppEngine) -> None:
    scope = world.scope(TENANT)
    event = event_for("ingest_small", TENANT, new_id())
    ingests = world.services.scoped("ingests", "ingestId")
    stored = await ingests.create(scope, outbox_document(event, events.SMALL), event.subject)
    await engine.deliver("relay_ingests", documents=[stored.document])
    assert await ingests.find(scope, f"outbox:{event.id}", event.subject) is None


async def test_timers_run_and_leave_their_traces(world: World, engine: AppEngine) -> None:
    await world.services.audit.allowed(world.stamp, "test.act", "test:1")
    # What goes over all tenants is delivered where it must leave out those of other stamps.
    for timer in ("resend_outbox", "seal_audit"):
        await engine.deliver(timer)
    assert (await world.services.audit_store.head(world.stamp)).number >= 0
    actions = {entry["action"] for entry in await world.audited(world.stamp)}
    assert "sweep.outbox-leftovers" in actions


async def test_a_settled_drop_becomes_an_upload_of_its_tenant_through_the_engine(
    access: DevelopmentAccess, world: World, engine: AppEngine
) -> None:
    await access.seed(District(DROPPING, DROPPING))
    drop = world.services.blobs.service.get_blob_client(DROPS, f"{DROPPING}/notes.csv")
    await drop.upload_blob(b"any,thing\n1,2\n")
    # The store's clock tells when it has settled, a few seconds from now.
    while await drop.exists():
        await engine.deliver("watch_drops")
    container = world.services.blobs.service.get_container_client(LANDING)
    (landed,) = [blob.name async for blob in container.list_blobs(name_starts_with=f"{DROPPING}/")]
    _, upload_id, _ = landed.split("/")
    upload = await world.services.ingests.find_upload(world.scope(DROPPING), upload_id)
    assert upload is not None
    assert (upload.way, upload.blob) == (Way.SFTP, landed)


async def test_a_mailed_file_becomes_an_upload_of_its_tenant_through_the_engine(
    access: DevelopmentAccess, world: World, engine: AppEngine
) -> None:
    await access.seed(District(MAILING, MAILING))
    rule = SenderRule(sender="nightly@sis.example", proven=False)
    await world.services.tenancy.set_ways(world.scope(MAILING), lambda ways: ways.with_sender(rule))
    mailed = world.services.blobs.service.get_blob_client(MAIL, f"{MAILING}/1.eml")
    await mailed.upload_blob(a_letter({"notes.csv": b"any,thing\n1,2\n"}).as_bytes())
    await engine.deliver("mail_stored", blob=f"{MAILING}/1.eml")
    assert not await mailed.exists()
    container = world.services.blobs.service.get_container_client(LANDING)
    (landed,) = [blob.name async for blob in container.list_blobs(name_starts_with=f"{MAILING}/")]
    upload = await world.services.ingests.find_upload(world.scope(MAILING), landed.split("/")[1])
    assert upload is not None
    assert (upload.way, upload.blob) == (Way.MAIL, landed)
