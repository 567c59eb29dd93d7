"""The quarantine in Cosmos, for tenants and for the stamp."""

from dataclasses import replace

import pytest

from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from shared.messaging.envelope import seal
from shared.messaging.messages import ReceivedMessage
from shared.messaging.quarantine import Quarantined, State, unverified, verified
from shared.platform.cosmos.quarantine import CosmosQuarantine
from tests.contract.platform.conftest import Open
from tests.fixtures.messaging import RING, STAMP, FixedClock, an_event

NOW = FixedClock().now()


@pytest.fixture
async def store(opened: Open) -> CosmosQuarantine:
    return CosmosQuarantine(await opened("quarantine", "queue"))


def held(scope: TenantScope, queue: str = "folds") -> Quarantined:
    event = an_event(scope.tenant_id)
    raw = ReceivedMessage(queue, f"{event.id}:r1:2", seal(event, STAMP, RING), "session-1")
    return verified(raw, event, "invalid-input", NOW)


async def test_a_record_is_read_back_as_it_was_put(store: CosmosQuarantine, scope: TenantScope) -> None:
    record = held(scope)
    await store.put(scope, record)
    stored = await store.read(scope, "folds", record.digest)
    assert stored == record
    assert (stored.attempts, stored.replays) == (3, 1)
    assert stored.version


async def test_records_are_one_tenants_and_one_queues(
    store: CosmosQuarantine, scope: TenantScope, other: TenantScope
) -> None:
    for record in (held(scope, "folds"), held(scope, "commits")):
        await store.put(scope, record)
    assert [record.queue async for record in store.records(scope, "commits")] == ["commits"]
    assert len([record async for record in store.records(scope, None)]) == 2
    assert [record async for record in store.records(other, None)] == []
    with pytest.raises(NotFound):
        await store.read(other, "folds", held(scope).digest)


async def test_a_message_that_comes_again_has_one_record(store: CosmosQuarantine, scope: TenantScope) -> None:
    record = held(scope)
    await store.put(scope, record)
    await store.put(scope, replace(record, reason="conflict"))
    assert [r.reason async for r in store.records(scope, None)] == ["conflict"]


async def test_a_replay_is_marked(store: CosmosQuarantine, scope: TenantScope) -> None:
    record = held(scope)
    await store.put(scope, record)
    await store.mark_replayed(scope, (await store.read(scope, "folds", record.digest)).replayed())
    stored = await store.read(scope, "folds", record.digest)
    assert (stored.state, stored.replays) == (State.REPLAYED, 2)


async def test_a_message_that_came_back_meanwhile_stays_held(
    store: CosmosQuarantine, scope: TenantScope
) -> None:
    record = held(scope)
    await store.put(scope, record)
    read = await store.read(scope, "folds", record.digest)
    await store.put(scope, replace(record, reason="conflict"))
    await store.mark_replayed(scope, read.replayed())
    assert (await store.read(scope, "folds", record.digest)).state is State.HELD


async def test_what_belongs_to_no_tenant_is_kept_for_the_stamp(store: CosmosQuarantine) -> None:
    owner = StampScope(STAMP, "system:test", "c")
    raw = ReceivedMessage("folds", "x", b"\xff\x00 no text")
    await store.put(owner, unverified(raw, "malformed-envelope", NOW, keep_body=True))
    stored = await store.read(owner, "folds", raw.digest)
    assert stored.body == raw.body
    await store.put(owner, unverified(raw, "foreign-stamp", NOW, keep_body=False))
    assert (await store.read(owner, "folds", raw.digest)).body is None
