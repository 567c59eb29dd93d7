"""The whole local cloud: everything starts, heals after kills, keeps its state, and leaves no process."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from azure.cosmos.aio import CosmosClient
from azure.storage.blob.aio import BlobServiceClient
from rich.console import Console

from infra.local.launcher.cloud import LocalCloud
from infra.local.launcher.endpoints import OFFSETS, Endpoints
from infra.local.launcher.errors import AlreadyRunning, PortTaken, TopologyConflict
from infra.local.launcher.options import TOPOLOGY, Options
from infra.local.launcher.resources import create_cosmos_containers
from infra.local.launcher.service import refuse_taken_port
from infra.local.topology import load_topology
from tests.fixtures.processes import ROOT, free_port

pytestmark = [pytest.mark.xdist_group("launcher"), pytest.mark.timeout(120)]

APP = ROOT / "tests" / "fixtures" / "function_apps" / "http"
RUN = """
import sys
from pathlib import Path
from rich.console import Console
from infra.local.launcher.__main__ import serve
from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.interruption import run_until_interrupted
from infra.local.launcher.options import TOPOLOGY, Options
ports = {name: int(port) for name, port in (pair.split("=") for pair in sys.argv[3:])}
sys.exit(run_until_interrupted(serve(Options(Endpoints(ports), Path(sys.argv[1]), app=Path(sys.argv[2])))))
"""


def _free_endpoints() -> Endpoints:
    return Endpoints({service: free_port() for service in OFFSETS})


def _assert_nothing_listens(endpoints: Endpoints) -> None:
    for service, port in endpoints.ports.items():
        refuse_taken_port(service, port)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """State and ports that all tests of this module share, in order."""
    return Options(_free_endpoints(), tmp_path_factory.mktemp("cloud"), app=APP)


@pytest.fixture(scope="module")
async def cloud(options: Options) -> AsyncIterator[LocalCloud]:
    """A running local cloud."""
    async with LocalCloud(options, Console(quiet=True)) as cloud:
        yield cloud
    _assert_nothing_listens(options.endpoints)


async def test_a_second_cloud_on_the_same_state_is_refused(cloud: LocalCloud) -> None:
    other = LocalCloud(Options(_free_endpoints(), cloud.options.data, app=APP), Console(quiet=True))
    with pytest.raises(AlreadyRunning):
        await other.__aenter__()


async def test_everything_of_the_topology_exists(cloud: LocalCloud) -> None:
    topology = load_topology(TOPOLOGY)
    async with CosmosClient.from_connection_string(cloud.settings["Cosmos"]) as client:
        database = client.get_database_client(topology.cosmos.database)
        found = {item["id"]: item async for item in database.list_containers()}
    for container in topology.cosmos.containers:
        assert tuple(found[container.name]["partitionKey"]["paths"]) == container.partition_key
        assert found[container.name].get("defaultTtl") == container.default_ttl
    async with BlobServiceClient.from_connection_string(cloud.settings["Storage"]) as blobs:
        names = {item.name async for item in blobs.list_containers()}
    assert {container.name for container in topology.blob.containers} <= names


async def test_a_changed_index_is_brought_up_to_date_and_a_changed_key_is_refused(cloud: LocalCloud) -> None:
    cosmos = load_topology(TOPOLOGY).cosmos
    first, second, *_ = cosmos.containers
    changed = first.model_copy(update={"excluded_paths": ("/payload/*",), "default_ttl": 60})
    await create_cosmos_containers(
        cloud.settings["Cosmos"], cosmos.model_copy(update={"containers": (changed,)})
    )
    async with CosmosClient.from_connection_string(cloud.settings["Cosmos"]) as client:
        read = await client.get_database_client(cosmos.database).get_container_client(first.name).read()
    assert read["defaultTtl"] == 60
    assert {"path": "/payload/*"} in read["indexingPolicy"]["excludedPaths"]
    conflicting = second.model_copy(update={"partition_key": ("/other",)})
    with pytest.raises(TopologyConflict, match=f"{second.name}.*--fresh"):
        await create_cosmos_containers(
            cloud.settings["Cosmos"], cosmos.model_copy(update={"containers": (conflicting,)})
        )


async def test_each_killed_service_heals(cloud: LocalCloud) -> None:
    async with BlobServiceClient.from_connection_string(cloud.settings["Storage"]) as blobs:
        await blobs.get_blob_client("landing", "kept").upload_blob(b"before the crash")
    for service in cloud.services.values():
        service.kill9()
    await asyncio.gather(*(service.until_healthy() for service in cloud.services.values()))
    async with BlobServiceClient.from_connection_string(cloud.settings["Storage"]) as blobs:
        kept = await blobs.get_blob_client("landing", "kept").download_blob()
        assert await kept.readall() == b"before the crash"


def _launch(options: Options) -> subprocess.Popen[bytes]:
    ports = [f"{name}={port}" for name, port in options.endpoints.ports.items()]
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(options.data), str(options.app), *ports],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _read_until(process: subprocess.Popen[bytes], text: bytes) -> bytes:
    assert process.stdout is not None
    seen = b""
    while text not in seen:
        line = process.stdout.readline()
        assert line, seen.decode()
        seen += line
    return seen


@pytest.fixture
def own(tmp_path: Path) -> Options:
    """State and ports of one test."""
    return Options(_free_endpoints(), tmp_path, app=APP)


def test_an_interrupted_launcher_leaves_no_process(own: Options) -> None:
    with _launch(own) as launcher:
        table = _read_until(launcher, b"Ctrl-C stops everything")
        for port in own.endpoints.ports.values():
            assert str(port).encode() in table
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(20) == 0
    _assert_nothing_listens(own.endpoints)


def test_a_launcher_interrupted_while_starting_leaves_no_process(own: Options) -> None:
    with _launch(own) as launcher:
        _read_until(launcher, b"successfully listens")
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(20) == 0
    _assert_nothing_listens(own.endpoints)


def test_a_killed_launcher_leaves_no_process(own: Options) -> None:
    with _launch(own) as launcher:
        _read_until(launcher, b"successfully listens")
        launcher.kill()
    deadline = time.monotonic() + 5
    while _something_listens(own.endpoints) and time.monotonic() < deadline:
        time.sleep(0.02)
    _assert_nothing_listens(own.endpoints)


def _something_listens(endpoints: Endpoints) -> bool:
    try:
        _assert_nothing_listens(endpoints)
    except PortTaken:
        return True
    return False
