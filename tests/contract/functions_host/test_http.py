"""HTTP triggers, over the wire."""

import http.client
import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.functions_host import LocalHost

type Answer = tuple[int, list[tuple[str, str]], bytes]


def _ask(
    host: LocalHost,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def _status(host: LocalHost, path: str, method: str = "GET", **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _ask(host, path, method, named)[0]


def _echo(host: LocalHost, path: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    status, _, body = _ask(host, path, **request)
    assert status == 200
    seen: dict[str, Any] = json.loads(body)
    return seen


@pytest.mark.parametrize("path", ["/api/nothing", "/ping", "/", "/api/echo/t/5/6", "/api/echo/t/x"])
def test_a_path_without_a_route_is_not_found(http_host: LocalHost, path: str) -> None:
    assert _status(http_host, path) == 404


def test_a_route_with_another_method_is_not_found_as_on_the_platform(http_host: LocalHost) -> None:
    assert _status(http_host, "/api/ping", "POST") == 404


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("/api/function-key", "", 401),
        ("/api/function-key", "wrong", 401),
        ("/api/function-key", "its-own-key", 200),
        ("/api/function-key", "a-host-key", 200),
        ("/api/function-key", "the-master-key", 200),
        ("/api/admin-key", "", 401),
        ("/api/admin-key", "its-own-key", 401),
        ("/api/admin-key", "a-host-key", 401),
        ("/api/admin-key", "the-master-key", 200),
    ],
)
def test_a_function_opens_only_to_its_keys(http_host: LocalHost, path: str, key: str, status: int) -> None:
    assert _status(http_host, path, x_functions_key=key) == status
    assert _status(http_host, f"{path}?code={key}") == status


def test_async_and_sync_functions_answer(http_host: LocalHost) -> None:
    assert _ask(http_host, "/api/ping")[2] == b"pong"
    assert _ask(http_host, "/api/ping-thread")[2] == b"pong from a thread"


def test_a_function_sees_the_request_as_the_platform_hands_it_over(http_host: LocalHost) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    seen = _echo(
        http_host,
        "/api/echo/t%201/7?a=1&a=2&empty=&b=%C3%A9",
        method="POST",
        headers={"X-One": "1", "traceparent": trace},
        body=b"12345",
    )

    assert seen["method"] == "POST"
    assert seen["route"] == {"tenant": "t 1", "number": "7"}
    assert seen["query"] == {"a": "1,2", "b": "é"}
    assert seen["headers"]["x-one"] == "1"
    assert seen["url"].endswith(f":{http_host.port}/api/echo/t%201/7?a=1&a=2&empty=&b=%C3%A9")
    assert (seen["bytes"], seen["function"], seen["traceparent"]) == (5, "echo", trace)


def test_each_call_is_an_invocation_and_a_trace_of_its_own(http_host: LocalHost) -> None:
    first, second = (_echo(http_host, "/api/echo/t") for _ in range(2))

    assert first["invocation"] != second["invocation"]
    assert first["traceparent"] != second["traceparent"]
    assert first["route"] == {"tenant": "t"}


def test_a_literal_segment_goes_before_a_parameter(http_host: LocalHost) -> None:
    assert _ask(http_host, "/api/echo/fixed/5")[2] == b"literal"
    assert _echo(http_host, "/api/echo/fixed/5", method="POST")["route"]["tenant"] == "fixed"


def test_status_headers_cookies_and_custom_headers_arrive(http_host: LocalHost) -> None:
    status, headers, body = _ask(http_host, "/api/things", "POST")

    assert (status, body) == (201, b"made")
    assert ("location", "/things/1") in headers
    assert [value for name, value in headers if name == "set-cookie"] == ["a=1; Path=/", "b=2; HttpOnly"]
    assert ("x-content-type-options", "nosniff") in headers


def test_a_large_body_arrives_whole(http_host: LocalHost) -> None:
    assert _echo(http_host, "/api/echo/t", method="POST", body=bytes(5_000_000))["bytes"] == 5_000_000


def test_a_body_beyond_100_mb_is_refused_before_it_is_sent(http_host: LocalHost) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", http_host.port, timeout=10)
    connection.putrequest("POST", "/api/echo/t")
    connection.putheader("Content-Length", str(104_857_601))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_an_error_is_a_500_without_details_and_its_traceback_is_logged(http_host: LocalHost) -> None:
    status, _, body = _ask(http_host, "/api/fails")

    assert (status, body) == (500, b"")
    logged = [json.loads(line) for line in http_host.server.output.splitlines() if "fails failed" in line]
    assert logged[0]["level"] == "error"
    assert logged[0]["function"] == "fails"
    assert "function_app.py" in logged[0]["exception"]
    assert "broken on purpose" in logged[0]["exception"]


@pytest.mark.parametrize("path", ["/api/slow?seconds=30", "/api/slow-thread?seconds=1.5"])
def test_a_function_beyond_its_time_limit_fails(http_host: LocalHost, path: str) -> None:
    assert _status(http_host, path) == 500
    assert "functionTimeout" in http_host.server.output


def test_an_app_without_functions_is_served_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "function_app.py").write_text("import azure.functions as func\napp = func.FunctionApp()\n")

    host = LocalHost(tmp_path, tmp_path / "data")

    assert _status(host, "/api/anything") == 404
    assert host.server.stop() == 0


def test_the_status_page_tells_what_is_served(http_host: LocalHost) -> None:
    status, _, body = _ask(http_host, "/admin/host/status")

    told = json.loads(body)
    assert (status, told["state"], told["listeners"]) == (200, "Running", [])
    assert {"name": "ping", "trigger": "httpTrigger"} in told["functions"]
