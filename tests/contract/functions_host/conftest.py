"""The host as a process over the project's own stores, with the sample apps of the fixtures."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from azure.cosmos import ContainerProxy, CosmosClient
from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusSender
from azure.storage.blob import BlobServiceClient

from tests.fixtures.function_cloud import (
    DATABASE,
    FEED_CONTAINER,
    FunctionCloud,
    Send,
    fresh_name,
    function_cloud,
    write_topology,
)
from tests.fixtures.functions_host import APPS, LocalHost

_FOLLOWED_SECONDS = 20.0
KEYS = {
    "host.master": "the-master-key",
    "host.function.default": "a-host-key",
    "functions.needs_function_key.default": "its-own-key",
}


@pytest.fixture(scope="session")
def http_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHost]:
    """The app of HTTP functions."""
    host = LocalHost(APPS / "http", tmp_path_factory.mktemp("http-host"), KEYS)
    yield host
    assert host.server.stop() == 0


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionCloud]:
    """The stores behind the apps with listeners."""
    with function_cloud(tmp_path_factory.mktemp("function-cloud")) as started:
        yield started


@pytest.fixture(scope="session")
def events_host(cloud: FunctionCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHost]:
    """The app with every trigger family besides HTTP."""
    data = tmp_path_factory.mktemp("events-host")
    topology = write_topology(data / "topology.json", "on_event", "announced")
    host = LocalHost(APPS / "events", data, cloud.settings, topology)
    yield host
    assert host.server.stop() == 0


@pytest.fixture(scope="session")
def bus(cloud: FunctionCloud) -> Iterator[ServiceBusClient]:
    """A client of the broker."""
    with ServiceBusClient.from_connection_string(cloud.bus) as client:
        yield client


@pytest.fixture(scope="session")
def send(bus: ServiceBusClient) -> Iterator[Send]:
    """Send messages to a queue. Senders are kept: the SDK takes up to a second to open one."""
    with ExitStack() as opened:
        senders: dict[str, ServiceBusSender] = {}

        def send_to(queue: str, *messages: ServiceBusMessage) -> None:
            if queue not in senders:
                senders[queue] = opened.enter_context(bus.get_queue_sender(queue))
            senders[queue].send_messages(list(messages))

        yield send_to


@pytest.fixture(scope="session")
def storage(cloud: FunctionCloud) -> Iterator[BlobServiceClient]:
    """A client of the blob account."""
    with BlobServiceClient.from_connection_string(cloud.storage) as client:
        yield client


@pytest.fixture(scope="session")
def followed(cloud: FunctionCloud, events_host: LocalHost) -> Iterator[ContainerProxy]:
    """The container whose change feed the app follows, from now on."""
    with CosmosClient.from_connection_string(cloud.cosmos) as client:
        container = client.get_database_client(DATABASE).get_container_client(FEED_CONTAINER)
        _write_until_followed(container, events_host)
        yield container


def _write_until_followed(container: ContainerProxy, host: LocalHost) -> None:
    """Write until a change arrives: one before the feed's first position is none of its changes."""
    deadline = time.monotonic() + _FOLLOWED_SECONDS
    while not host.records("on_change"):
        assert time.monotonic() < deadline, "the change feed is not followed"
        container.upsert_item({"id": fresh_name("first"), "pk": "one"})
        time.sleep(0.2)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder for the state of a host of the test's own."""
    return tmp_path / "host"
