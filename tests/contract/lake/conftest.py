"""The lake and the rollups over the real SDKs: one blob account and one document store for the run."""

import io
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from infra.local.launcher.resources import create_cosmos_containers
from infra.local.topology import load_topology
from shared.analytics.folding.fold import Folder
from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.merger import Merger
from shared.ingestion.documents import chunk_document, ingest_document
from shared.ingestion.loads import Target
from shared.ingestion.model import Part
from shared.ingestion.table_names import TableName
from shared.kernel.clock import SystemClock
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.lake import AzureLakeBlobs
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.commits import CosmosCommitLedger
from shared.platform.cosmos.folds import CosmosFoldLedger
from shared.platform.cosmos.rollups import CosmosRollups
from shared.platform.cosmos.scoped import ScopedContainer
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.facts import LakeFacts
from shared.platform.lake.rows import LakeRows
from shared.platform.lake.tables import DeltaTables
from shared.settings import Endpoint
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.commits import REPLACE, chunk_done, part_path, worked_ingest
from tests.fixtures.cosmos import local_cosmos
from tests.fixtures.crash_points import Power
from tests.fixtures.facts import Row, frame, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.mortal import Mortal
from tests.fixtures.processes import ROOT

TOPOLOGY = load_topology(ROOT / "infra" / "topology.json")
CLOCK = SystemClock()


@pytest.fixture(scope="session")
def blob_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A connection string: of the account that TERMTIDE_TEST_BLOB_CONNECTION names, or of Azurite."""
    real = os.environ.get("TERMTIDE_TEST_BLOB_CONNECTION")
    if real:
        yield real
        return
    local = LocalBlobAccount(tmp_path_factory.mktemp("lake"))
    yield local.connection
    assert local.server.stop() == 0


@pytest.fixture(scope="session")
async def account(blob_connection: str) -> AsyncIterator[BlobAccount]:
    """The process-wide blob client."""
    account = BlobAccount(Endpoint(connection_string=blob_connection))
    yield account
    await account.close()


@pytest.fixture(scope="session")
def cosmos_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A connection string: of the account that COSMOS_CONNECTION_STRING names, or of a local server."""
    real = os.environ.get("COSMOS_CONNECTION_STRING")
    with local_cosmos(tmp_path_factory.mktemp("cosmos")) as local:
        yield real or f"AccountEndpoint={local.account.endpoint};AccountKey={local.account.key};"


@pytest.fixture(scope="session")
async def connection(cosmos_connection: str) -> AsyncIterator[CosmosConnection]:
    """The process-wide Cosmos client."""
    await create_cosmos_containers(cosmos_connection, TOPOLOGY.cosmos)
    connection = CosmosConnection(Endpoint(connection_string=cosmos_connection), TOPOLOGY.cosmos.database)
    yield connection
    await connection.close()


async def _alarm(_scope: object, breach: TenantBreach) -> None:
    raise AssertionError(f"a document of another tenant surfaced: {breach!r}")


@dataclass(frozen=True, slots=True)
class District:
    """One tenant's lake, ledger and rollups, with the use cases over them."""

    scope: TenantScope
    access: LakeAccess
    blobs: AzureLakeBlobs
    tables: DeltaTables
    facts: LakeFacts
    ingests: ScopedContainer
    identity: ScopedContainer
    rollups: CosmosRollups

    @property
    def ledger(self) -> CosmosCommitLedger:
        """The ledger of commits."""
        return CosmosCommitLedger(self.ingests)

    async def work(
        self, ingest: str, source: str, *parts: Sequence[Row], targets: tuple[Target, ...] = REPLACE
    ) -> list[Part]:
        """Write the parts of an ingest, its chunk marks, and the ingest itself as worked."""
        written = [await self.put(part_path(source, ingest, n), rows) for n, rows in enumerate(parts)]
        done = [chunk_done(n, part) for n, part in enumerate(written)]
        for mark in done:
            await self.ingests.create(self.scope, chunk_document(mark), ingest)
        worked = worked_ingest(ingest, source, done, targets)
        await self.ingests.create(self.scope, ingest_document(worked), ingest)
        return written

    async def put(self, path: str, rows: Sequence[Row]) -> Part:
        """Write one part."""
        content = io.BytesIO()
        frame(rows).write_parquet(content)
        created = await self.blobs.create(self.scope, path, content.getvalue())
        return Part(path, created.size, len(rows))

    async def commit(self, ingest: str, power: Power | None = None) -> None:
        """Handle the message that an ingest is worked."""
        power = power or Power()
        merger = Merger(Mortal(LakeRows(self.access), power))
        committer = Committer(Mortal(self.tables, power), Mortal(self.ledger, power), merger, CLOCK)
        await committer.commit(self.scope, ingest)

    async def fold(self, ingest: str, power: Power | None = None) -> None:
        """Handle the message that an ingest is committed."""
        power = power or Power()
        commits = Mortal(CosmosFoldLedger(self.ingests, CLOCK), power)
        await fold(Folder(self.facts, Mortal(self.rollups, power)), commits, self.scope, ingest)

    async def rebuild(self) -> None:
        """Compute all rollups anew."""
        await Folder(self.facts, self.rollups).rebuild(self.scope)

    async def live(self) -> list[str]:
        """Return the paths that make up the newest version of the table."""
        return sorted(file.path for file in (await self.tables.open(self.scope, TableName.RESULTS)).files)

    async def state(self, ingest: str) -> str:
        """Return the state of an ingest."""
        return (await self.ledger.get(self.scope, ingest)).value.state.value


@dataclass(frozen=True, slots=True)
class Districts:
    """Makes tenants that no other test uses."""

    account: BlobAccount
    connection: CosmosConnection

    def new(self) -> District:
        """Return a tenant without any data."""
        access = LakeAccess(self.account, CLOCK)

        def scoped(name: str, level: str) -> ScopedContainer:
            return ScopedContainer(self.connection.opener(name), level, on_breach=_alarm)

        return District(
            scope=scope_of(f"t-{uuid4().hex[:12]}"),
            access=access,
            blobs=AzureLakeBlobs(self.account),
            tables=DeltaTables(access, CLOCK),
            facts=LakeFacts(access),
            ingests=scoped("ingests", "ingestId"),
            identity=scoped("identity", "personId"),
            rollups=CosmosRollups(scoped("rollups", "partitionId")),
        )

    def reopened(self, district: District) -> District:
        """Return a tenant as another process finds it."""
        access = LakeAccess(self.account, CLOCK)
        return replace(district, access=access, tables=DeltaTables(access, CLOCK), facts=LakeFacts(access))


@pytest.fixture(scope="session")
def districts(account: BlobAccount, connection: CosmosConnection) -> Districts:
    """Makes tenants."""
    return Districts(account, connection)


@pytest.fixture
def district(districts: Districts) -> District:
    """A tenant that no other test uses."""
    return districts.new()
