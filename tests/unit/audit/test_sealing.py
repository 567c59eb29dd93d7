"""Seals: no segment, chain or seal can vanish once it was sealed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from shared.audit import verify as verifying
from shared.audit.ports import StoredSegment
from shared.audit.sealer import Sealer
from shared.audit.sealing import Head, Seal, build_seal
from shared.audit.service import Audit
from shared.audit.verify import Verdict, verify
from shared.kernel.secrets import Keyring
from shared.kernel.stamp import Owner
from tests.fixtures.audit import MemoryAudit
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.messaging import RING, FixedClock, ring, tenant_scope

SCOPE = tenant_scope()


async def write(store: MemoryAudit, count: int) -> None:
    """A process that writes `count` segments and ends."""
    audit = Audit(store, ring, FixedClock())
    for number in range(count):
        await audit.allowed(SCOPE, "a.b", f"x:{number}")
    await audit.close()


def sealer_of(store: MemoryAudit) -> Sealer:
    return Sealer(store, ring, FixedClock())


async def verdict_of(store: MemoryAudit, keys: Keyring = RING) -> Verdict:
    return await verify(store, SCOPE, keys)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next mark is there as soon as another task had its turn."""
    monkeypatch.setattr(verifying, "_PATIENCE_SECONDS", 0)


@pytest.fixture
async def store() -> AsyncIterator[MemoryAudit]:
    """Two writers, two seals, and one segment that is not sealed yet."""
    store = MemoryAudit()
    await write(store, 2)
    assert await sealer_of(store).seal(SCOPE) == 2
    await write(store, 2)
    assert await sealer_of(store).seal(SCOPE) == 2
    await write(store, 1)
    yield store


async def test_an_untouched_audit_verifies(store: MemoryAudit) -> None:
    assert await verdict_of(store) == Verdict(
        "harbor", entries=5, segments=5, unsealed=1, seals=2, fault=None
    )


async def test_sealing_when_nothing_is_new_writes_nothing(store: MemoryAudit) -> None:
    await sealer_of(store).seal(SCOPE)
    assert await sealer_of(store).seal(SCOPE) == 0
    assert len(store.sealed) == 3


async def test_the_last_segment_of_a_chain_cannot_vanish(store: MemoryAudit) -> None:
    last = max(key for key, stored in store.stored.items() if stored.segment.number == 1)
    del store.stored[last]
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == last[1]


async def test_a_whole_chain_cannot_vanish(store: MemoryAudit) -> None:
    writer = store.sealed["harbor", 0].covers[0].segment.split(":")[1]
    gone = [key for key in store.stored if writer in key[1]]
    for key in gone:
        del store.stored[key]
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == min(gone)[1]


@pytest.mark.parametrize("number", [0, 1])
async def test_a_seal_cannot_vanish(store: MemoryAudit, number: int) -> None:
    del store.sealed["harbor", number]
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == f"seal:{number:010d}"


async def test_the_newest_seal_cannot_vanish_even_with_the_head_set_back(store: MemoryAudit) -> None:
    newest = store.sealed.pop(("harbor", 1))
    store.heads["harbor"] = Head(0, newest.previous, "v0")
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == "seal:0000000001"


async def test_a_changed_seal_is_named(store: MemoryAudit) -> None:
    seal = store.sealed["harbor", 1]
    store.sealed["harbor", 1] = replace(seal, covers=seal.covers[:1])
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == seal.id


async def test_a_seal_of_another_line_does_not_fit_in(store: MemoryAudit) -> None:
    segment = next(iter(store.stored.values())).segment
    elsewhere = build_seal("harbor", Head(0, "another line"), "2026-11-20T08:30:00.000Z", [segment], RING)
    store.sealed["harbor", 1] = elsewhere
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.message == "the seal does not continue the one before it"


