"""A demo file through the real stores: granted, put, landed, planned, worked, and its rejects paged."""

import io

import polars as pl
import pytest
from azure.storage.blob.aio import BlobClient

from scripts.lib.demo_files import Style, write_attempts
from shared.ingestion.bundles.taking import Bundles
from shared.ingestion.following.ingest_views import IngestViews
from shared.ingestion.lake_paths import part_path
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import IngestState
from shared.ingestion.planning.planner import Planner
from shared.ingestion.planning.survey import Surveyor
from shared.ingestion.reading.planned_lines import PlannedLines
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import RESULTS
from shared.ingestion.ways.landing import Landed, Landing
from shared.ingestion.ways.uploads import Uploads
from shared.ingestion.working.lookup_rows import LookupRows
from shared.ingestion.working.worker import Worker
from shared.kernel.clock import SystemClock
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.grants import SasUploadGrants
from shared.platform.blob.lake import AzureLakeBlobs
from shared.platform.blob.landing import AzureLandingBlobs
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.rows import LakeRows
from shared.platform.lake.tables import DeltaTables
from tests.fixtures.bundle_chains import MemoryChains
from tests.fixtures.ingestion import FixedKeys, FixedRules
from tests.fixtures.messaging import Homes

CLOCK = SystemClock()


# The SDK hands whole blocks to its HTTP client, which would rather have a stream; both are in memory anyway.
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")
async def test_a_file_of_twenty_thousand_rows_comes_to_the_truth(
    account: BlobAccount, ingests: CosmosIngests, scope: TenantScope
) -> None:
    out = io.BytesIO()
    style = Style(bom=True, line_end="\r\n", separator=";", decimal=",")
    truth = write_attempts(out, seed=7, rows=20_000, courses=["alg", "bio"], style=style)
    landing, lake, catalogue = AzureLandingBlobs(account), AzureLakeBlobs(account), Catalogue.built_in()
    bundles = Bundles(ingests, landing, FixedRules(), MemoryChains(), catalogue)
    access = LakeAccess(account, CLOCK)
    tables, rows = DeltaTables(access, CLOCK), LakeRows(access)
    lookups = LookupRows(PlannedLines(landing, lake), tables, rows, CLOCK)
    worker = Worker(ingests, landing, lake, FixedKeys(), bundles, lookups, catalogue, CLOCK)
    surveyor = Surveyor(chunk_bytes=300_000)
    planner = Planner(ingests, landing, lake, surveyor, bundles, lookups, worker, catalogue, CLOCK)
    uploads = Uploads(ingests, SasUploadGrants(account, CLOCK), FixedRules(), CLOCK)

    granted = await uploads.request_upload(scope, "attempts-2026-03-01.csv", len(out.getvalue()))
    async with BlobClient.from_blob_url(granted.url) as blob:
        await blob.upload_blob(io.BytesIO(out.getvalue()))
    upload = granted.upload
    received = await Landing(ingests, landing, Homes(), scope.stamp, CLOCK).receive(
        scope.tenant_id, upload.id, upload.file_name
    )
    await planner.plan(scope, upload.id)
    planned = (await ingests.get(scope, upload.id)).value
    for n in range(planned.progress.chunks):
        await worker.work(scope, upload.id, n)

    ingest = (await ingests.get(scope, upload.id)).value
    assert (received, ingest.state) == (Landed.NEW, IngestState.WORKED)
    assert (ingest.progress.records, ingest.progress.facts) == (truth.records, truth.facts)
    assert ingest.progress.rejects == truth.rejects
    part = await lake.read(scope, part_path(ingest, TableName.RESULTS, 3), 0, 10**7)
    assert pl.read_parquet(io.BytesIO(part), hive_partitioning=False).schema == RESULTS.schema

    views, records = IngestViews(ingests, lake), list[int]()
    position: str | None = "0:0"
    while position is not None:
        page = await views.rejects(scope, upload.id, 150, position)
        records += [reject.record for reject in page.items]
        position = page.cursor
    assert len(records) == ingest.progress.rejected
    assert records == sorted(set(records))
