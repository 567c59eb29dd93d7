"""The local server as a process: durability, start and stop."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from azure.core.exceptions import AzureError

from tests.contract.cosmos.conftest import Connect
from tests.fixtures.cosmos import LocalAccount
from tests.fixtures.processes import PATIENCE_SECONDS


def test_a_killed_server_has_every_acknowledged_write_and_no_half_batch(
    own_server: LocalAccount, connect: Connect
) -> None:
    connect()
    acknowledged: list[int] = []
    enough = threading.Event()

    def write() -> None:
        container = connect()
        for number in range(100_000):
            batch = [
                ("create", ({"id": f"{number}-{part}", "pk": "p", "batch": number},)) for part in range(7)
            ]
            container.execute_item_batch(batch, "p")
            acknowledged.append(number)
            if number == 60:
                enough.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert enough.wait(20)
        own_server.server.kill9()
        assert isinstance(writing.exception(20), AzureError)
    own_server.restart()
    container = connect()
    groups = {
        each["batch"]: each["k"]
        for each in container.query_items(
            "SELECT c.batch, COUNT(1) AS k FROM c GROUP BY c.batch", partition_key="p"
        )
    }
    assert set(groups.values()) == {7}
    assert set(acknowledged) <= set(groups)
    assert len(groups) <= len(acknowledged) + 1


def test_lsn_and_etags_go_on_after_a_kill(own_server: LocalAccount, connect: Connect) -> None:
    container = connect(default_ttl=-1)
    first = container.create_item({"id": "1", "pk": "p"})
    container.create_item({"id": "2", "pk": "p"})
    assert len(list(container.query_items_change_feed(start_time="Beginning"))) == 2
    token = container.client_connection.last_response_headers["etag"]
    container.delete_item("2", "p")
    own_server.server.kill9()
    own_server.restart()
    container = connect()
    again = container.upsert_item({"id": "1", "pk": "p"})
    assert again["_etag"] != first["_etag"]
    assert [each["id"] for each in container.query_items_change_feed(continuation=token)] == ["1"]


def test_expired_items_are_purged_from_the_file(own_server: LocalAccount, connect: Connect) -> None:
    container = connect(default_ttl=1)
    for number in range(20):
        container.create_item({"id": str(number), "pk": "p"})
    time.sleep(3.2)
    assert own_server.server.stop() == 0
    assert own_server.count_rows("items") == 0


def test_a_clean_stop_ends_with_zero_and_keeps_everything(own_server: LocalAccount, connect: Connect) -> None:
    connect().create_item({"id": "1", "pk": "p"})
    assert own_server.server.stop() == 0
    assert '"message": "stopped"' in own_server.server.output
    own_server.restart()
    assert connect().read_item("1", "p")["id"] == "1"


def start(port: int, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local.cosmos", "--port", str(port), "--data", str(data), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)


def test_a_taken_port_is_named(own_server: LocalAccount, tmp_path: Path) -> None:
    second = start(own_server.port, tmp_path / "other")
    assert second.returncode == 2
    assert f"Port {own_server.port} on 127.0.0.1 is taken" in second.stderr


def test_two_servers_never_share_a_folder(own_server: LocalAccount, unused_port: int) -> None:
    second = start(unused_port, own_server.data)
    assert second.returncode == 2
    assert str(own_server.data) in second.stderr


def test_a_key_that_is_not_base64_is_refused(tmp_path: Path, unused_port: int) -> None:
    second = start(unused_port, tmp_path, "--key", "!")
    assert second.returncode == 2
    assert "base64" in second.stderr
