"""A plan is read once, and is its tenant's alone."""

import pytest

from shared.ingestion.model import Plan
from shared.ingestion.reading.known_plans import KnownPlans
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.ingestion import MemoryIngests
from tests.fixtures.messaging import tenant_scope


class _CountedIngests(MemoryIngests):
    def __init__(self, plans: dict[tuple[str, str], Plan]) -> None:
        super().__init__()
        self.plans = plans
        self.asked: list[tuple[str, str]] = []

    async def plan(self, scope: TenantScope, ingest_id: str) -> Plan:
        self.asked.append((scope.tenant_id, ingest_id))
        try:
            return self.plans[scope.tenant_id, ingest_id]
        except KeyError:
            raise NotFound from None


async def test_a_plan_is_asked_for_once_and_found_by_tenant_and_ingest() -> None:
    ours, theirs = tenant_scope("ours"), tenant_scope("theirs")
    plan, other = Plan("i", (), ()), Plan("i", (), ())
    ingests = _CountedIngests({("ours", "i"): plan, ("theirs", "i"): other})
    known = KnownPlans(ingests)

    found = [await known.plan(scope, "i") for scope in (ours, theirs, ours, theirs)]

    assert [id(one) for one in found] == [id(plan), id(other), id(plan), id(other)]
    assert ingests.asked == [("ours", "i"), ("theirs", "i")]


async def test_only_the_last_plans_are_remembered() -> None:
    scope = tenant_scope("ours")
    names = [str(n) for n in range(20)]
    ingests = _CountedIngests({("ours", name): Plan(name, (), ()) for name in names})
    known = KnownPlans(ingests)

    for name in [*names, names[-1], names[0]]:
        assert (await known.plan(scope, name)).ingest_id == name

    assert ingests.asked == [("ours", name) for name in [*names, names[0]]]


async def test_a_plan_that_is_not_there_yet_is_asked_for_again() -> None:
    scope, ingests = tenant_scope("ours"), _CountedIngests({})
    known = KnownPlans(ingests)
    with pytest.raises(NotFound):
        await known.plan(scope, "i")

    ingests.plans["ours", "i"] = Plan("i", (), ())

    assert (await known.plan(scope, "i")).ingest_id == "i"
