"""What one district was given opens nothing for another: cursors, tags, keys of calls, upload grants."""

from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from shared.ingestion.views import IngestPage, UploadView
from shared.ingestion.ways.uploads import landing_blob
from shared.kernel.ids import new_id
from shared.tenancy.model import Role
from tests.isolation.world import Holdings, World

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

BLOCK = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
async def grant(world: World, north: Holdings) -> UploadView:
    """An upload that the northern district was granted."""
    token = await world.login(north.tenant, Role.TENANT_ADMIN, "grants")
    answer = await world.send("POST", "uploads", token, body={"fileName": "grades.csv"})
    return UploadView.model_validate_json(answer.body)


async def test_a_cursor_goes_on_for_its_own_district_only(
    world: World, north: Holdings, south: Holdings
) -> None:
    rejects = f"ingests/{north.ingest}/rejects"
    here = await world.login(north.tenant, Role.TENANT_ADMIN, "cursor")
    there = await world.login(south.tenant, Role.TENANT_ADMIN, "cursor")
    # More than one ingest, so that the list has a second page.
    await world.grade(north.tenant, "NORTH_2")
    page = IngestPage.model_validate_json((await world.send("GET", "ingests?limit=1", here)).body)
    assert page.next_cursor
    again = await world.send("GET", f"ingests?limit=1&cursor={page.next_cursor}", here)
    assert (again.status, len(IngestPage.model_validate_json(again.body).items)) == (200, 1)
    changed = page.next_cursor[:-4] + ("AAAA" if page.next_cursor[-4:] != "AAAA" else "BBBB")
    strange = await world.send("GET", f"ingests?limit=1&cursor={changed}", there)
    foreign = await world.send("GET", f"ingests?limit=1&cursor={page.next_cursor}", there)
    assert strange.status == 400
    assert foreign.appearance() == strange.appearance()
    assert (await world.send("GET", f"{rejects}?cursor={page.next_cursor}", here)).status == 400


@pytest.mark.parametrize("path", ["ingests", "dashboards", "me"])
async def test_a_tag_spares_nobody_else_the_answer(
    world: World, north: Holdings, south: Holdings, path: str
) -> None:
    here = await world.login(north.tenant, Role.TENANT_ADMIN, "tag")
    there = await world.login(south.tenant, Role.TENANT_ADMIN, "tag")
    tag = (await world.send("GET", path, here)).headers["etag"]
    assert (await world.send("GET", path, here, headers={"If-None-Match": tag})).status == 304
    assert (await world.send("GET", path, there, headers={"If-None-Match": tag})).status == 200


async def test_a_key_of_one_district_repeats_no_reply_to_another(
    world: World, north: Holdings, south: Holdings
) -> None:
    key, body = {"Idempotency-Key": new_id()}, {"fileName": "grades.csv"}
    granted = {}
    for tenant in (north.tenant, south.tenant):
        token = await world.login(tenant, Role.TENANT_ADMIN, "repeat")
        answer = await world.send("POST", "uploads", token, body=body, headers=key)
        assert "idempotency-replayed" not in answer.headers
        granted[tenant] = UploadView.model_validate_json(answer.body)
    assert granted[north.tenant].ingest_id != granted[south.tenant].ingest_id
    assert f"/landing/{south.tenant}/" in granted[south.tenant].url


async def test_an_upload_grant_writes_its_one_blob_and_does_nothing_else(
    world: World, north: Holdings, south: Holdings, grant: UploadView
) -> None:
    parts = urlsplit(grant.url)
    account = grant.url.partition("/landing/")[0]
    assert parse_qs(parts.query)["sr"] == ["b"]
    elsewhere = {
        "another district": f"landing/{landing_blob(south.tenant, new_id(), 'grades.csv')}",
        "another upload": f"landing/{landing_blob(north.tenant, new_id(), 'grades.csv')}",
        "another name": f"landing/{landing_blob(north.tenant, grant.ingest_id, 'other.csv')}",
        "the lake": f"lake-{north.tenant}/results/grades.csv",
    }
    async with aiohttp.ClientSession() as blobs:
        for path in elsewhere.values():
            async with blobs.put(f"{account}/{path}?{parts.query}", data=b"x", headers=BLOCK) as answer:
                assert answer.status == 403
        async with blobs.put(grant.url, data=b"a,b\n1,2\n", headers=BLOCK) as answer:
            assert answer.status == 201
        for attempt in (blobs.get(grant.url), blobs.delete(grant.url)):
            async with attempt as answer:
                assert answer.status == 403
        listing = f"{account}/landing?restype=container&comp=list&{parts.query}"
        async with blobs.get(listing) as answer:
            assert answer.status == 403
