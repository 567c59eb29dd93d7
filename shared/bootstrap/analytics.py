"""Read models: what recomputes and serves them."""

from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.ingestion import Ingestion

if TYPE_CHECKING:
    from shared.analytics.drilling.service import Drilldown
    from shared.analytics.folding.fold import Folder
    from shared.analytics.folding.folds import Folds
    from shared.analytics.items.folding import ItemFolder
    from shared.analytics.rosters.folding import RosterFolder
    from shared.analytics.serving.cohorts import CohortComparisons
    from shared.analytics.serving.homes import Homes
    from shared.analytics.serving.last_folds import LastFolds
    from shared.analytics.serving.listing import Lists
    from shared.analytics.serving.remembering import RememberedRollups
    from shared.analytics.serving.searching import Search
    from shared.analytics.serving.service import Dashboards
    from shared.analytics.serving.warehouse import Warehouse
    from shared.analytics.standards.service import StandardDashboards
    from shared.platform.cosmos.folds import CosmosFoldLedger
    from shared.platform.cosmos.rollups import CosmosRollups
    from shared.platform.cosmos.roster_names import RosterNames
    from shared.platform.cosmos.rosters import CosmosRosters
    from shared.platform.lake.facts import LakeFacts


class Analytics(Ingestion):
    """What turns committed facts into dashboards."""

    @cached_property
    def rollups(self) -> "CosmosRollups":
        """The stored read models."""
        from shared.platform.cosmos.rollups import CosmosRollups  # noqa: PLC0415

        return CosmosRollups(self.scoped("rollups", "partitionId"))

    @cached_property
    def fold_ledger(self) -> "CosmosFoldLedger":
        """The commits that wait for their rollups."""
        from shared.platform.cosmos.folds import CosmosFoldLedger  # noqa: PLC0415

        return CosmosFoldLedger(self.ingest_documents, self.clock)

    @cached_property
    def facts(self) -> "LakeFacts":
        """The committed results."""
        from shared.platform.lake.facts import LakeFacts  # noqa: PLC0415

        return LakeFacts(self.lake)

    @cached_property
    def folder(self) -> "Folder":
        """Recomputes read models."""
        from shared.analytics.folding.fold import Folder  # noqa: PLC0415
        from shared.analytics.folding.room import Room  # noqa: PLC0415
        from shared.platform.disk.scratch import DiskScratch  # noqa: PLC0415

        return Folder(self.facts, self.rollups, room=Room(DiskScratch))

    @cached_property
    def item_rollups(self) -> "CosmosRollups":
        """The stored item analyses: in the shards of courses, under heads of their own."""
        from shared.platform.cosmos.rollups import CosmosRollups  # noqa: PLC0415

        return CosmosRollups(self.scoped("rollups", "partitionId"), "items-head")

    @cached_property
    def item_folder(self) -> "ItemFolder":
        """Recomputes item analyses."""
        from shared.analytics.items.folding import ItemFolder  # noqa: PLC0415
        from shared.ingestion.table_names import TableName  # noqa: PLC0415
        from shared.ingestion.tables import TABLES  # noqa: PLC0415
        from shared.platform.lake.facts import LakeFacts  # noqa: PLC0415

        facts = LakeFacts(self.lake, TABLES[TableName.ITEM_RESPONSE], "line_item")
        return ItemFolder(facts, self.item_rollups)

    @cached_property
    def rosters(self) -> "CosmosRosters":
        """What the learners of courses are called, for those that write it."""
        from shared.platform.cosmos.rosters import CosmosRosters  # noqa: PLC0415

        return CosmosRosters(self.scoped("identity", "personId"), self.name_keys)

    @cached_property
    def roster_folder(self) -> "RosterFolder":
        """Keeps rosters in step with results and people."""
        from shared.analytics.rosters.folding import RosterFolder  # noqa: PLC0415
        from shared.platform.lake.names import LakeNames  # noqa: PLC0415

        return RosterFolder(self.facts, LakeNames(self.lake), self.rosters)

    @cached_property
    def folds(self) -> "Folds":
        """Recomputes everything that follows from a commit."""
        from shared.analytics.folding.folds import Folds  # noqa: PLC0415

        return Folds(self.fold_ledger, self.item_folder, self.roster_folder, self.folder)

    @cached_property
    def remembered_rollups(self) -> "RememberedRollups":
        """The stored read models as dashboards read them."""
        from shared.analytics.serving.remembering import RememberedRollups  # noqa: PLC0415

        return RememberedRollups(self.rollups, self.last_folds, self.clock)

    @cached_property
    def last_folds(self) -> "LastFolds":
        """What tells for how long read models may be remembered."""
        from shared.analytics.serving.last_folds import LastFolds  # noqa: PLC0415

        return LastFolds(self.rollups, self.clock)

    @cached_property
    def roster_names(self) -> "RosterNames":
        """What the learners of courses are called, as dashboards read it."""
        from shared.platform.cosmos.roster_names import RosterNames  # noqa: PLC0415

        identity = self.scoped("identity", "personId")
        return RosterNames(identity, self.name_keys, self.last_folds, self.clock)

    @cached_property
    def dashboards(self) -> "Dashboards":
        """Serves read models."""
        from shared.analytics.serving.service import Dashboards  # noqa: PLC0415

        return Dashboards(self.remembered_rollups, self.roster_names)

    @cached_property
    def standards(self) -> "StandardDashboards":
        """Serves rollups by standard."""
        from shared.analytics.standards.service import StandardDashboards  # noqa: PLC0415

        return StandardDashboards(self.remembered_rollups, self.dashboards)

    @cached_property
    def comparisons(self) -> "CohortComparisons":
        """Compares groups."""
        from shared.analytics.serving.cohorts import CohortComparisons  # noqa: PLC0415

        return CohortComparisons(self.dashboards)

    @cached_property
    def lists(self) -> "Lists":
        """Lists groups."""
        from shared.analytics.serving.listing import Lists  # noqa: PLC0415

        return Lists(self.dashboards)

    @cached_property
    def search(self) -> "Search":
        """Finds groups by name."""
        from shared.analytics.serving.searching import Search  # noqa: PLC0415

        return Search(self.dashboards)

    @cached_property
    def homes(self) -> "Homes":
        """Serves home screens."""
        from shared.analytics.serving.homes import Homes  # noqa: PLC0415

        return Homes(self.dashboards, self.remembered_rollups, self.remembered_rollups)

    @cached_property
    def drilldown(self) -> "Drilldown":
        """Answers questions about single rows."""
        from shared.analytics.drilling.service import Drilldown  # noqa: PLC0415
        from shared.platform.lake.drilling import LakeFactTables  # noqa: PLC0415

        return Drilldown(LakeFactTables(self.lake))

    @cached_property
    def warehouse(self) -> "Warehouse":
        """Issues credentials to tools that read the tables."""
        from shared.analytics.serving.warehouse import Warehouse  # noqa: PLC0415

        return Warehouse(self.lake, self.clock)
