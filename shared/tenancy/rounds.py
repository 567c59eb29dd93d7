"""Rounds of a timer over many tenants: a fault at one of them does not keep the others waiting."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from shared.kernel.faults import Faults
from shared.kernel.log_context import logged_as
from shared.kernel.stamp import Owner

_log = logging.getLogger(__name__)


async def go_round[O: Owner](owners: AsyncIterator[O], work: Callable[[O], Awaitable[object]]) -> None:
    """Do `work` for each owner in turn; every fault is logged, and all are raised together at the end."""
    faults = Faults()
    async for owner in owners:
        with (
            logged_as(tenant=owner.tenant_id, correlation_id=owner.correlation_id),
            faults.kept(lambda: _log.exception("a round goes on without this tenant")),
        ):
            await work(owner)
    faults.raise_together("some tenants were left out of a round")
