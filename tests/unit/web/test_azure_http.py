"""How routes become functions, and requests and answers cross the platform's types."""

import json

import azure.functions as func
import pytest

from shared.json_model import JsonModel
from shared.tenancy.model import RateClass, Role
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Reply
from shared.web.routing import PathParameter, Route
from tests.fixtures.tenancy import membership, tenant
from tests.fixtures.web import MemoryWeb


class Thing(JsonModel):
    thing_id: str


ROUTE = Route(
    method="GET",
    path="things/{thingId}",
    operation="read_thing",
    summary="",
    tag="things",
    rate=RateClass.READ,
    roles={Role.TENANT_ADMIN},
    parameters=(PathParameter("thingId", "", "[a-z]+", "thing"),),
    response=Thing,
)


async def read_thing(call: Call) -> Reply:
    return Reply(Thing(thing_id=call.path["thingId"]))


@pytest.fixture
async def web() -> MemoryWeb:
    made = MemoryWeb()
    await made.tenancy.service.onboard(tenant(), [membership("ada", Role.TENANT_ADMIN)], "test", "c1")
    return made


def _indexed(web: MemoryWeb) -> func.Function:
    blueprint = HttpBlueprint(lambda: web.gate)
    assert endpoint(blueprint, ROUTE)(read_thing) is read_thing
    assert blueprint.routes == [ROUTE]
    app = func.FunctionApp()
    app.register_functions(blueprint)
    (function,) = app.get_functions()
    return function


def test_a_route_is_one_function_named_by_its_operation(web: MemoryWeb) -> None:
    function = _indexed(web)
    trigger = function.get_dict_repr()["bindings"][0]
    assert function.get_function_name() == "read_thing"
    assert (trigger["route"], trigger["methods"], trigger["authLevel"]) == (
        "things/{thingId}",
        [func.HttpMethod.GET],
        func.AuthLevel.ANONYMOUS,
    )


async def test_a_request_goes_through_the_gate_and_back(web: MemoryWeb) -> None:
    invoke = _indexed(web).get_user_function()
    request = func.HttpRequest(
        "GET",
        "http://localhost/api/things/one",
        headers={"Authorization": f"Bearer {web.token()}", "X-Correlation-ID": "night-import-7"},
        route_params={"thingId": "one"},
        body=b"",
    )
    answer = await invoke(request)
    assert (answer.status_code, json.loads(answer.get_body())) == (200, {"thingId": "one"})
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Correlation-Id"] == "night-import-7"


async def test_a_refusal_keeps_its_media_type(web: MemoryWeb) -> None:
    invoke = _indexed(web).get_user_function()
    answer = await invoke(func.HttpRequest("GET", "http://localhost/api/things/one", body=b""))
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


async def test_the_gate_is_not_asked_for_before_a_request() -> None:
    def never() -> None:
        raise AssertionError("asked")

    endpoint(HttpBlueprint(never), ROUTE)(read_thing)  # type: ignore[arg-type]  # it is not to be called
