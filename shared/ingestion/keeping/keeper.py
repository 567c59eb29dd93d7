"""Keeps what a tenant has: finishes what was cut off, removes what is over, vacuums, lets files expire."""

from dataclasses import dataclass

from shared.ingestion.keeping.horizons import Horizons
from shared.ingestion.keeping.landed import LandedFiles
from shared.ingestion.keeping.ports import KeptIngests
from shared.ingestion.keeping.removing import Removed, Remover
from shared.ingestion.keeping.vacuuming import Vacuum
from shared.ingestion.mapping.catalogue import Catalogue
from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round did."""

    removed: Removed
    blobs: int
    landed: int
    """Landed files that went, with what was noted of their ingests."""
    unsent: int
    """Uploads that nobody ever sent."""


class Keeper:
    """Does one round for one tenant; a round that is cut off anywhere is made up for by the next."""

    def __init__(  # noqa: PLR0913, PLR0917 - the one place where keeping is put together
        self,
        ingests: KeptIngests,
        remover: Remover,
        vacuum: Vacuum,
        landed: LandedFiles,
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        self._ingests = ingests
        self._remover = remover
        self._vacuum = vacuum
        self._landed = landed
        self._catalogue = catalogue
        self._clock = clock

    async def keep(self, scope: TenantScope) -> Kept:
        """Remove rows whose time is over; delete blobs that nobody reads, then files nobody can replay."""
        await self._remover.finish(scope)
        horizons = Horizons(self._clock.now(), self._catalogue, await self._ingests.open(scope))
        removed = await self._remover.remove(scope, horizons)
        vacuumed = await self._vacuum.vacuum(scope, horizons)
        expired = await self._landed.expire(scope, horizons)
        return Kept(removed, vacuumed, expired, await self._landed.forget_unsent(scope, horizons))
