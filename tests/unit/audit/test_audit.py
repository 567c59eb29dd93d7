"""The audit service: durable before the answer, floods counted, nothing personal, nothing lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from shared.audit.model import reference
from shared.audit.service import Audit
from shared.audit.verify import verify
from shared.kernel.errors import TenantBreach, Unavailable
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from tests.fixtures.audit import MemoryAudit
from tests.fixtures.messaging import RING, STAMP, FixedClock, ring, tenant_scope

SCOPE = tenant_scope()


@dataclass(slots=True)
class Bench:
    store: MemoryAudit = field(default_factory=MemoryAudit)
    clock: FixedClock = field(default_factory=FixedClock)
    audit: Audit = field(init=False)

    def __post_init__(self) -> None:
        self.audit = Audit(self.store, ring, self.clock)

    def entries(self, owner: str = "harbor") -> list[dict[str, Json]]:
        return [
            entry
            for (tenant, _), stored in sorted(self.store.stored.items(), key=lambda item: item[0])
            for entry in stored.segment.entries
            if tenant == owner
        ]

    async def refuse(self, times: int = 1, reason: str = "forbidden") -> None:
        for _ in range(times):
            await self.audit.refused(SCOPE, "upload.create", "upload:1", reason)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    bench.store.fault = None
    await bench.audit.close()


async def test_what_was_allowed_is_durable_when_the_call_returns(bench: Bench) -> None:
    await bench.audit.allowed(SCOPE, "upload.create", "upload:1")
    assert bench.entries() == [
        {
            "at": "2026-11-20T08:30:00.000Z",
            "actor": "person:1",
            "action": "upload.create",
            "object": "upload:1",
            "outcome": "allowed",
            "reason": "",
            "correlation_id": "correlation-1",
            "count": 1,
            "since": None,
        }
    ]


async def test_what_was_allowed_is_not_done_without_its_entry(bench: Bench) -> None:
    bench.store.fault = Unavailable()
    with pytest.raises(Unavailable):
        await bench.audit.allowed(SCOPE, "upload.create", "upload:1")


async def test_a_flood_of_refusals_costs_two_writes(bench: Bench) -> None:
    await bench.refuse(times=1_000)
    assert len(bench.entries()) == 1
    bench.clock.advance(timedelta(seconds=60))
    await bench.audit.flush()
    first, counted = bench.entries()
    assert (first["count"], counted["count"]) == (1, 999)
    assert counted["since"] == first["at"]
    assert len(bench.store.stored) == 2


async def test_refusals_of_different_kinds_are_not_counted_together(bench: Bench) -> None:
    await bench.refuse(reason="forbidden")
    await bench.refuse(reason="not-found")
    await bench.audit.refused(tenant_scope("valley"), "upload.create", "upload:1", "forbidden")
    assert [entry["reason"] for entry in bench.entries()] == ["forbidden", "not-found"]
    assert len(bench.entries("valley")) == 1


async def test_counts_are_written_when_the_process_ends(bench: Bench) -> None:
    await bench.refuse(times=5)
    await bench.audit.close()
    assert [entry["count"] for entry in bench.entries()] == [1, 4]


async def test_the_kinds_that_are_counted_at_once_are_bounded(bench: Bench) -> None:
    for number in range(2_100):
        scope = TenantScope.authenticated("harbor", STAMP, f"person:{number}", "c")
        await bench.audit.refused(scope, "upload.create", "upload:1", "forbidden")
        await bench.audit.refused(scope, "upload.create", "upload:1", "forbidden")
    await bench.audit.flush()
    assert sum(int(str(entry["count"])) for entry in bench.entries()) == 2_100 + 100


async def test_a_refusal_stands_while_the_store_is_away_and_is_written_later(bench: Bench) -> None:
    bench.store.fault = Unavailable()
    await bench.refuse()
    assert bench.entries() == []
    bench.store.fault = None
    await bench.audit.flush()
    assert [entry["reason"] for entry in bench.entries()] == ["forbidden"]


@pytest.mark.parametrize("lose_answers", [False, True])
async def test_after_a_fault_the_chain_goes_on_whole(bench: Bench, *, lose_answers: bool) -> None:
    await bench.audit.allowed(SCOPE, "a.one", "x:1")
    bench.store.fault, bench.store.lose_answers = Unavailable(), lose_answers
    for action in ("a.two", "a.three"):
        with pytest.raises(Unavailable):
            await bench.audit.allowed(SCOPE, action, "x:1")
    bench.store.fault = None
    await bench.audit.allowed(SCOPE, "a.four", "x:1")
    assert [entry["action"] for entry in bench.entries()] == ["a.one", "a.two", "a.three", "a.four"]
    assert (await verify(bench.store, SCOPE, RING)).fault is None


async def test_entries_that_arrive_together_share_writes_and_keep_their_order(bench: Bench) -> None:
    await asyncio.gather(*(bench.audit.allowed(SCOPE, "a.b", f"x:{n}") for n in range(500)))
    assert [entry["object"] for entry in bench.entries()] == [f"x:{n}" for n in range(500)]
    assert len(bench.store.stored) <= 4
    assert (await verify(bench.store, SCOPE, RING)).fault is None


async def test_each_process_writes_a_chain_of_its_own(bench: Bench) -> None:
    other = Audit(bench.store, ring, bench.clock)
    await bench.audit.allowed(SCOPE, "a.b", "x:1")
    await other.allowed(SCOPE, "a.b", "x:2")
    assert {segment.number for segment in (s.segment for s in bench.store.stored.values())} == {0}
    assert (await verify(bench.store, SCOPE, RING)).segments == 2


async def test_a_breach_is_audited_for_the_tenant_that_should_have_been(bench: Bench) -> None:
    await bench.audit.breached(SCOPE, TenantBreach("harbor", "ingests"))
    (entry,) = bench.entries()
    assert (entry["object"], entry["reason"]) == ("container:ingests", "tenant-breach")


async def test_what_no_tenant_owns_is_kept_for_the_stamp(bench: Bench) -> None:
    await bench.audit.refused(
        StampScope(STAMP, "client:unknown", "c"), "token.verify", "route:x", "unauthenticated"
    )
    assert len(bench.entries("_stamp")) == 1


@pytest.mark.parametrize(
    "text", ["ann.lee@school.example", "Ann Lee", "upload:Zoë", "x" * 201, "", "a\nb", "\ud800"]
)
def test_whatever_may_be_personal_is_kept_as_a_digest(text: str) -> None:
    assert reference(text).startswith("~")
    assert len(reference(text)) == 33
    assert reference(text) == reference(text)


@pytest.mark.parametrize("text", ["person:0190a3-1", "route:/uploads/{uploadId}", "container:ingests"])
def test_an_identifier_is_kept_as_it_is(text: str) -> None:
    assert reference(text) == text
