"""Timer triggers."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.storage.blob import BlobServiceClient

from tests.fixtures.function_cloud import FunctionCloud, write_topology
from tests.fixtures.functions_host import APPS, LocalHost

_TOPOLOGY = "topology.json"


def _second_of(moment: float) -> int:
    return round(moment)


def test_a_timer_that_fails_at_start_is_retried_as_its_policy_says(events_host: LocalHost) -> None:
    runs = events_host.wait_for("on_start", lambda _: True, count=3)

    assert [run["retry"] for run in runs[:3]] == [0, 1, 2]
    assert [run["of"] for run in runs[1:3]] == [2, 2]
    assert runs[1]["at"] - runs[0]["at"] > 0.9


def test_a_timer_fires_each_second_once_and_on_time(events_host: LocalHost) -> None:
    before = len(events_host.records("on_second"))

    runs = events_host.wait_for("on_second", lambda _: True, count=before + 4)[before:]

    seconds = [_second_of(run["at"]) for run in runs]
    assert seconds == list(range(seconds[0], seconds[0] + len(seconds)))
    assert not any(run["past_due"] for run in runs)


def test_a_run_that_was_missed_is_made_up_once_and_marked(
    cloud: FunctionCloud, storage: BlobServiceClient, data: Path
) -> None:
    missed = datetime.now(UTC) - timedelta(hours=1)
    status = {
        "Last": (missed - timedelta(days=365)).isoformat(),
        "Next": missed.isoformat(),
        "LastUpdated": missed.isoformat(),
    }
    hosts = storage.get_container_client("azure-webjobs-hosts")
    if not hosts.exists():
        hosts.create_container()
    hosts.upload_blob(f"timers/{data.name}/on_new_year/status", json.dumps(status), overwrite=True)
    topology = write_topology(data / _TOPOLOGY, "on_event", "interrupted")
    settings = {**cloud.settings, "AzureFunctionsWebHost__hostid": data.name}

    host = LocalHost(APPS / "interrupted", data, settings, topology)
    (run,) = host.wait_for("on_new_year", lambda _: True)
    time.sleep(0.2)
    assert host.server.stop() == 0

    assert run["past_due"] is True
    assert run["status"]["Next"] == status["Next"]
    after = json.loads(hosts.download_blob(f"timers/{data.name}/on_new_year/status").readall())
    assert datetime.fromisoformat(after["Next"]) > datetime.now(UTC)
    assert len(host.records("on_new_year")) == 1


def test_one_of_two_hosts_fires_and_the_other_takes_over(cloud: FunctionCloud, data: Path) -> None:
    topology = write_topology(data / _TOPOLOGY, "on_event", "interrupted")
    settings = {**cloud.settings, "AzureFunctionsWebHost__hostid": "two-hosts"}
    first, second = (LocalHost(APPS / "interrupted", data / name, settings, topology) for name in ("a", "b"))
    deadline = time.monotonic() + 30
    while not (first.records("on_second") or second.records("on_second")) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(2)
    holder, waiting = (first, second) if first.records("on_second") else (second, first)
    assert waiting.records("on_second") == []

    assert holder.server.stop() == 0
    waiting.wait_for("on_second", lambda _: True, timeout=30)
    assert waiting.server.stop() == 0

    seconds = [_second_of(run["at"]) for host in (first, second) for run in host.records("on_second")]
    assert len(seconds) == len(set(seconds))
