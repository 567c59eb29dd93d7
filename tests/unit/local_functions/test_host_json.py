import json
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.functions.errors import InvalidHostJson
from infra.local.functions.host_json import HostJson, load_host_json


def _load(folder: Path, content: object) -> HostJson:
    file = folder / "host.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return load_host_json(file)


def _service_bus(**keys: object) -> dict[str, object]:
    return {"version": "2.0", "extensions": {"serviceBus": keys}}


def test_defaults_are_those_of_the_platform(tmp_path: Path) -> None:
    read = _load(tmp_path, {"version": "2.0"})

    assert read.function_timeout == timedelta(minutes=30)
    assert read.extensions.http.route_prefix == "api"
    assert read.extensions.service_bus.prefetch_count == 0
    assert read.extensions.service_bus.max_concurrent_sessions == 8
    assert read.extensions.service_bus.max_message_batch_size == 1000
    assert read.extensions.service_bus.max_auto_lock_renewal_duration == timedelta(minutes=5)
    assert read.extensions.blobs.poison_blob_threshold == 5


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"version": "2.0", "functionTimeOut": "00:05:00"}, "/functionTimeOut"),
        (_service_bus(maxConcurentCalls=3), "/extensions/serviceBus/maxConcurentCalls"),
        (_service_bus(maxConcurrentCalls=0), "/extensions/serviceBus/maxConcurrentCalls"),
        (_service_bus(sessionIdleTimeout="5s"), "/extensions/serviceBus/sessionIdleTimeout"),
        ({"version": "2.0", "extensions": {"a/b~c": {}}}, "/extensions/a~1b~0c"),
        ({"version": "2.0", "extensions": {"http": {"maxConcurrentRequests": 0}}}, "/maxConcurrentRequests"),
        ({"version": "1.0"}, "/version"),
        ({}, "/version"),
        ({"version": "2.0", "functionTimeout": 300}, "/functionTimeout"),
    ],
)
def test_a_faulty_key_is_refused_with_its_json_pointer(
    tmp_path: Path, content: dict[str, object], pointer: str
) -> None:
    with pytest.raises(InvalidHostJson, match=f"host.json: .*{pointer}: "):
        _load(tmp_path, content)


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidHostJson, match=r"/version: .*; /wrong: "):
        _load(tmp_path, {"version": "9", "wrong": 1})


def test_text_that_is_not_json_is_refused_with_the_file_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidHostJson, match=r"host\.json: not JSON"):
        _load(tmp_path, "{")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidHostJson, match="No such file"):
        load_host_json(tmp_path / "host.json")


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("00:00:30", timedelta(seconds=30)),
        ("1.02:03:04", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("00:00:00.250", timedelta(milliseconds=250)),
        ("-1", None),
    ],
)
def test_the_function_timeout_is_a_time_span_or_minus_one(
    tmp_path: Path, written: str, limit: timedelta | None
) -> None:
    assert _load(tmp_path, {"version": "2.0", "functionTimeout": written}).function_timeout == limit


@pytest.mark.parametrize(("written", "limit"), [(7, 7), (-1, None)])
def test_a_limit_of_requests_is_a_count_or_minus_one(tmp_path: Path, written: int, limit: int | None) -> None:
    keys = {"maxOutstandingRequests": written, "maxConcurrentRequests": written}
    http = _load(tmp_path, {"version": "2.0", "extensions": {"http": keys}}).extensions.http
    assert (http.max_outstanding_requests, http.max_concurrent_requests) == (limit, limit)


def test_keys_that_tune_the_platform_are_named_as_without_effect(tmp_path: Path) -> None:
    read = _load(tmp_path, {"version": "2.0", "telemetryMode": "OpenTelemetry", "concurrency": {}})

    assert read.without_effect == ["concurrency", "telemetryMode"]
