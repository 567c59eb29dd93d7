"""How long things are kept: what removes rows and blobs, and tells whoever has read them."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.analytics import Analytics
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    from shared.ingestion.keeping.keeper import Keeper


class RollupReaders:
    """Implements `Readers` with what folds and links."""

    def __init__(self, services: Analytics) -> None:
        self._services = services

    async def refold(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], table_version: int
    ) -> None:
        """Compute anew the rollups that are made of a table, of the groups that files hold rows of."""
        match table:
            case TableName.RESULTS:
                await self._services.roster_folder.refold(scope, paths, table_version)
                await self._services.folder.refold(scope, paths, table_version)
            case TableName.ITEM_RESPONSE:
                await self._services.item_folder.refold(scope, paths, table_version)
            case _:
                return

    async def relink(self, scope: TenantScope) -> None:
        """Link people anew. Facts are folded under people of the roster: new links move all of theirs.

        Rosters follow whoever is called otherwise now.
        """
        links = await self._services.linker.link(scope)
        if not links.folded:
            await self._services.folds.rebuild(scope)
            await self._services.linker.note_folded(scope, links)
        await self._services.roster_folder.follow(scope)


class Keeping(Analytics):
    """What keeps lakes tidy."""

    @cached_property
    def readers(self) -> RollupReaders:
        """Whoever has derived something from rows."""
        return RollupReaders(self)

    @cached_property
    def keeper(self) -> "Keeper":
        """Removes what was kept long enough."""
        from shared.ingestion.keeping.keeper import Keeper  # noqa: PLC0415
        from shared.ingestion.keeping.landed import LandedFiles  # noqa: PLC0415
        from shared.ingestion.keeping.removing import Remover  # noqa: PLC0415
        from shared.ingestion.keeping.vacuuming import Vacuum  # noqa: PLC0415
        from shared.platform.blob.kept import AzureKeptBlobs, AzureLandedBlobs  # noqa: PLC0415
        from shared.platform.cosmos.keeping import CosmosKeptIngests, CosmosRemovalNotes  # noqa: PLC0415

        documents = self.ingest_documents
        ingests, notes = CosmosKeptIngests(documents), CosmosRemovalNotes(documents)
        remover = Remover(self.fact_tables, self.lake_rows, notes, self.readers, self.audit, self.clock)
        vacuum = Vacuum(self.fact_tables, AzureKeptBlobs(self.blobs), ingests, self.audit)
        landed = LandedFiles(self.fact_tables, AzureLandedBlobs(self.blobs), ingests, self.audit)
        return Keeper(ingests, remover, vacuum, landed, self.catalogue, self.clock)
