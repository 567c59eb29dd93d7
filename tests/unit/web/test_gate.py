"""Every request from its first byte to the answer, over stores in memory."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.json_model import JsonModel
from shared.kernel.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TenantBreach,
    TermtideError,
    TooManyRequests,
    Unavailable,
    Violation,
)
from shared.tenancy.model import Budget, Quotas, RateClass, Role
from shared.web.call import Call, Content, Reply
from shared.web.exchange import Outgoing
from shared.web.models import PageQuery, RequestModel
from shared.web.routing import Media, PathParameter, Route
from tests.fixtures.tenancy import MACHINES, membership, tenant
from tests.fixtures.web import EC_JWK, MemoryWeb


class View(JsonModel):
    seen_by: str


class Numbers(JsonModel):
    items: list[int]
    next_cursor: str | None = None


class Wish(RequestModel):
    wish: str


READ = Route(
    method="GET",
    path="things/{thingId}",
    operation="read_thing",
    summary="",
    tag="things",
    rate=RateClass.READ,
    roles={Role.TENANT_ADMIN, Role.INSTRUCTOR},
    scopes={"things.read"},
    parameters=(PathParameter("thingId", "", r"[a-z]{1,9}", "thing"),),
    response=View,
)
LIST = Route(
    method="GET",
    path="numbers",
    operation="list_numbers",
    summary="",
    tag="things",
    rate=RateClass.READ,
    roles={Role.TENANT_ADMIN},
    query=PageQuery,
    response=Numbers,
)
CREATE = Route(
    method="POST",
    path="wishes",
    operation="create_wish",
    summary="",
    tag="things",
    rate=RateClass.WRITE,
    roles={Role.TENANT_ADMIN},
    request=Wish,
    response=View,
    status=201,
)
PAGE = Route(
    method="GET",
    path="page",
    operation="read_page",
    summary="",
    tag="things",
    rate=RateClass.PUBLIC,
    anonymous=True,
    response=Media("text/html", "A page"),
)
THING = {"thingId": "thing"}


async def _view(call: Call) -> Reply:
    seen = View(seen_by=call.principal.actor)
    return Reply(seen, data_version=7, next_poll=timedelta(milliseconds=4500))


async def _numbers(call: Call) -> Reply:
    query = call.query_as(PageQuery)
    start = int(call.position or 0)
    following = str(start + query.limit) if start + query.limit < 5 else None
    items = list(range(5))[start : start + query.limit]
    return Reply(Numbers(items=items, next_cursor=await call.next_cursor(following)))


async def _create(call: Call) -> Reply:
    return Reply(View(seen_by=call.body_as(Wish).wish), location="/api/wishes/1")


async def _page(_: Call) -> Reply:
    return Reply(Content(b"<p>hello</p>", "text/html", "default-src 'self'"))


@pytest.fixture
async def web() -> MemoryWeb:
    made = MemoryWeb()
    await made.tenancy.service.onboard(
        tenant(),
        [
            membership("ada", Role.TENANT_ADMIN),
            membership("lea", Role.LEARNER),
            membership("ina", Role.INSTRUCTOR),
        ],
        "test",
        "c1",
    )
    await made.tenancy.service.onboard(tenant("south"), [membership("ada", Role.TENANT_ADMIN)], "test", "c1")
    return made


async def _read(web: MemoryWeb, subject: str = "ada", headers: Mapping[str, str] | None = None) -> Outgoing:
    return await web.call(READ, _view, token=web.token(subject), path_values=THING, headers=headers)


def _problem(answer: Outgoing, status: int, code: str) -> dict[str, Any]:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    document: dict[str, Any] = json.loads(answer.body)
    assert (document["type"], document["status"]) == (f"/problems/{code}", status)
    assert document["correlationId"] == answer.headers["X-Correlation-Id"]
    return document


async def test_a_read_answers_the_model_with_all_its_headers(web: MemoryWeb) -> None:
    answer = await _read(web)
    assert (answer.status, json.loads(answer.body)) == (200, {"seenBy": "person:p-ada"})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Data-Version"] == "7"
    assert answer.headers["Next-Poll"] == "5"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["RateLimit"].startswith('"read";r=399')
    assert len(answer.headers["X-Correlation-Id"]) == 36


async def test_no_token_is_401_and_says_how(web: MemoryWeb) -> None:
    answer = await web.call(READ, _view, path_values=THING)
    _problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="termtide"'
    assert web.refusals.entries == [("_stamp", "anonymous", "http.read_thing", "token: no bearer token")]


async def test_a_role_that_does_not_reach_the_route_is_403(web: MemoryWeb) -> None:
    _problem(await _read(web, "lea"), 403, "forbidden")
    assert web.refusals.entries == [("north", "person:p-lea", "http.read_thing", "forbidden")]


async def test_a_machine_reaches_by_scope_only(web: MemoryWeb) -> None:
    web.documents.publish(MACHINES, EC_JWK)
    for scope, status in (("things.read", 200), ("TenantAdmin", 403), ("", 403)):
        token = web.token("sis", iss=MACHINES, scope=scope)
        assert (await web.call(READ, _view, token=token, path_values=THING)).status == status


async def test_everything_that_is_not_there_for_the_caller_looks_the_same(web: MemoryWeb) -> None:
    await web.tenancy.tenants.put(tenant("abroad", home_stamp="other-1"))

    async def unknown(_: Call) -> Reply:
        raise NotFound

    async def breach(_: Call) -> Reply:
        raise TenantBreach("north", "ingests")

    answers = [
        await web.call(READ, unknown, token=web.token(), path_values=THING),
        await web.call(READ, breach, token=web.token(), path_values=THING),
        await web.call(READ, _view, token=web.token(), path_values={"thingId": "NOT-POSSIBLE"}),
        await web.call(READ, _view, token=web.token("eve"), path_values=THING),
        await web.call(READ, _view, token=web.token(tenant="abroad"), path_values=THING),
    ]
    shapes = []
    for answer in answers:
        document = _problem(answer, 404, "not-found")
        del document["correlationId"]
        headers = {name: value for name, value in answer.headers.items() if name != "X-Correlation-Id"}
        shapes.append((document, headers))
    assert all(shape == shapes[0] for shape in shapes)
    assert web.refusals.entries[-1][3] == "wrong-stamp"


async def test_a_tag_spares_the_caller_what_they_hold(web: MemoryWeb) -> None:
    tag = (await _read(web)).headers["ETag"]
    again = await _read(web, headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (again.headers["Data-Version"], again.headers["Next-Poll"]) == ("7", "5")


async def test_a_tag_of_one_tenant_or_role_spares_nobody_else(web: MemoryWeb) -> None:
    async def same(_: Call) -> Reply:
        return Reply(View(seen_by="all"), etag="v1")

    tags = {
        (await web.call(READ, same, token=token, path_values=THING)).headers["ETag"]
        for token in (web.token(), web.token("ina"), web.token(tenant="south"))
    }
    assert len(tags) == 3
    everything = {"If-None-Match": ", ".join(tags - {(await _tag(web, same))})}
    answer = await web.call(READ, same, token=web.token(), path_values=THING, headers=everything)
    assert answer.status == 200


async def _tag(web: MemoryWeb, handler: Any) -> str:  # noqa: ANN401 - any handler
    return (await web.call(READ, handler, token=web.token(), path_values=THING)).headers["ETag"]


async def test_a_stale_change_is_412(web: MemoryWeb) -> None:
    async def change(call: Call) -> Reply:
        call.require_match("v2")
        return Reply(View(seen_by="x"))

    answer = await web.call(
        CREATE, change, token=web.token(), body={"wish": "w"}, headers={"If-Match": '"v1"'}
    )
    _problem(answer, 412, "precondition-failed")


async def test_pages_follow_each_other_to_the_end(web: MemoryWeb) -> None:
    seen: list[int] = []
    query = "limit=2"
    while True:
        answer = await web.call(
            LIST, _numbers, token=web.token(), url=f"http://localhost/api/numbers?{query}"
        )
        page = json.loads(answer.body)
        seen += page["items"]
        if page["nextCursor"] is None:
            break
        query = f"limit=2&cursor={page['nextCursor']}"
    assert seen == [0, 1, 2, 3, 4]


async def test_a_cursor_of_another_tenant_does_not_open(web: MemoryWeb) -> None:
    url = "http://localhost/api/numbers"
    first = await web.call(LIST, _numbers, token=web.token(), url=f"{url}?limit=2")
    cursor = json.loads(first.body)["nextCursor"]
    foreign = await web.call(
        LIST, _numbers, token=web.token(tenant="south"), url=f"{url}?limit=2&cursor={cursor}"
    )
    assert _problem(foreign, 400, "invalid-input")["errors"][0]["parameter"] == "cursor"


async def test_a_body_is_not_read_before_the_caller_may_be_here(web: MemoryWeb) -> None:
    for token, status in ((None, 401), (web.token("lea"), 403)):
        assert (await web.call(CREATE, _create, token=token, body=b"{" * 100)).status == status


async def test_a_fault_in_the_body_is_listed_by_pointer(web: MemoryWeb) -> None:
    answer = await web.call(CREATE, _create, token=web.token(), body={"wish": 7, "more": 1})
    assert sorted(error["pointer"] for error in _problem(answer, 400, "invalid-input")["errors"]) == [
        "/more",
        "/wish",
    ]


async def test_a_tenant_in_body_or_query_changes_nothing(web: MemoryWeb) -> None:
    body = await web.call(CREATE, _create, token=web.token(), body={"wish": "w", "tenant": "south"})
    query = await web.call(
        READ,
        _view,
        token=web.token(),
        url="http://localhost/api/things/thing?tenant=south",
        path_values=THING,
    )
    assert (body.status, query.status) == (400, 400)


async def test_a_repeated_create_is_done_once(web: MemoryWeb) -> None:
    answers = [
        await web.call(
            CREATE, _create, token=web.token(), body={"wish": "w"}, headers={"Idempotency-Key": "key-0001"}
        )
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert answers[1].headers["Location"] == "/api/wishes/1"
    assert answers[1].headers["Cache-Control"] == "no-store"
    assert answers[1].headers["X-Correlation-Id"] != answers[0].headers["X-Correlation-Id"]


async def test_a_used_up_budget_is_429_with_the_time_to_wait(web: MemoryWeb) -> None:
    small = tenant(quotas=Quotas(budgets={RateClass.READ: Budget(per_second=0.5, burst=2)}))
    await web.tenancy.service.onboard(small, [], "test", "c")
    assert [(await _read(web)).status for _ in range(3)] == [200, 200, 429]
    answer = await _read(web)
    _problem(answer, 429, "too-many-requests")
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["RateLimit"] == '"read";r=0;t=4'
    assert (await web.call(READ, _view, token=web.token(tenant="south"), path_values=THING)).status == 200, (
        "another tenant's budget is untouched"
    )


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (Unavailable(retry_after=9), 503, ("Retry-After", "9")),
        (TooManyRequests(retry_after=3), 429, ("Retry-After", "3")),
        (Conflict("it is closed"), 409, None),
        (PreconditionFailed(), 412, None),
        (InvalidInput(violations=[Violation("header:If-Match", "no")]), 400, None),
        (InvalidInput(violations=[Violation("grades.csv, record 12", "no")]), 400, None),
    ],
)
async def test_an_error_of_the_tree_becomes_its_problem(
    web: MemoryWeb, error: TermtideError, status: int, header: tuple[str, str] | None
) -> None:
    async def fail(_: Call) -> Reply:
        raise error

    answer = await web.call(READ, fail, token=web.token(), path_values=THING)
    document = _problem(answer, status, error.code)
    assert document.get("detail", "") == error.detail
    if header is not None:
        assert answer.headers[header[0]] == header[1]


async def test_a_defect_is_a_500_that_tells_nothing(web: MemoryWeb, caplog: pytest.LogCaptureFixture) -> None:
    async def defect(_: Call) -> Reply:
        raise ZeroDivisionError("a secret of the implementation")

    answer = await web.call(READ, defect, token=web.token(), path_values=THING)
    _problem(answer, 500, "internal")
    assert b"secret" not in answer.body
    assert "ZeroDivisionError" in caplog.text


async def test_an_audit_that_fails_does_not_let_anybody_in(
    web: MemoryWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(web.refusals, "refused", broken)
    assert (await web.call(READ, _view, path_values=THING)).status == 401


async def test_a_page_needs_no_token_and_brings_its_own_policy(web: MemoryWeb) -> None:
    answer = await web.call(PAGE, _page)
    assert (answer.status, answer.body) == (200, b"<p>hello</p>")
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_a_flood_of_headers_is_refused_before_anything_else(web: MemoryWeb) -> None:
    for headers in ({f"x-{number}": "" for number in range(65)}, {"x": "a" * 16_384}):
        _problem(await web.call(READ, _view, path_values=THING, headers=headers), 413, "too-large")
    assert not web.documents.reads


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}, "a" * 32),
        ({"X-Correlation-Id": "night-import-7"}, "night-import-7"),
        ({"traceparent": f"00-{'0' * 32}-{'b' * 16}-01", "X-Correlation-Id": "import-night"}, "import-night"),
    ],
)
async def test_the_callers_correlation_is_kept_when_it_is_well_formed(
    web: MemoryWeb, headers: dict[str, str], expected: str
) -> None:
    assert (await _read(web, headers=headers)).headers["X-Correlation-Id"] == expected


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in it", "line\nbreak-1", "{injection}"])
async def test_a_malformed_correlation_is_replaced(web: MemoryWeb, given: str) -> None:
    answer = await _read(web, headers={"X-Correlation-Id": given})
    assert len(answer.headers["X-Correlation-Id"]) == 36
