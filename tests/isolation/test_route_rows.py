"""The matrix over the route table: each route, tried with what must not open it.

What is not the caller's looks like what does not exist, byte for byte, and every refusal is in the audit.
"""

import json
from collections.abc import Mapping

import pytest

from functions.http import route_table
from shared.tenancy.model import Role
from shared.web.routing import Route
from tests.isolation.route_recipes import OPEN, RECIPES, path_of, recipe_of, status_of
from tests.isolation.tokens import FAULTS
from tests.isolation.world import Answer, Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

ROUTES = tuple(route_table())
CLOSED = tuple(route for route in ROUTES if not route.anonymous)
NAMING = tuple(route for route in CLOSED if recipe_of(route).names)
SCOPES = frozenset[str]().union(*(route.scopes for route in CLOSED))
SHOWING = tuple(route for route in CLOSED if not recipe_of(route).names)

each_closed = pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.operation)
each_naming = pytest.mark.parametrize("route", NAMING, ids=lambda route: route.operation)
each_showing = pytest.mark.parametrize("route", SHOWING, ids=lambda route: route.operation)


def own_path(route: Route, held: Holdings) -> str:
    names = recipe_of(route).names
    return path_of(route, names(held) if names else {})


async def call(
    world: World, route: Route, path: str, token: str | None, headers: Mapping[str, str] | None = None
) -> Answer:
    return await world.send(route.method, path, token, body=recipe_of(route).body, headers=headers)


def a_role_for(route: Route) -> Role:
    """Return a role that reaches the route and sees the whole district, where there is one."""
    return Role.TENANT_ADMIN if Role.TENANT_ADMIN in route.roles else min(route.roles)


async def assert_refused(
    world: World, tenant: str, answers: Mapping[str, Answer], reason: str, route: Route
) -> None:
    """The audit has one entry about each actor at a route: that it was refused the call, and why."""
    action = f"http.{route.operation}"
    entries = [it for it in await world.audited(world.scope(tenant)) if it["action"] == action]
    told = [(it["actor"], it["outcome"], it["reason"], it["correlation_id"]) for it in entries]
    assert sorted(it for it in told if it[0] in answers) == [
        (actor, "refused", reason, answer.correlation_id) for actor, answer in sorted(answers.items())
    ]


def test_every_route_has_a_row() -> None:
    assert {route.operation for route in ROUTES} == OPEN | RECIPES.keys()
    assert {route.operation for route in ROUTES if route.anonymous} == OPEN
    for route in CLOSED:
        recipe = recipe_of(route)
        assert bool(recipe.names) == bool(recipe.unknown) == bool(recipe.impossible)
        assert recipe.names or not route.parameters


@each_closed
async def test_its_own_people_reach_it(world: World, north: Holdings, route: Route) -> None:
    token = await world.login(north.tenant, a_role_for(route), "own", learner=north.classmate)
    answer = await call(world, route, own_path(route, north), token)
    assert answer.status == status_of(route)


@each_closed
async def test_a_token_that_does_not_hold_is_one_and_the_same_401(
    world: World, north: Holdings, route: Route
) -> None:
    path = own_path(route, north)
    plain = await call(world, route, path, "x.y.z")
    assert plain.status == 401
    seen = {
        fault: (await call(world, route, path, forge(world.access, north.tenant))).appearance()
        for fault, (forge, _) in FAULTS.items()
    }
    assert {fault: look for fault, look in seen.items() if look != plain.appearance()} == {}
    refusals = {(it["action"], it["reason"]) for it in await world.audited(world.stamp)}
    assert {(f"http.{route.operation}", f"token: {reason}") for _, reason in FAULTS.values()} <= refusals


@each_closed
async def test_a_role_that_the_route_does_not_name_is_403(
    world: World, north: Holdings, route: Route
) -> None:
    purpose, refused = f"role-{route.operation}", dict[str, Answer]()
    for role in Role:
        token = await world.login(north.tenant, role, purpose, learner=north.classmate, course=north.course)
        answer = await call(world, route, own_path(route, north), token)
        if role in route.roles:
            assert (role, answer.status) == (role, status_of(route))
            continue
        told = json.loads(answer.body)["type"]
        assert (role, answer.status, told) == (role, 403, "/problems/forbidden")
        refused[f"person:{purpose}-{role}".lower()] = answer
    await assert_refused(world, north.tenant, refused, "forbidden", route)


