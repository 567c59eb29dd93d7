"""The host and its stores end in the middle of things: nothing that was accepted is lost."""

import http.client
import json
import re
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.storage.blob import BlobServiceClient

from tests.fixtures.function_cloud import (
    DATABASE,
    FunctionCloud,
    Send,
    fresh_name,
    start_broker,
    write_topology,
)
from tests.fixtures.functions_host import APPS, LocalHost
from tests.fixtures.processes import free_port


def _host(cloud: FunctionCloud, data: Path, **settings: str) -> LocalHost:
    topology = write_topology(data / "topology.json", "on_event", "interrupted")
    return LocalHost(
        APPS / "interrupted",
        data,
        {**cloud.settings, "AzureFunctionsWebHost__hostid": data.parent.name, **settings},
        topology,
    )


def test_a_message_under_way_is_delivered_again_after_the_host_was_killed(
    cloud: FunctionCloud, send: Send, data: Path
) -> None:
    host, name = _host(cloud, data), fresh_name("message")
    send("interrupted", ServiceBusMessage(f"1 {name}"))
    host.wait_for("on_message", lambda it: it["name"] == name)

    host.server.kill9()
    host.start()
    (ended,) = host.wait_for("on_message", lambda it: it["name"] == name and it["stage"] == "end")
    assert host.server.stop() == 0

    assert ended["delivery"] == 2


def test_an_event_under_way_is_delivered_again_after_the_host_was_killed(
    cloud: FunctionCloud, storage: BlobServiceClient, data: Path
) -> None:
    host, name = _host(cloud, data), fresh_name("event")
    storage.get_blob_client("interrupted", f"0.5-{name}").upload_blob(b"x")
    host.wait_for("on_event", lambda it: it["name"] == name)

    host.server.kill9()
    host.start()
    host.wait_for("on_event", lambda it: it["name"] == name and it["stage"] == "end")
    assert host.server.stop() == 0

    assert [run["stage"] for run in host.records("on_event") if run["name"] == name] == [
        "begin",
        "begin",
        "end",
    ]


def test_what_is_under_way_is_finished_before_the_host_stops(
    cloud: FunctionCloud, bus: ServiceBusClient, send: Send, storage: BlobServiceClient, data: Path
) -> None:
    host, name = _host(cloud, data), fresh_name("drained")
    send("interrupted", ServiceBusMessage(f"1 {name}"))
    storage.get_blob_client("interrupted", f"1-{name}").upload_blob(b"x")
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(_ask_slowly(host)))
    host.wait_for("on_message", lambda it: it["name"] == name)
    host.wait_for("on_event", lambda it: it["name"] == name)
    asking.start()
    time.sleep(0.2)

    assert host.server.stop() == 0

    asking.join()
    assert answers == [200]
    assert host.records("on_message")[-1]["stage"] == "end"
    assert host.records("on_event")[-1]["stage"] == "end"
    with bus.get_queue_receiver("interrupted") as receiver:
        assert receiver.peek_messages() == [], "it was completed"


def test_a_change_while_the_host_is_away_is_delivered_even_if_it_had_seen_none_before(
    cloud: FunctionCloud, data: Path
) -> None:
    feed = fresh_name("feed")
    with CosmosClient.from_connection_string(cloud.cosmos) as client:
        database = client.get_database_client(DATABASE)
        container = database.create_container(feed, PartitionKey("/pk"))
        host = _host(cloud, data, FEED=feed)
        _wait_for_position(database.get_container_client("leases"), feed)
        assert host.server.stop() == 0
        container.upsert_item({"id": "while-away", "pk": "p"})

    host.start()
    host.wait_for("on_change", lambda it: it["ids"] == ["while-away"])
    assert host.server.stop() == 0


def test_the_successor_of_a_killed_host_reads_on_before_its_lease_lapses(
    cloud: FunctionCloud, data: Path
) -> None:
    feed = fresh_name("feed")
    with CosmosClient.from_connection_string(cloud.cosmos) as client:
        database = client.get_database_client(DATABASE)
        container = database.create_container(feed, PartitionKey("/pk"))
        host = _host(cloud, data, FEED=feed)
        _wait_for_position(database.get_container_client("leases"), feed)
        host.server.kill9()
        container.upsert_item({"id": "after-the-kill", "pk": "p"})

    host.start()
    host.wait_for("on_change", lambda it: it["ids"] == ["after-the-kill"])
    assert host.server.stop() == 0


@pytest.mark.timeout(60)
def test_messages_flow_again_after_the_broker_was_killed(
    cloud: FunctionCloud, tmp_path: Path, data: Path
) -> None:
    port = free_port()
    broker, connection = start_broker(tmp_path, port)
    host = _host(cloud, data, ServiceBus=connection)
    name = fresh_name("survivor")
    with (
        ServiceBusClient.from_connection_string(connection) as client,
        client.get_queue_sender("interrupted") as sender,
    ):
        sender.send_messages(ServiceBusMessage(f"1 {name}"))
        host.wait_for("on_message", lambda it: it["name"] == name)

    broker.kill9()
    broker, _ = start_broker(tmp_path, port)

    host.wait_for(
        "on_message",
        lambda it: it["name"] == name and it["stage"] == "end" and it["delivery"] > 1,
        timeout=40,
    )
    assert (host.server.stop(), broker.stop()) == (0, 0)


def test_a_host_whose_services_are_away_says_so_and_stops_at_once(cloud: FunctionCloud, data: Path) -> None:
    nowhere = free_port()
    away = {
        "ServiceBus": re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{nowhere}", cloud.bus),
        "Cosmos": re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{nowhere}", cloud.cosmos),
    }
    host = _host(cloud, data, **away)
    deadline = time.monotonic() + 10
    while (
        "ServiceRequestError" not in (told := _listener_of(host, "on_change")) and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    started = time.monotonic()

    assert host.server.stop() == 0

    assert time.monotonic() - started < 3
    assert "ServiceRequestError" in told


def _listener_of(host: LocalHost, function: str) -> str:
    with urllib.request.urlopen(f"{host.url}/admin/host/status") as answer:  # noqa: S310 - its own loopback URL
        listeners = json.load(answer)["listeners"]
    return next(str(it["lastError"]) for it in listeners if it["function"] == function)


def _ask_slowly(host: LocalHost) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=10)
    connection.request("GET", "/api/slow?seconds=1")
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def _wait_for_position(leases: ContainerProxy, feed: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = list(leases.query_items("SELECT * FROM c", enable_cross_partition_query=True))
        if any(it["id"].startswith(f"{feed}-") and it["continuation"] for it in found):
            return
        time.sleep(0.05)
    raise AssertionError(f"no position was stored for {feed}")
