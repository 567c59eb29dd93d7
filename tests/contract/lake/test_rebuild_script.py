"""`scripts/rebuild`, started as an operator would, over a lake and a document store of the cloud."""

import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

from infra.local.launcher.development_secrets import ensure_secrets
from shared.analytics.model import OVERVIEW, TENANT_SHARD, ShardChange
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.tenants import CosmosTenants
from tests.contract.lake.conftest import District
from tests.fixtures.facts import fact, ingest_id, learner_id
from tests.fixtures.processes import ROOT
from tests.fixtures.tenancy import tenant

A = ingest_id(0)


async def _rebuild(environment: dict[str, str], tenant_id: str) -> tuple[int, list[str]]:
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "scripts.lib.rebuild", "--tenant", tenant_id),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=PIPE,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode().splitlines()


async def test_a_rollup_that_was_spoilt_is_made_anew_from_the_facts(
    district: District,
    connection: CosmosConnection,
    blob_connection: str,
    cosmos_connection: str,
    tmp_path: Path,
) -> None:
    scope, rollups = district.scope, district.rollups
    ensure_secrets(tmp_path / "secrets.json")
    environment = {
        "TERMTIDE_STAMP": scope.stamp,
        "APP_ROLES": "ingest",
        "Storage": blob_connection,
        "ServiceBus": "Endpoint=sb://127.0.0.1;SharedAccessKeyName=none;SharedAccessKey=none",
        "Cosmos": cosmos_connection,
        "Secrets": f"file:{tmp_path / 'secrets.json'}",
        "TOKEN_AUDIENCE": "api://termtide",
        "SIGN_IN_ISSUER": "http://127.0.0.1:1",
        "SIGN_IN_CLIENT_ID": "dashboard",
    }
    await CosmosTenants(connection.opener("control")).put(tenant(scope.tenant_id, home_stamp=scope.stamp))
    code, lines = await _rebuild(environment, scope.tenant_id)
    assert (code, lines[-1]) == (0, f"[1/1] {scope.tenant_id}: no results were committed yet")

    await district.work(A, "gradebook.algebra", [fact(A, learner_id(1))])
    await district.commit(A)
    await district.fold(A)
    served = await rollups.find(scope, TENANT_SHARD, OVERVIEW)
    head = await rollups.head(scope, TENANT_SHARD)
    overview = ShardChange(TENANT_SHARD, {OVERVIEW: {OVERVIEW: '{"courses":[]}'}})
    assert not await rollups.write(scope, 1, [(head, overview)])
    code, lines = await _rebuild(environment, scope.tenant_id)

    assert code == 0
    assert lines[-1].startswith(f"[1/1] {scope.tenant_id}: 1 courses of table version 1 in ")
    again = await rollups.find(scope, TENANT_SHARD, OVERVIEW)
    assert again is not None
    assert served is not None
    assert again.view == served.view
