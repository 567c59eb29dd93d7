"""Reads plans and remembers the last: all chunks of an ingest are worked by one plan, which never changes."""

from typing import Final

from shared.ingestion.model import Plan
from shared.ingestion.ports import Ingests
from shared.kernel.bounded import Bounded
from shared.kernel.scope import TenantScope

_MOST: Final = 4
"""Plans remembered, of a few hundred kilobytes at most."""


class KnownPlans:
    """The plans that a worker came by last. What is found is found by tenant and ingest."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests
        self._known = Bounded[tuple[str, str], Plan](_MOST)

    async def plan(self, scope: TenantScope, ingest_id: str) -> Plan:
        """Return the plan of an ingest; `NotFound` while there is none."""
        place = (scope.tenant_id, ingest_id)
        plan = self._known.get(place)
        if plan is None:
            plan = await self._ingests.plan(scope, ingest_id)
            self._known.put(place, plan)
        return plan
