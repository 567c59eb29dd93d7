"""An ingest over several tables becomes visible as one, wherever its committer dies between them."""

from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.merger import Merger
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import IngestState
from shared.ingestion.table_names import TableName
from tests.fixtures.commits import MemoryLedger, MemoryTables, chunk_done, part_path, worked_ingest
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import ingest_id, scope_of
from tests.fixtures.messaging import FixedClock
from tests.fixtures.mortal import Mortal

SCOPE = scope_of("north-district")
OLD, NEW = ingest_id(0), ingest_id(1)
SOURCE = "bundle.algebra"
BOTH = (TableName.LINE_ITEM, TableName.RESULTS)
TARGETS = tuple(Target(table, Load.REPLACE) for table in BOTH)


class District:
    """A tenant's tables and ledger, with an ingest over two tables, and one that takes its place."""

    def __init__(self) -> None:
        self.tables, self.ledger = MemoryTables(), MemoryLedger()
        self.work(OLD)

    def work(self, ingest: str) -> None:
        """Let an ingest become worked: a chunk for each table."""
        parts = [self.tables.put(SOURCE, ingest, n, 3 + n, table) for n, table in enumerate(BOTH)]
        chunks = [chunk_done(n, part) for n, part in enumerate(parts)]
        self.ledger.add(worked_ingest(ingest, SOURCE, chunks, TARGETS), chunks)

    async def commit(self, ingest: str, power: Power) -> None:
        """Handle the message of an ingest; after a power cut it comes once more."""
        for supply in (power, Power()):
            tables, ledger = Mortal(self.tables, supply), Mortal(self.ledger, supply)
            try:
                await Committer(tables, ledger, Merger(tables), FixedClock()).commit(SCOPE, ingest)
            except PowerCut:
                continue
            return


def live(district: District) -> list[list[str]]:
    return [district.tables.live_of(table) for table in BOTH]


def of(ingest: str) -> list[list[str]]:
    """Return what is live of each table when an ingest is."""
    return [[part_path(SOURCE, ingest, n, table).partition("/")[2]] for n, table in enumerate(BOTH)]


async def test_a_crash_between_tables_ends_with_all_of_them() -> None:
    async def scenario(power: Power) -> None:
        district = District()
        await district.commit(OLD, power)
        assert live(district) == of(OLD)
        assert district.ledger.manifests[OLD].versions == dict.fromkeys(BOTH, 1)

    assert await at_every_crash_point(scenario) > 6


async def test_a_crash_in_a_correction_of_several_tables_ends_with_the_newer_in_all() -> None:
    async def scenario(power: Power) -> None:
        district = District()
        await district.commit(OLD, Power())
        district.work(NEW)
        await district.commit(NEW, power)
        assert live(district) == of(NEW)
        manifest = district.ledger.manifests[NEW]
        assert manifest.versions == dict.fromkeys(BOTH, 2)
        assert sorted(part.table for part in manifest.removed) == sorted(BOTH)
        assert district.ledger.states()[NEW] == IngestState.COMMITTED

    assert await at_every_crash_point(scenario) > 6
