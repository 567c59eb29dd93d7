"""Requests at the edge: signatures, dates, HTTP framing and limits."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from infra.local.cosmos.authorization import _sign, decode_key
from infra.local.cosmos.catalog import Catalog
from infra.local.cosmos.gateway import Gateway
from infra.local.cosmos.holding import HeldAnswers
from infra.local.cosmos.http import LARGEST_BODY, HttpConnection
from infra.local.cosmos.messages import Request, Response
from infra.local.cosmos.store import Store
from tests.unit.local_cosmos.wires import Wire

KEY = b"a key"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    store = Store(tmp_path)
    yield Gateway(store, Catalog(store), KEY)
    store.close()


def http_date(minutes: int = 0) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)


def signed(
    method: str,
    path: str,
    kind: str,
    link: str,
    body: bytes = b"",
    **headers: str,
) -> Request:
    date = headers.pop("x_ms_date", "") or http_date()
    signature = _sign(KEY, method, kind, link, date).decode()
    authorization = quote(f"type=master&ver=1.0&sig={signature}", safe="")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, path, {"x-ms-date": date, "authorization": authorization, **named}, body)


def code(response: Response) -> tuple[int, str]:
    return response.status, json.loads(response.body)["code"]


def prepare(gateway: Gateway) -> None:
    database, container = (
        json.dumps({"id": "d"}),
        {"id": "c", "partitionKey": {"paths": ["/pk"], "version": 2}},
    )
    assert gateway.answer(signed("POST", "/dbs", "dbs", "", database.encode())).status == 201
    created = signed("POST", "/dbs/d/colls", "colls", "dbs/d", json.dumps(container).encode())
    assert gateway.answer(created).status == 201


def test_an_old_request_is_refused(gateway: Gateway) -> None:
    assert gateway.answer(signed("GET", "/dbs", "dbs", "")).status == 200
    assert code(gateway.answer(signed("GET", "/dbs", "dbs", "", x_ms_date=http_date(minutes=-20)))) == (
        403,
        "Forbidden",
    )


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401),
        ("type=master", 401),
        ("type%3Daad%26ver%3D1.0%26sig%3Dx", 501),
        ("type=resource&ver=1&sig=x", 501),
    ],
)
def test_other_authorizations_are_refused(gateway: Gateway, authorization: str, status: int) -> None:
    headers = {"authorization": authorization, "x-ms-date": http_date()}
    assert gateway.answer(Request("GET", "/dbs", headers, b"")).status == status


def test_a_signature_is_for_one_verb_and_one_resource(gateway: Gateway) -> None:
    read = signed("GET", "/dbs", "dbs", "")
    assert gateway.answer(Request("POST", "/dbs", read.headers, b'{"id":"d"}')).status == 401
    assert gateway.answer(Request("GET", "/dbs/d", read.headers, b"")).status == 401


def test_a_key_is_base64() -> None:
    assert decode_key(base64.b64encode(KEY).decode()) == KEY
    with pytest.raises(ValueError, match="base64"):
        decode_key("!")


def post_item(gateway: Gateway, body: bytes, **headers: str) -> Response:
    return gateway.answer(signed("POST", "/dbs/d/colls/c/docs", "docs", "dbs/d/colls/c", body, **headers))


def test_an_item_without_its_key_in_the_header_is_refused(gateway: Gateway) -> None:
    prepare(gateway)
    assert post_item(gateway, b'{"id":"1","pk":"p"}').status == 400
    assert post_item(gateway, b'{"id":"1","pk":"p"}', x_ms_documentdb_partitionkey='["p"]').status == 201
    mismatch = post_item(gateway, b'{"id":"2","pk":"p"}', x_ms_documentdb_partitionkey='["q"]')
    assert (mismatch.status, mismatch.headers["x-ms-substatus"]) == (400, "1001")
    no_path = post_item(gateway, b'{"id":"2"}', x_ms_documentdb_partitionkey='["p"]')
    assert no_path.status == 400
    assert post_item(gateway, b'{"id":"2"}', x_ms_documentdb_partitionkey="[{}]").status == 201


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"[" * 100_000, b'{"pk":"p"}'),
        b'{"id":"\\ud800","pk":"p"}',
        b'{"id":"1","pk":"p","n":NaN}',
        b'{"id":"1","pk":"p","n":1e999}',
        b'{"id":"1","pk":"p","deep":' + b"[" * 128 + b"]" * 128 + b"}",
    ],
)
def test_a_body_that_is_no_item_is_refused(gateway: Gateway, body: bytes) -> None:
    prepare(gateway)
    assert code(post_item(gateway, body, x_ms_documentdb_partitionkey='["p"]')) == (400, "BadRequest")


def test_an_item_may_have_128_levels(gateway: Gateway) -> None:
    prepare(gateway)
    body = b'{"id":"1","pk":"p","deep":' + b"[" * 127 + b"]" * 127 + b"}"
    assert post_item(gateway, body, x_ms_documentdb_partitionkey='["p"]').status == 201


@pytest.mark.parametrize("operations", [[1], [None], [{}], [{"op": ["set"], "path": "/a", "value": 1}]])
def test_what_is_no_patch_operation_is_refused(gateway: Gateway, operations: list[object]) -> None:
    prepare(gateway)
    key = {"x_ms_documentdb_partitionkey": '["p"]'}
    assert post_item(gateway, b'{"id":"1","pk":"p"}', **key).status == 201
    path, body = "/dbs/d/colls/c/docs/1", json.dumps({"operations": operations}).encode()
    patched = gateway.answer(signed("PATCH", path, "docs", path.removeprefix("/"), body, **key))
    assert code(patched) == (400, "BadRequest")


@pytest.mark.parametrize(
    "policy",
    [
        {"includedPaths": 5},
        {"includedPaths": ["/*"]},
        {"excludedPaths": [None]},
        {"compositeIndexes": [[1, 2]]},
        {"compositeIndexes": [[{"path": 1}, {"path": 2}]]},
    ],
    ids=str,
)
def test_an_indexing_policy_of_the_wrong_shape_is_refused(gateway: Gateway, policy: object) -> None:
    prepare(gateway)
    key = {"paths": ["/pk"], "version": 2}
    body = json.dumps({"id": "e", "partitionKey": key, "indexingPolicy": policy}).encode()
    created = gateway.answer(signed("POST", "/dbs/d/colls", "colls", "dbs/d", body))
    assert code(created) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_ms_documentdb_pre_trigger_include": "t"}, 501),
        ({"x_ms_consistency_level": "Strong"}, 400),
        ({"x_ms_cosmos_intended_collection_rid": "other"}, 400),
        ({"x_ms_cosmos_is_query_plan_request": "True"}, 501),
        ({"x_ms_cosmos_is_batch_request": "True"}, 501),
    ],
)
def test_what_the_account_does_not_do_is_refused(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    prepare(gateway)
    headers = {"x_ms_documentdb_partitionkey": '["p"]', **headers}
    assert post_item(gateway, b'{"id":"1","pk":"p"}', **headers).status == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"query": 1}',
        b'{"query": "SELECT 1", "parameters": [1]}',
        b'{"query": "SELECT VALUE 1e999"}',
    ],
)
def test_a_query_request_without_query_is_refused(gateway: Gateway, body: bytes) -> None:
    prepare(gateway)
    response = post_item(
        gateway, body, content_type="application/query+json", x_ms_documentdb_partitionkey='["p"]'
    )
    assert response.status == 400


@pytest.mark.parametrize(
    ("continuation", "page"),
    [
        ("x", "1"),
        ("{}", "1"),
        ('{"query":"other"}', "1"),
        ('{"query":"x","at":["zz","1"]}', "1"),
        ("", "many"),
    ],
)
def test_faulty_paging_is_refused(gateway: Gateway, continuation: str, page: str) -> None:
    prepare(gateway)
    response = post_item(
        gateway,
        b'{"query": "SELECT * FROM c"}',
        content_type="application/query+json",
        x_ms_documentdb_partitionkey='["p"]',
        x_ms_continuation=continuation,
        x_ms_max_item_count=page,
    )
    assert response.status == 400


def connect(answered: list[Request]) -> tuple[HttpConnection, Wire]:
    def answer(request: Request) -> Response:
        answered.append(request)
        return Response(200, request.path.encode())

    connection = HttpConnection(answer, lambda send: send(), HeldAnswers(), lambda: "0:-1#1")
    wire = Wire()
    connection.connection_made(wire)
    return connection, wire


def test_requests_in_pieces_and_in_a_row_are_answered_in_order() -> None:
    answered: list[Request] = []
    connection, wire = connect(answered)
    data = b"POST /a?x=1 HTTP/1.1\r\nContent-Length: 3\r\nX-Up: Y\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n"
    for at in range(len(data)):
        connection.data_received(data[at : at + 1])
    assert [(request.path, request.body) for request in answered] == [("/a", b"abc"), ("/b", b"")]
    assert answered[0].headers == {"content-length": "3", "x-up": "Y"}
    assert wire.written.index(b"\r\n\r\n/a") < wire.written.index(b"\r\n\r\n/b")
    assert not wire.closed


def test_a_body_beyond_the_limit_is_refused_and_not_kept() -> None:
    answered: list[Request] = []
    connection, wire = connect(answered)
    connection.data_received(b"POST /a HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))
    for _ in range(LARGEST_BODY // 65536):
        connection.data_received(b"x" * 65536)
    connection.data_received(b"x")
    assert answered == []
    assert wire.written.startswith(b"HTTP/1.1 413")


def test_the_connection_is_closed_when_the_client_says_so() -> None:
    connection, wire = connect([])
    connection.data_received(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert wire.closed
