"""What the host refuses to start with, each with a plain sentence and an exit code."""

import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fixtures.functions_host import APPS
from tests.fixtures.processes import PATIENCE_SECONDS, ROOT, free_port

_HEAD = """
import typing
import azure.functions as func
from azurefunctions.extensions.bindings import blob
app = func.FunctionApp()
"""

_STORAGE = "UseDevelopmentStorage=true"
_NO_SETTINGS: Mapping[str, str] = {}


def _start(
    app: Path, data: Path, *more: str, port: int | None = None, settings: Mapping[str, str] = _NO_SETTINGS
) -> tuple[int, dict[str, str]]:
    """Start a host that must end at once; return its exit code and last log line."""
    command = [sys.executable, "-m", "infra.local.functions", "--port", str(port or free_port())]
    ended = subprocess.run(
        [*command, "--app", str(app), "--data", str(data), *more],
        cwd=ROOT,
        env={"PATH": "", "AzureWebJobsStorage": _STORAGE, **settings},
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.stderr == b""
    line: dict[str, str] = json.loads(ended.stdout.splitlines()[-1])
    assert line["level"] == "critical"
    return ended.returncode, line


def _write_app(folder: Path, source: str, host_json: str = '{"version": "2.0"}') -> Path:
    folder.mkdir()
    (folder / "function_app.py").write_text(_HEAD + source)
    (folder / "host.json").write_text(host_json)
    return folder


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        code, line = _start(APPS / "http", tmp_path / "data", port=port)

    assert code == 2
    assert f"port {port}" in line["message"]


@pytest.mark.parametrize("count", ["0", "11", "two"])
def test_a_number_of_processes_that_cannot_be_is_refused(tmp_path: Path, count: str) -> None:
    setting = {"FUNCTIONS_WORKER_PROCESS_COUNT": count}

    code, line = _start(APPS / "http", tmp_path / "data", settings=setting)

    assert code == 1
    assert f"FUNCTIONS_WORKER_PROCESS_COUNT is '{count}'" in line["message"]


def test_an_unknown_key_of_host_json_is_refused_with_its_pointer(tmp_path: Path) -> None:
    app = _write_app(tmp_path / "app", "", '{"version": "2.0", "extensions": {"http": {"routPrefix": ""}}}')

    code, line = _start(app, tmp_path / "data")

    assert code == 1
    assert "/extensions/http/routPrefix" in line["message"]


def test_a_folder_without_an_app_is_refused(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')

    code, line = _start(tmp_path, tmp_path / "data")

    assert code == 1
    assert "function_app.py" in line["message"]


def test_a_missing_topology_is_named(tmp_path: Path) -> None:
    code, line = _start(APPS / "http", tmp_path / "data", "--topology", str(tmp_path / "none.json"))

    assert code == 1
    assert "none.json" in line["message"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            """
@app.service_bus_queue_trigger(arg_name="m", queue_name="q", connection="Bus", cardinality="many")
def f(m: list[func.ServiceBusMessage]): pass
""",
            "invalid non-type annotation",
        ),
        (
            """
@app.route("x")
def f(req: func.HttpRequest, extra: int = 1) -> func.HttpResponse: pass
""",
            "extra",
        ),
        (
            """
other = func.FunctionApp()
""",
            "More than one FunctionApp",
        ),
        (
            """
raise LookupError("while importing")
""",
            "while importing",
        ),
    ],
)
def test_what_the_platforms_indexer_refuses_is_refused_in_its_words(
    tmp_path: Path, source: str, told: str
) -> None:
    code, line = _start(_write_app(tmp_path / "app", source), tmp_path / "data")

    assert code == 1
    assert told in line["message"]
    assert "Traceback" in line["exception"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            """
@app.blob_trigger(arg_name="b", path="in/{name}", connection="AzureWebJobsStorage")
def f(b: blob.BlobClient): pass
""",
            "'f': a blob trigger needs source EventGrid",
        ),
        (
            """
@app.blob_trigger(arg_name="b", path="in/{name}", connection="AzureWebJobsStorage", source="EventGrid")
def f(b: func.InputStream): pass
""",
            "'b' must be a BlobClient",
        ),
        (
            """
@app.blob_trigger(arg_name="b", path="in/{name}", connection="Elsewhere", source="EventGrid")
def f(b: blob.BlobClient): pass
""",
            "the connection 'Elsewhere' needs the app setting 'Elsewhere'",
        ),
        (
            """
@app.service_bus_queue_trigger(arg_name="m", queue_name="%QUEUE%", connection="Bus")
def f(m: func.ServiceBusMessage): pass
""",
            "the app setting 'QUEUE' does not exist",
        ),
        (
            """
@app.service_bus_queue_trigger(arg_name="m", queue_name="q", connection="Bus")
@app.retry(strategy="fixed_delay", max_retry_count="3", delay_interval="00:00:01")
def f(m: func.ServiceBusMessage): pass
""",
            "a retry policy has no effect on a serviceBusTrigger",
        ),
        (
            """
@app.timer_trigger(arg_name="t", schedule="*/5 * * * *")
def f(t: func.TimerRequest): pass
""",
            "'f': schedule: '*/5 * * * *' must have six fields",
        ),
        (
            """
@app.route("x/{id:integer}")
def f(req: func.HttpRequest) -> func.HttpResponse: pass
""",
            "route 'x/{id:integer}': 'integer' is no route constraint",
        ),
        (
            """
@app.cosmos_db_trigger(arg_name="d", container_name="c", database_name="d", connection="Cosmos",
                       change_feed_mode="AllVersionsAndDeletes")
def f(d: func.DocumentList): pass
""",
            "changeFeedMode AllVersionsAndDeletes is not served",
        ),
        (
            """
@app.queue_trigger(arg_name="m", queue_name="q", connection="AzureWebJobsStorage")
def f(m: func.QueueMessage): pass
""",
            "a trigger of type 'queueTrigger' is not served",
        ),
        (
            """
@app.route("x")
@app.blob_input(arg_name="b", path="in/x", connection="AzureWebJobsStorage")
def f(req: func.HttpRequest, b: str) -> func.HttpResponse: pass
""",
            "the input binding of type 'blob' at 'b' is not served",
        ),
    ],
)
def test_what_the_host_does_not_serve_is_refused_and_named(tmp_path: Path, source: str, told: str) -> None:
    code, line = _start(_write_app(tmp_path / "app", source), tmp_path / "data")

    assert code == 1
    assert told in line["message"]
