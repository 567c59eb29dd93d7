"""The matrix over the functions that no request starts: messages, blobs, the change feed, timers.

They have no caller to answer: what is not to be believed changes nothing, is put aside, and is audited.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ingestion.model import Ingest, IngestState, Upload
from shared.ingestion.ways.uploads import landing_blob
from shared.kernel.ids import new_id
from shared.kernel.stamp import Owner
from shared.messaging.consumer import ATTEMPTS_EXHAUSTED
from shared.messaging.envelope import Refusal, seal
from shared.messaging.outbox import outbox_document
from shared.messaging.quarantine import Quarantined
from shared.messaging.retry import RetrySchedule
from shared.platform.blob.drops import DROPS
from shared.platform.blob.grants import LANDING
from shared.platform.blob.mailbox import MAIL
from shared.platform.cosmos.scoped import ScopedContainer
from shared.tenancy.ways import SenderRule
from tests.fixtures.letters import a_letter
from tests.fixtures.messaging import FixedClock
from tests.isolation.engine import AppEngine
from tests.isolation.envelopes import EVENTS, FAULTS, event_for
from tests.isolation.world import Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

BLOBS = {"upload_landed", "mail_stored"}
FEEDS = {"relay_ingests"}
TIMERS = {
    "resend_outbox",
    "catch_up_landing",
    "sweep_ingests",
    "seal_audit",
    "watch_drops",
    "sweep_mail",
    "compact_lakes",
    "keep_lakes",
}
NAME = "grades.csv"

type Snapshot = tuple[object, ...]


def test_every_function_without_a_caller_has_a_row(engine: AppEngine) -> None:
    triggers = {
        "serviceBusTrigger": EVENTS.keys(),
        "blobTrigger": BLOBS,
        "cosmosDBTrigger": FEEDS,
        "timerTrigger": TIMERS,
    }
    indexed = {(it.trigger, it.name) for it in engine.functions.values() if it.trigger != "httpTrigger"}
    assert indexed == {(trigger, name) for trigger, names in triggers.items() for name in names}


@pytest.fixture
def ingests(world: World) -> ScopedContainer:
    return world.services.scoped("ingests", "ingestId")


async def of(world: World, held: Holdings) -> Snapshot:
    """Return the state of all that a district has: any change of it shows."""
    scope, services = world.scope(held.tenant), world.services
    found = await services.ingests.get(scope, held.ingest)
    heads = await services.rollups.heads(scope)
    return found.value, found.etag, *(heads[shard] for shard in sorted(heads))


async def quarantined(world: World, owner: Owner, queue: str, body: bytes) -> Quarantined:
    return await world.services.quarantine.read(owner, queue, hashlib.sha256(body).hexdigest())


async def refusals(world: World, owner: Owner) -> set[tuple[str, str]]:
    entries = await world.audited(owner)
    return {(it["action"], it["reason"]) for it in entries if it["outcome"] == "refused"}


def queue_of(engine: AppEngine, function: str) -> str:
    return str(engine.functions[function].options["queueName"])


@pytest.mark.parametrize("function", EVENTS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_message_that_is_not_to_be_believed_is_put_aside_and_audited(
    world: World, engine: AppEngine, north: Holdings, south: Holdings, abroad: str, function: str, fault: str
) -> None:
    forge, reason = FAULTS[fault]
    keys = await world.services.keys("envelope")()
    event = event_for(function, north.tenant, north.ingest)
    body = forge(event, world.stamp.stamp, keys)
    before = await of(world, north), await of(world, south)
    await engine.deliver(function, body=body.decode(), message_id=event.id)
    record = await quarantined(world, world.stamp, queue_of(engine, function), body)
    assert record.reason == reason
    assert (record.body is None) == (reason is Refusal.FOREIGN_STAMP)
    assert ("message.open", reason) in await refusals(world, world.stamp)
    assert (await of(world, north), await of(world, south)) == before


@pytest.mark.parametrize("function", EVENTS)
async def test_a_message_of_one_tenant_does_not_reach_an_object_of_another(
    world: World, engine: AppEngine, north: Holdings, south: Holdings, function: str
) -> None:
    keys = await world.services.keys("envelope")()
    event = event_for(function, south.tenant, north.ingest)
    body = seal(event, world.stamp.stamp, keys)
    before = await of(world, north), await of(world, south)
    # Some steps wait a while for an object that a message names: this is the last delivery of theirs.
    await engine.deliver(function, body=body.decode(), message_id=f"{event.id}:{RetrySchedule().attempts}")
    record = await quarantined(world, world.scope(south.tenant), queue_of(engine, function), body)
    assert (record.event_id, record.reason in {"not-found", ATTEMPTS_EXHAUSTED}) == (event.id, True)
    assert (f"message.{event.type}", record.reason) in await refusals(world, world.scope(south.tenant))
    assert (await of(world, north), await of(world, south)) == before


async def an_upload(world: World, tenant: str) -> Upload:
    """Record an upload of a tenant, as if it had been granted while the tenant was served here."""
    upload_id, now = new_id(), datetime.now(UTC)
    upload = Upload(
        id=upload_id,
        file_name=NAME,
        blob=landing_blob(tenant, upload_id, NAME),
        size=None,
        size_limit=1000,
        feed_hint=None,
        created_at=now,
        created_by="person:p-1",
        expires_at=now + timedelta(hours=1),
    )
    await world.services.ingests.add_upload(world.scope(tenant), upload)
    return upload


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        ("without an upload record", "no-upload-record"),
        ("under another tenant", "no-upload-record"),
        ("under another name", "no-upload-record"),
        ("under no tenant", "no-upload-record"),
        ("of a tenant abroad", "wrong-stamp"),
    ],
)
async def test_a_blob_that_no_upload_record_of_its_tenant_names_stays_unread_and_is_audited(
    world: World, engine: AppEngine, north: Holdings, south: Holdings, abroad: str, attempt: str, reason: str
) -> None:
    (upload, moved) = await an_upload(world, north.tenant), await an_upload(world, abroad)
    tenant, path = {
        "without an upload record": (north.tenant, landing_blob(north.tenant, new_id(), NAME)),
        "under another tenant": (south.tenant, landing_blob(south.tenant, upload.id, NAME)),
        "under another name": (north.tenant, landing_blob(north.tenant, upload.id, "other.csv")),
        "under no tenant": (north.tenant, landing_blob("NORTH", upload.id, NAME)),
        "of a tenant abroad": (abroad, moved.blob),
    }[attempt]
    await world.services.blobs.service.get_blob_client(LANDING, path).upload_blob(b"a,b\n1,2\n")
    await engine.deliver("upload_landed", blob=path)
    assert await world.services.ingests.find(world.scope(tenant), path.split("/")[1]) is None
    assert ("blob.land", reason) in await refusals(world, world.stamp)


@pytest.mark.parametrize("folder", ["abroad", "iso-nobody", "NORTH", "_stamp"])
async def test_a_drop_in_a_folder_that_is_no_tenants_here_stays_unread_and_is_audited(
    world: World, engine: AppEngine, abroad: str, folder: str
) -> None:
    name = f"{abroad if folder == 'abroad' else folder}/{NAME}"
    drop = world.services.blobs.service.get_blob_client(DROPS, name)
    await drop.upload_blob(b"a,b\n1,2\n", overwrite=True)
    await engine.deliver("watch_drops")
    assert ("drop.take", "no-tenant") in await refusals(world, world.stamp)
    assert (await drop.get_blob_properties()).metadata == {}


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        ("by a stranger", "unknown-sender"),
        ("by another tenant's sender", "unknown-sender"),
        ("to a tenant abroad", "no-tenant"),
        ("to nobody", "no-tenant"),
    ],
)
async def test_a_mail_that_no_rule_of_its_tenant_lets_in_stays_unread_and_is_audited(
    world: World, engine: AppEngine, north: Holdings, south: Holdings, abroad: str, attempt: str, reason: str
) -> None:
    rule = SenderRule(sender="nightly@sis.example", proven=False)
    await world.services.tenancy.set_ways(world.scope(north.tenant), lambda ways: ways.with_sender(rule))
    tenant, sender = {
        "by a stranger": (north.tenant, "x@evil.example"),
        "by another tenant's sender": (south.tenant, rule.sender),
        "to a tenant abroad": (abroad, rule.sender),
        "to nobody": ("iso-nobody", rule.sender),
    }[attempt]
    path = f"{tenant}/{new_id()}.eml"
    mailed = world.services.blobs.service.get_blob_client(MAIL, path)
    await mailed.upload_blob(a_letter({NAME: b"a,b\n1,2\n"}, sender=sender).as_bytes())
    before = await of(world, north), await of(world, south)
    await engine.deliver("mail_stored", blob=path)
    assert ("mail.take", reason) in await refusals(world, world.stamp)
    held = {it.message_id: it.reason async for it in world.services.quarantine.records(world.stamp, MAIL)}
    assert held[path] == reason
    assert (await of(world, north), await of(world, south)) == before
    assert await mailed.exists()


async def outbox_of(world: World, ingests: ScopedContainer, tenant: str, level: str, about: str) -> Any:  # noqa: ANN401 - a document
    """Write an outbox document of one tenant with an event of another."""
    event = event_for("fold_rollups", about, level)
    document = outbox_document(event, "folds", about)
    stored = await ingests.create(world.scope(tenant), document, level)
    return stored.document


async def test_an_outbox_sends_nothing_in_the_name_of_another_tenant(
    world: World, engine: AppEngine, ingests: ScopedContainer, north: Holdings, south: Holdings
) -> None:
    document = await outbox_of(world, ingests, north.tenant, north.ingest, about=south.tenant)
    await engine.deliver("relay_ingests", documents=[document])
    records = [it async for it in world.services.quarantine.records(world.scope(north.tenant), "outbox")]
    assert [record.reason for record in records] == ["invalid-input"] * len(records)
    assert records
    assert ("outbox.relay", "invalid-input") in await refusals(world, world.scope(north.tenant))


async def test_an_outbox_of_a_tenant_abroad_is_not_sent(
    world: World, engine: AppEngine, ingests: ScopedContainer, abroad: str
) -> None:
    document = await outbox_of(world, ingests, abroad, new_id(), about=abroad)
    await engine.deliver("relay_ingests", documents=[document])
    records = [it async for it in world.services.quarantine.records(world.stamp, "outbox")]
    assert {(record.reason, record.body) for record in records} == {("foreign-stamp", None)}
    assert ("outbox.relay", "foreign-stamp") in await refusals(world, world.stamp)


async def test_leftovers_of_a_tenant_abroad_are_not_sent(
    world: World, ingests: ScopedContainer, abroad: str
) -> None:
    before = {it.digest async for it in world.services.quarantine.records(world.stamp, "outbox")}
    document = await outbox_of(world, ingests, abroad, new_id(), about=abroad)
    # The store's own clock tells the age of a document, so the timer's function is run as of a later time.
    later = FixedClock(datetime.now(UTC) + timedelta(minutes=2))
    await replace(world.services.relay, clock=later).resend_leftovers()
    assert await ingests.find(world.scope(abroad), str(document["id"]), str(document["ingestId"])) is None
    # The cloud's own relay may have come first; its refusal is then one of those that are counted together.
    held = {it.digest: it async for it in world.services.quarantine.records(world.stamp, "outbox")}
    assert {(record.reason, record.body) for record in held.values()} == {("foreign-stamp", None)}
    assert held.keys() > before
    assert ("outbox.relay", "foreign-stamp") in await refusals(world, world.stamp)


async def stuck_ingest(world: World, tenant: str) -> str:
    """Make an ingest of a tenant that has stood still for an hour."""
    upload = await an_upload(world, tenant)
    landed_at = datetime.now(UTC) - timedelta(hours=1)
    ingest = Ingest(
        id=upload.id,
        state=IngestState.LANDED,
        file_name=NAME,
        blob=upload.blob,
        etag="0x1",
        size=8,
        reached={IngestState.LANDED: landed_at},
    )
    await world.services.ingests.add(world.scope(tenant), ingest, [])
    return upload.id


async def test_timers_walk_over_the_tenants_of_this_stamp_only(
    world: World, engine: AppEngine, north: Holdings, abroad: str
) -> None:
    stuck = {tenant: await stuck_ingest(world, tenant) for tenant in (north.tenant, abroad)}
    for tenant in stuck:
        await world.services.audit.allowed(world.scope(tenant), "test.act", "test:1")
    for timer in sorted(TIMERS):
        await engine.deliver(timer)
    progress = {
        tenant: (await world.services.ingests.get(world.scope(tenant), ingest)).value.progress.at
        for tenant, ingest in stuck.items()
    }
    assert progress[north.tenant] is not None
    assert progress[abroad] is None
    heads = {tenant: (await world.services.audit_store.head(world.scope(tenant))).number for tenant in stuck}
    assert heads[north.tenant] >= 0
    assert heads[abroad] == -1
