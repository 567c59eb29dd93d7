"""A host of several processes: all answer, one listens, each comes back, none is left behind."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.function_cloud import FunctionCloud, write_topology
from tests.fixtures.functions_host import APPS, LocalHost
from tests.fixtures.processes import PATIENCE_SECONDS

type Status = dict[str, Any]

_TWO = {"FUNCTIONS_WORKER_PROCESS_COUNT": "2"}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LocalHost]:
    """The app of HTTP functions, served by two processes."""
    host = LocalHost(APPS / "http", tmp_path, _TWO)
    yield host
    assert host.server.stop() == 0


def test_both_processes_answer_at_the_port_of_the_host(host: LocalHost) -> None:
    first, further = _both(host)

    assert first["processId"] == host.server.process.pid
    assert further["state"] == "Running"
    assert first["functions"] == further["functions"]


def test_a_further_process_that_is_killed_comes_back(host: LocalHost) -> None:
    _, further = _both(host)

    os.kill(further["processId"], signal.SIGKILL)

    _, again = _both(host, without=further["processId"])
    assert again["processId"] != further["processId"]
    assert "a worker ended with code -9" in host.server.output


def test_none_is_left_when_the_host_has_stopped(host: LocalHost) -> None:
    _, further = _both(host)

    assert host.server.stop() == 0

    assert not Path(f"/proc/{further['processId']}").exists()


def test_only_the_first_process_runs_the_listeners(cloud: FunctionCloud, tmp_path: Path) -> None:
    topology = write_topology(tmp_path / "topology.json", "on_event", "announced")
    host = LocalHost(APPS / "events", tmp_path, {**cloud.settings, **_TWO}, topology)
    try:
        first, further = _both(host)
    finally:
        assert host.server.stop() == 0

    assert first["listeners"]
    assert further["listeners"] == []


def _both(host: LocalHost, without: int | None = None) -> tuple[Status, Status]:
    """Ask until two processes have answered; return what the first says, and the other."""
    deadline, seen = time.monotonic() + PATIENCE_SECONDS, dict[int, Status]()
    while len(seen) < 2:
        assert time.monotonic() < deadline, host.server.output
        try:
            with urllib.request.urlopen(f"{host.url}/admin/host/status", timeout=5) as answer:  # noqa: S310 - loopback
                status: Status = json.load(answer)
        except (urllib.error.URLError, ConnectionError):
            continue  # the connection was of the process that was killed
        if status["processId"] != without:
            seen[status["processId"]] = status
    first = seen.pop(host.server.process.pid)
    return first, next(iter(seen.values()))