async def test_a_seal_of_another_owner_does_not_fit_in(store: MemoryAudit) -> None:
    store.sealed["harbor", 0] = build_seal("valley", Head(), "2026-11-20T08:30:00.000Z", [], RING)
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == "seal:0000000000"


async def test_a_head_that_names_another_seal_is_found(store: MemoryAudit) -> None:
    store.heads["harbor"] = replace(store.heads["harbor"], mac="another")
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == "head"


async def test_a_segment_that_claims_a_seal_it_is_not_in_is_named(store: MemoryAudit) -> None:
    key, unsealed = next((k, s) for k, s in store.stored.items() if s.sealed_by is None)
    store.stored[key] = replace(unsealed, sealed_by=0)
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == key[1]


async def test_an_audit_signed_with_another_key_does_not_verify(store: MemoryAudit) -> None:
    assert (await verdict_of(store, Keyring("2", {"2": b"x" * 32}))).fault is not None


async def test_two_sealers_at_once_make_one_line_of_seals(store: MemoryAudit) -> None:
    stale = await store.head(SCOPE)
    await sealer_of(store).seal(SCOPE)
    await write(store, 1)

    class Late(MemoryAudit):
        async def head(self, _owner: object) -> Head:
            return stale

    late = Late(stored=store.stored, sealed=store.sealed, heads=store.heads)
    assert await sealer_of(late).seal(SCOPE) == 0
    assert (await verdict_of(store)).fault is None


async def test_a_sealer_killed_anywhere_is_made_good_by_the_next() -> None:
    async def scenario(power: Power) -> None:
        store = MemoryAudit()
        await write(store, 3)
        store.power = power
        try:
            await sealer_of(store).seal(SCOPE)
        except PowerCut:
            await sealer_of(store).seal(SCOPE)
        verdict = await verdict_of(store)
        assert (verdict.fault, verdict.unsealed, verdict.seals) == (None, 0, 1)

    assert await at_every_crash_point(scenario) == 5


async def test_an_audit_verifies_while_a_sealer_makes_its_marks(store: MemoryAudit) -> None:
    await write(store, 2)
    store.power = Power(cut_at=2)
    with pytest.raises(PowerCut):
        await sealer_of(store).seal(SCOPE)

    class Marking(MemoryAudit):
        async def claimants(self, owner: Owner, number: int) -> Mapping[str, str]:
            claimed = await super().claimants(owner, number)
            for segment in await self.unsealed(owner, int(number == 2)):
                self.stored["harbor", segment.id] = StoredSegment(segment, number)
            return claimed

    verdict = await verdict_of(Marking(stored=store.stored, sealed=store.sealed, heads=store.heads))
    assert (verdict.fault, verdict.seals) == (None, 3)


async def test_a_mark_of_the_newest_seal_cannot_vanish(store: MemoryAudit) -> None:
    key = next(key for key, stored in store.stored.items() if stored.sealed_by == 1)
    store.stored[key] = replace(store.stored[key], sealed_by=None)
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == key[1]


async def test_a_seal_that_is_added_during_a_walk_is_left_to_the_next(store: MemoryAudit) -> None:
    class Busy(MemoryAudit):
        async def seals(self, owner: Owner) -> AsyncIterator[Seal]:
            await sealer_of(store).seal(SCOPE)
            async for seal in super().seals(owner):
                yield seal

    verdict = await verdict_of(Busy(stored=store.stored, sealed=store.sealed, heads=store.heads))
    assert (verdict.fault, verdict.seals, len(store.sealed)) == (None, 2, 3)


async def test_a_head_that_was_set_back_is_found(store: MemoryAudit) -> None:
    await sealer_of(store).seal(SCOPE)
    for key, stored in store.stored.items():
        store.stored[key] = replace(stored, sealed_by=None if stored.sealed_by == 2 else stored.sealed_by)
    store.heads["harbor"] = Head(1, store.sealed["harbor", 1].mac, "v1")
    fault = (await verdict_of(store)).fault
    assert fault is not None
    assert fault.place == "head"