@each_closed
async def test_a_machine_reaches_it_by_its_scopes_only(world: World, north: Holdings, route: Route) -> None:
    for scope in route.scopes:
        token = world.machine(north.tenant, "sis", scope)
        assert (await call(world, route, own_path(route, north), token)).status == status_of(route)
    subject = f"sis-{route.operation}"
    token = world.machine(north.tenant, subject, *(SCOPES - route.scopes), *Role)
    answer = await call(world, route, own_path(route, north), token)
    assert answer.status == 403
    await assert_refused(world, north.tenant, {f"client:{subject}": answer}, "forbidden", route)


@each_naming
async def test_what_is_not_the_callers_looks_like_what_does_not_exist(
    world: World, north: Holdings, south: Holdings, abroad: str, route: Route
) -> None:
    recipe, role = recipe_of(route), a_role_for(route)
    assert recipe.unknown
    assert recipe.impossible
    purpose = f"seek-{route.operation}"
    attempts = {
        "unknown": (south.tenant, path_of(route, recipe.unknown())),
        "impossible": (south.tenant, path_of(route, recipe.impossible)),
        "foreign": (south.tenant, own_path(route, north)),
        "abroad": (abroad, own_path(route, north)),
    }
    seen, refused = {}, dict[str, Answer]()
    for name, (tenant, path) in attempts.items():
        token = await world.login(tenant, role, f"{purpose}-{name}")
        answer = await call(world, route, path, token)
        seen[name] = answer.appearance()
        if tenant == south.tenant:
            refused[f"person:{purpose}-{name}-{role}".lower()] = answer
    await assert_refused(world, south.tenant, refused, "not-found", route)
    unlisted = await call(
        world, route, own_path(route, north), world.access.token(north.tenant, subject="nobody")
    )
    seen["unlisted"] = unlisted.appearance()
    assert seen["unknown"][0] == 404
    assert {name: look for name, look in seen.items() if look != seen["unknown"]} == {}
    refusals = {(it["action"], it["reason"]) for it in await world.audited(world.stamp)}
    assert {(f"http.{route.operation}", why) for why in ("wrong-stamp", "not-found")} <= refusals


@each_naming
async def test_a_classmates_object_looks_like_none_to_who_may_see_only_their_own(
    world: World, north: Holdings, route: Route
) -> None:
    recipe = recipe_of(route)
    assert recipe.unknown
    purpose, refused = f"peek-{route.operation}", dict[str, Answer]()
    for role in recipe.own_only:
        token = await world.login(north.tenant, role, purpose, learner=north.learner, course="ANOTHER_1")
        answer = await call(world, route, own_path(route, north), token)
        nothing = await call(world, route, path_of(route, recipe.unknown()), token)
        assert answer.status == 404
        assert answer.appearance() == nothing.appearance()
        refused[f"person:{purpose}-{role}".lower()] = answer
    await assert_refused(world, north.tenant, refused, "not-found", route)


@each_showing
async def test_a_route_without_an_object_shows_the_callers_district_only(
    world: World, north: Holdings, south: Holdings, route: Route
) -> None:
    token = await world.login(south.tenant, a_role_for(route), f"show-{route.operation}")
    told = {"X-Tenant-Id": north.tenant, "X-Ms-Client-Principal-Id": north.tenant}
    answer = await call(world, route, own_path(route, south), token, headers=told)
    assert answer.status == status_of(route)
    assert [name for name in north.names if name.encode() in answer.body] == []


@each_showing
async def test_a_tenant_in_query_or_body_is_no_tenant(world: World, north: Holdings, route: Route) -> None:
    token = await world.login(north.tenant, a_role_for(route), f"tell-{route.operation}")
    path = own_path(route, north)
    asked = await call(world, route, f"{path}{'&' if '?' in path else '?'}tenant=iso-south", token)
    assert asked.status == 400
    if route.request:
        told = {**(recipe_of(route).body or {}), "tenant": "iso-south", "tenantId": "iso-south"}
        answer = await world.send(route.method, route.path, token, body=told)
        assert answer.status == 400


@each_closed
async def test_a_tenant_that_is_homed_elsewhere_is_served_nothing(
    world: World, abroad: str, route: Route, north: Holdings
) -> None:
    for role in route.roles:
        token = await world.login(abroad, role, "abroad", learner=north.classmate, course=north.course)
        answer = await call(world, route, own_path(route, north), token)
        assert answer.status == 404
    refusals = {(it["action"], it["reason"]) for it in await world.audited(world.stamp)}
    assert (f"http.{route.operation}", "wrong-stamp") in refusals
