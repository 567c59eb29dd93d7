"""The OpenAPI document: valid, current, and complete about every route."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from functions.http import route_table
from scripts.lib.openapi import FILE, rendered
from shared.web.openapi import openapi_document
from shared.web.routing import Route
from tests.unit.web.test_gate import CREATE, LIST, PAGE, READ

ROUTES = list(route_table())


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of all routes."""
    return openapi_document(ROUTES, version="1")


def _operation(route: Route, document: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"][f"/{route.path}"][route.method.lower()]
    return operation


def test_the_committed_document_is_what_the_routes_say() -> None:
    assert FILE.read_text(encoding="utf-8") == rendered(), "run scripts/openapi"


@pytest.mark.parametrize("routes", [ROUTES, [READ, LIST, CREATE, PAGE]])
def test_the_document_is_valid_openapi(routes: list[Route]) -> None:
    validate(openapi_document(routes, version="1"))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_every_route_documents_what_the_kernel_can_refuse_with(
    route: Route, document: dict[str, Any]
) -> None:
    statuses = set(_operation(route, document)["responses"])
    assert {str(route.status), "400", "413", "429", "503"} <= statuses
    assert route.anonymous or {"401", "403", "404"} <= statuses
    assert not route.takes_idempotency_key or {"409", "422"} <= statuses
    assert {str(error.status) for error in route.errors} <= statuses


def test_a_body_a_query_and_a_path_are_described() -> None:
    described = openapi_document([READ, LIST, CREATE, PAGE], version="1")
    create = _operation(CREATE, described)
    assert create["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Wish")
    assert "415" in create["responses"]
    assert "Location" in create["responses"]["201"]["headers"]
    listing = _operation(LIST, described)
    assert [p["name"] for p in listing["parameters"] if "name" in p] == ["limit", "cursor"]
    assert listing["parameters"][0]["schema"]["maximum"] == 200
    read = _operation(READ, described)
    assert read["parameters"][0]["schema"]["pattern"] == "^(?:[a-z]{1,9})$"
    assert read["security"] == [{"bearer": ["things.read"]}]
    assert _operation(PAGE, described)["responses"]["200"]["content"].keys() == {"text/html"}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in _references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    if isinstance(node, list):
        for value in node:
            yield from _references(value)
