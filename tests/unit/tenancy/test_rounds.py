"""A round over tenants reaches all of them."""

from collections.abc import AsyncIterator

import pytest

from shared.kernel.errors import Unavailable
from shared.kernel.log_context import log_context
from shared.kernel.scope import TenantScope
from shared.tenancy.rounds import go_round
from tests.fixtures.facts import scope_of


async def tenants() -> AsyncIterator[TenantScope]:
    for name in ("harbor", "lagoon", "valley"):
        yield scope_of(name)


async def test_a_fault_at_one_tenant_keeps_no_other_waiting_and_is_raised_in_the_end() -> None:
    seen = []

    async def work(scope: TenantScope) -> None:
        seen.append((scope.tenant_id, log_context().tenant))
        if scope.tenant_id != "valley":
            raise Unavailable(scope.tenant_id)

    with pytest.raises(ExceptionGroup) as failed:
        await go_round(tenants(), work)

    assert seen == [(name, name) for name in ("harbor", "lagoon", "valley")]
    assert [str(fault) for fault in failed.value.exceptions] == ["harbor", "lagoon"]


async def test_a_round_without_a_fault_is_quiet() -> None:
    seen = []

    async def work(scope: TenantScope) -> None:
        seen.append(scope.tenant_id)

    await go_round(tenants(), work)
    assert seen == ["harbor", "lagoon", "valley"]
