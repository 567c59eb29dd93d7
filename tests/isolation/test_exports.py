"""Exports show what views and questions show to the same caller, and are in the audit."""

import io
import json
from urllib.parse import quote

import polars as pl
import pytest

from shared.tenancy.model import Role
from tests.isolation.world import Answer, Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]


async def _got(world: World, path: str, token: str) -> Answer:
    answer = await world.send("GET", path, token)
    assert answer.status == 200, answer.body
    return answer


def _of_one_item(held: Holdings) -> str:
    return quote(json.dumps({"line_item": held.line_item}))


async def test_an_export_of_a_view_is_the_view_as_a_file(world: World, north: Holdings) -> None:
    token = world.access.token(north.tenant)
    view = json.loads((await _got(world, "dashboards", token)).body)["courses"]
    file = await _got(world, "exports/dashboards", token)
    assert file.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    name = f'attachment; filename="courses-{file.headers["data-version"]}.csv"'
    assert file.headers["content-disposition"] == name
    assert pl.read_csv(file.body)["mean"].to_list() == [line["mean"] for line in view]
    parquet = await _got(world, "exports/dashboards?format=parquet", token)
    assert parquet.headers["content-type"] == "application/vnd.apache.parquet"
    assert pl.read_parquet(io.BytesIO(parquet.body))["courseId"].to_list() == [
        line["courseId"] for line in view
    ]


async def test_standards_are_exported_as_they_are_shown(world: World, north: Holdings) -> None:
    token = world.access.token(north.tenant)
    listed = json.loads((await _got(world, "dashboards/standards", token)).body)["standards"]
    assert [(line["standardId"], line["source"]) for line in listed] == [(north.standard, "case")]
    file = await _got(world, "exports/dashboards/standards", token)
    assert pl.read_csv(file.body)["mean"].to_list() == [line["mean"] for line in listed]
    course = await _got(world, f"exports/dashboards/courses/{north.course}/standards", token)
    assert pl.read_csv(course.body)["scored"].to_list() == [line["scored"] for line in listed]


async def test_an_export_is_in_the_audit_with_the_name_of_its_file(world: World, north: Holdings) -> None:
    token = await world.login(north.tenant, Role.LEARNER, "exporting", learner=north.classmate)
    file = await _got(world, f"exports/dashboards/learners/{north.classmate}", token)
    name = file.headers["content-disposition"].partition('"')[2].rstrip('"')
    entries = [it for it in await world.audited(world.scope(north.tenant)) if it["action"] == "export.make"]
    assert [(it["object"], it["outcome"]) for it in entries if it["actor"] == "person:exporting-learner"] == [
        (f"export:{name}", "allowed")
    ]


async def test_rows_are_exported_as_they_are_listed(world: World, north: Holdings) -> None:
    token = world.access.token(north.tenant)
    asked = f"columns=learner,score&sort=-score,learner&filter={_of_one_item(north)}"
    shown = await _got(world, f"facts/results?limit=200&{asked}", token)
    listed = json.loads(shown.body)
    assert listed["nextCursor"] is None
    file = await _got(world, f"exports/facts?format=parquet&{asked}", token)
    rows = pl.read_parquet(io.BytesIO(file.body)).with_columns(pl.col("score").cast(pl.Float64))
    assert [list(row) for row in rows.rows()] == listed["rows"]
    assert file.headers["data-version"] == shown.headers["data-version"]


async def test_a_learner_exports_own_rows_and_no_table_without_any(world: World, north: Holdings) -> None:
    token = await world.login(north.tenant, Role.LEARNER, "own-rows", learner=north.classmate)
    file = await _got(world, "exports/facts?columns=learner&format=parquet", token)
    assert set(pl.read_parquet(io.BytesIO(file.body))["learner"]) == {north.classmate}
    assert (await world.send("GET", "exports/facts?table=org", token)).status == 403


async def test_pages_of_rows_follow_their_cursor_to_the_end(world: World, north: Holdings) -> None:
    token = world.access.token(north.tenant)
    asked = f"filter={_of_one_item(north)}"
    whole = json.loads((await _got(world, f"facts/results?limit=200&{asked}", token)).body)["rows"]
    page = json.loads((await _got(world, f"facts/results?limit=7&{asked}", token)).body)
    found = page["rows"]
    while page["nextCursor"]:
        path = f"facts/results?limit=7&{asked}&cursor={page['nextCursor']}"
        page = json.loads((await _got(world, path, token)).body)
        found += page["rows"]
    assert found == whole
    foreign = await world.login(north.tenant, Role.LEARNER, "foreign-cursor", learner=north.classmate)
    first = json.loads((await _got(world, "facts/results?limit=7", token)).body)["nextCursor"]
    assert (await world.send("GET", f"facts/results?limit=7&cursor={first}", foreign)).status == 400
