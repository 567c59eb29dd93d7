"""Faults on demand, and the other requests that only the local server answers."""

import json
from collections.abc import Iterator

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import ContainerProxy, CosmosClient, PartitionKey

from tests.fixtures.cosmos import LocalAccount, local_cosmos


@pytest.fixture(scope="module")
def container(local: LocalAccount) -> Iterator[ContainerProxy]:
    """The container `d/c` that the rules are about."""
    with CosmosClient(local.account.endpoint, local.account.key) as client:
        database = client.create_database_if_not_exists("d")
        yield database.create_container_if_not_exists("c", PartitionKey("/pk"))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAccount]:
    """A local server for the tests of this module."""
    with local_cosmos(tmp_path_factory.mktemp("local")) as local:
        yield local


def fault(local: LocalAccount, **rule: object) -> None:
    body = json.dumps({"database": "d", "container": "c", **rule}).encode()
    status, answer = local.request("POST", "/_local/faults", body)
    assert status == 201, answer


@pytest.mark.parametrize("rule", [{"status": 500}, {"count": 0, "status": 429}, {"status": 429, "x": 1}, {}])
def test_a_faulty_fault_rule_is_refused(local: LocalAccount, rule: dict[str, object]) -> None:
    body = json.dumps({"database": "d", "container": "c", **rule}).encode()
    assert local.request("POST", "/_local/faults", body)[0] == 400


@pytest.mark.parametrize("status", [412, 449])
def test_a_fault_strikes_as_often_as_asked(
    local: LocalAccount, container: ContainerProxy, status: int
) -> None:
    fault(local, status=status, count=2, operation="upsert")
    for _ in range(2):
        with pytest.raises(HttpResponseError) as caught:
            container.upsert_item({"id": "1", "pk": "p"})
        assert caught.value.status_code == status
    container.upsert_item({"id": "1", "pk": "p"})


def test_the_sdk_waits_as_long_as_a_throttled_request_says(
    local: LocalAccount, container: ContainerProxy
) -> None:
    fault(local, status=429, count=2, retry_after_ms=10)
    container.upsert_item({"id": "1", "pk": "p"})
    assert local.request("GET", "/_local/faults") == (200, b"[]")
    assert container.read_item("1", "p")["id"] == "1"


def test_faults_can_be_cleared(local: LocalAccount, container: ContainerProxy) -> None:
    fault(local, status=449, count=100)
    assert local.request("DELETE", "/_local/faults")[0] == 204
    container.upsert_item({"id": "1", "pk": "p"})


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/dbs/none/colls/none/docs", "GET", 401),
        ("/nothing", "GET", 404),
        ("/dbs", "PUT", 405),
        ("/dbs/d/colls/c/sprocs", "GET", 501),
        ("/_local/nothing", "GET", 404),
    ],
)
def test_requests_without_sdk_are_refused_by_kind(
    local: LocalAccount, path: str, method: str, status: int
) -> None:
    assert local.request(method, path)[0] == status


def test_what_is_not_http_closes_the_connection(local: LocalAccount) -> None:
    assert local.raw(b"\x16\x03\x01 not http\r\n\r\n").startswith(b"HTTP/1.1 400")
