"""The change feed: latest versions in the order of writing, by container, partition and feed range."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.cosmos import PartitionKey

from tests.contract.cosmos.driver import AnyContainer, Sdk, collect, last_headers, refused, settle


@pytest.fixture
async def feed(sdk: Sdk) -> AnyContainer:
    """An empty container of its own."""
    return await sdk.create_container(PartitionKey("/pk"))


async def changes(container: AnyContainer, **options: object) -> list[str]:
    read: Callable[..., Any] = container.query_items_change_feed
    return [each["id"] for each in await collect(read(**options))]


async def put(container: AnyContainer, *ids: str, pk: str = "p") -> None:
    for item_id in ids:
        await settle(container.upsert_item({"id": item_id, "pk": pk}))


async def test_all_versions_and_deletes_is_not_implemented(feed: AnyContainer) -> None:
    await refused(lambda: feed.query_items_change_feed(mode="AllVersionsAndDeletes"), 501)


async def test_an_item_appears_once_at_its_latest_change(feed: AnyContainer) -> None:
    await put(feed, "a", "b", "c", "a")
    assert await changes(feed, start_time="Beginning") == ["b", "c", "a"]


async def test_deleted_items_disappear_from_the_feed(feed: AnyContainer) -> None:
    await put(feed, "a", "b")
    await settle(feed.delete_item("b", "p"))
    assert await changes(feed, start_time="Beginning") == ["a"]


async def test_a_continuation_gives_what_came_after(feed: AnyContainer) -> None:
    await put(feed, "a")
    assert await changes(feed, start_time="Beginning") == ["a"]
    token = last_headers(feed)["etag"]
    assert await changes(feed, continuation=token) == []
    await put(feed, "b")
    assert await changes(feed, continuation=token) == ["b"]


async def test_a_reader_that_would_rather_wait_is_told_what_changes_at_once(feed: AnyContainer) -> None:
    assert await changes(feed, start_time="Now") == []
    token = last_headers(feed)["etag"]
    await put(feed, "a")
    assert await changes(feed, continuation=token, headers={"Prefer": "wait=1"}) == ["a"]


async def test_a_feed_from_now_starts_empty(feed: AnyContainer) -> None:
    await put(feed, "a")
    assert await changes(feed, start_time="Now") == []
    token = last_headers(feed)["etag"]
    await put(feed, "b")
    assert await changes(feed, continuation=token) == ["b"]


async def test_a_feed_from_a_time_leaves_out_what_is_older(feed: AnyContainer) -> None:
    await put(feed, "a")
    an_hour = timedelta(hours=1)
    assert await changes(feed, start_time=datetime.now(UTC) - an_hour) == ["a"]
    assert await changes(feed, start_time=datetime.now(UTC) + an_hour) == []


async def test_a_partition_and_a_range_have_feeds_of_their_own(feed: AnyContainer) -> None:
    await put(feed, "a", pk="p")
    await put(feed, "b", pk="q")
    assert await changes(feed, start_time="Beginning", partition_key="q") == ["b"]
    own = await settle(feed.feed_range_from_partition_key("p"))
    assert await changes(feed, start_time="Beginning", feed_range=own) == ["a"]


async def test_pages_never_split_a_batch(feed: AnyContainer) -> None:
    await put(feed, "first")
    batch = [("create", ({"id": str(n), "pk": "p"},)) for n in range(10)]
    await settle(feed.execute_item_batch(batch, "p"))
    await put(feed, "last")
    pages: Any = feed.query_items_change_feed(start_time="Beginning", max_item_count=3).by_page()
    sizes = [len(await collect(page)) for page in await collect(pages)]
    assert sizes[:2] == [11, 1]


async def test_changes_carry_their_lsn(feed: AnyContainer) -> None:
    await put(feed, "a", "b")
    found = await collect(feed.query_items_change_feed(start_time="Beginning"))
    assert found[0]["_lsn"] < found[1]["_lsn"]
