"""The relay sends what outboxes hold, whatever crashes, and always under the same message ids."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.audit.service import Audit
from shared.kernel.errors import Unavailable
from shared.kernel.events import Json
from shared.messaging.envelope import open_envelope
from shared.messaging.outbox import outbox_document
from shared.messaging.ports import OutboxEntry
from shared.messaging.relay import Relay
from tests.fixtures.audit import MemoryAudit
from tests.fixtures.crash_points import Power, at_every_crash_point
from tests.fixtures.messaging import (
    RING,
    STAMP,
    FixedClock,
    Homes,
    MemoryBus,
    MemoryOutbox,
    MemoryQuarantine,
    an_event,
    ring,
)


def relay_of(
    outbox: MemoryOutbox,
    bus: MemoryBus,
    quarantine: MemoryQuarantine | None = None,
    audited: MemoryAudit | None = None,
    homes: Homes | None = None,
) -> Relay:
    return Relay(
        stamp=STAMP,
        keys=ring,
        sender=bus,
        outbox=outbox,
        quarantine=quarantine or MemoryQuarantine(),
        audit=Audit(audited or MemoryAudit(), ring, FixedClock()),
        residency=homes or Homes(),
        clock=FixedClock(),
    )


async def test_outbox_documents_among_the_changed_are_sent_sealed_and_deleted() -> None:
    outbox, bus, event = MemoryOutbox(), MemoryBus(), an_event(ingestId="i1")
    later = datetime(2026, 11, 20, 9, tzinfo=UTC)
    outbox.add(outbox_document(event, "commits", "harbor:results", later))
    changed: list[dict[str, Json]] = [{"kind": "ingest", "id": "ingest"}, *outbox.documents.values()]
    assert await relay_of(outbox, bus).relay(changed) == 1
    (message,) = bus.sent
    assert (message.destination, message.session_id, message.not_before) == (
        "commits",
        "harbor:results",
        later,
    )
    assert message.message_id == event.id
    assert open_envelope(message.body, STAMP, RING)[1] == event
    assert outbox.documents == {}


async def test_nothing_is_deleted_when_the_bus_is_away() -> None:
    outbox, bus = MemoryOutbox(), MemoryBus(fault=Unavailable())
    outbox.add(outbox_document(an_event(), "folds"))
    with pytest.raises(Unavailable):
        await relay_of(outbox, bus).relay(list(outbox.documents.values()))
    assert len(outbox.documents) == 1


async def test_a_store_that_is_away_is_told_as_such_whatever_else_is_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outbox, bus = MemoryOutbox(), MemoryBus()
    for n in range(3):
        outbox.add(outbox_document(an_event(ingestId=f"i{n}"), "commits"))

    async def away(_outbox: MemoryOutbox, _entry: OutboxEntry) -> None:
        raise Unavailable("the store is away")

    monkeypatch.setattr(MemoryOutbox, "delete", away)
    with pytest.raises(Unavailable):
        await relay_of(outbox, bus).relay(list(outbox.documents.values()))
    assert len(bus.sent) == len(outbox.documents)


async def test_what_was_left_over_for_a_minute_is_sent() -> None:
    outbox, bus = MemoryOutbox(), MemoryBus()
    events = [an_event() for _ in range(250)]
    for event in events:
        outbox.add(outbox_document(event, "folds"))
    assert await relay_of(outbox, bus).resend_leftovers() == 250
    assert outbox.asked_before == FixedClock().now() - timedelta(minutes=1)
    assert {message.message_id for message in bus.sent} == {event.id for event in events}
    assert outbox.documents == {}


async def test_a_crash_anywhere_sends_again_under_the_same_ids_and_loses_nothing() -> None:
    async def scenario(power: Power) -> None:
        outbox, bus = MemoryOutbox(power), MemoryBus(power)
        events = [an_event() for _ in range(3)]
        for event in events:
            outbox.add(outbox_document(event, "folds"))
        try:
            await relay_of(outbox, bus).relay(list(outbox.documents.values()))
        except BaseException:  # noqa: BLE001 - the cut comes alone or, from the deletions, in a group
            await relay_of(outbox, bus).resend_leftovers()
        assert {message.message_id for message in bus.sent} == {event.id for event in events}
        assert outbox.documents == {}

    assert await at_every_crash_point(scenario) == 7


@pytest.mark.parametrize("spoiled", [{"event": None}, {"destination": None}, {"notBefore": "soon"}])
async def test_a_document_that_can_never_be_sent_is_quarantined_and_blocks_nothing(
    spoiled: dict[str, object],
) -> None:
    outbox, bus, quarantine = MemoryOutbox(), MemoryBus(), MemoryQuarantine()
    outbox.add({**outbox_document(an_event(), "folds"), **spoiled})  # type: ignore[dict-item]  # spoiled on purpose
    good = an_event()
    outbox.add(outbox_document(good, "folds"))
    await relay_of(outbox, bus, quarantine).relay(list(outbox.documents.values()))
    assert [message.message_id for message in bus.sent] == [good.id]
    ((owner, queue, _), record) = next(iter(quarantine.held.items()))
    assert (owner, queue, record.reason) == ("harbor", "outbox", "invalid-input")
    assert outbox.documents == {}


async def test_an_event_of_another_tenant_never_leaves_an_outbox() -> None:
    outbox, bus, quarantine, audited = MemoryOutbox(), MemoryBus(), MemoryQuarantine(), MemoryAudit()
    outbox.add(outbox_document(an_event("valley"), "folds"), tenant="harbor")
    relay = relay_of(outbox, bus, quarantine, audited)
    await relay.relay(list(outbox.documents.values()))
    assert bus.sent == []
    assert len(quarantine.held) == 1
    assert [owner for owner, _ in audited.stored] == ["harbor"]
    await relay.audit.close()


async def test_an_outbox_document_of_a_tenant_that_has_moved_away_is_not_sent_nor_kept() -> None:
    outbox, bus, quarantine, audited = MemoryOutbox(), MemoryBus(), MemoryQuarantine(), MemoryAudit()
    outbox.add(outbox_document(an_event(), "folds"))
    relay = relay_of(outbox, bus, quarantine, audited, Homes({"harbor"}))
    await relay.relay(list(outbox.documents.values()))
    ((owner, _, _), record) = next(iter(quarantine.held.items()))
    assert (bus.sent, outbox.documents) == ([], {})
    assert (owner, record.reason, record.body) == ("_stamp", "foreign-stamp", None)
    assert [owner for owner, _ in audited.stored] == ["_stamp"]
    await relay.audit.close()
