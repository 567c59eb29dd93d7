"""The store: units that fail leave nothing, counters never run back, an answer waits for its commit."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cosmos.catalog import Catalog, Container
from infra.local.cosmos.errors import CosmosError
from infra.local.cosmos.holding import HeldAnswers
from infra.local.cosmos.item_table import purge_expired
from infra.local.cosmos.items import Items
from infra.local.cosmos.server import GroupCommit
from infra.local.cosmos.store import Store

DEFINITION = {"id": "c", "partitionKey": {"paths": ["/pk"], "version": 2}, "defaultTtl": -1}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def container(store: Store) -> Container:
    catalog = Catalog(store)
    with store.writing():
        return catalog.create_container(catalog.create_database({"id": "d"}, None), DEFINITION, None)


def put(store: Store, container: Container, item_id: str, **more: object) -> int:
    document = {"id": item_id, "pk": "p", **more}
    with store.writing() as lsn:
        Items(store, container).upsert(container.partition_key.of_document(document), document, lsn)
    return lsn


def count(store: Store) -> int:
    found: int = store.connection.execute("SELECT COUNT(*) FROM items").fetchone()[0]
    return found


def test_a_failing_unit_leaves_the_units_before_it(store: Store, container: Container) -> None:
    put(store, container, "1")
    with pytest.raises(CosmosError), store.writing() as lsn:
        items, key = Items(store, container), container.partition_key.of_header('["p"]')
        items.create(key, {"id": "2", "pk": "p"}, lsn)
        items.create(key, {"id": "1", "pk": "p"}, lsn)
    store.commit()
    assert count(store) == 1


def test_what_was_not_committed_is_gone_and_the_rest_is_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    catalog = Catalog(store)
    with store.writing():
        made = catalog.create_container(catalog.create_database({"id": "d"}, None), DEFINITION, None)
    put(store, made, "1")
    store.commit()
    put(store, made, "2")
    store.close()
    again = Store(tmp_path)
    found = Catalog(again).container(Catalog(again).database("d"), "c")
    assert count(again) == 1
    assert found == made
    again.close()


def test_counters_go_on_after_the_last_item_is_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    catalog = Catalog(store)
    with store.writing():
        made = catalog.create_container(catalog.create_database({"id": "d"}, None), DEFINITION, None)
    last = put(store, made, "1")
    with store.writing():
        Items(store, made).delete(made.partition_key.of_header('["p"]'), "1")
    sequence = store.next_sequence()
    store.commit()
    store.close()
    again = Store(tmp_path)
    assert again.lsn > last
    assert again.next_sequence() >= sequence
    again.close()


def test_expired_items_are_purged_with_their_unique_values(store: Store) -> None:
    catalog = Catalog(store)
    definition = {**DEFINITION, "uniqueKeyPolicy": {"uniqueKeys": [{"paths": ["/mail"]}]}}
    with store.writing():
        made = catalog.create_container(catalog.create_database({"id": "d"}, None), definition, None)
    for number in range(3):
        put(store, made, str(number), ttl=1, mail=number)
    put(store, made, "kept", mail="x")
    assert purge_expired(store) == 0
    store.connection.execute("UPDATE items SET expires = 1 WHERE expires IS NOT NULL")
    assert purge_expired(store) == 3
    assert count(store) == 1
    assert store.connection.execute("SELECT COUNT(*) FROM unique_values").fetchone() == (1,)


def test_the_items_of_a_key_are_read_by_the_index(store: Store) -> None:
    plan = store.connection.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM items WHERE container = ? AND (epk, id) >= (?, ?) AND epk < ? "
        "AND (expires IS NULL OR expires > ?) ORDER BY epk, id",
        (1, b"", "", b"", 1),
    ).fetchall()
    assert len(plan) == 1
    assert "items_by_key (container=? AND (epk,id)>(?,?)" in plan[0][3]


async def test_answers_wait_for_the_commit_they_depend_on(store: Store, container: Container) -> None:
    sent: list[str] = []
    store.commit()
    commit = GroupCommit(store, asyncio.get_running_loop(), HeldAnswers(), lambda _: sent.append("failed"))
    commit.acknowledge(lambda: sent.append("read of what is committed"))
    put(store, container, "1")
    commit.acknowledge(lambda: sent.append("write"))
    commit.acknowledge(lambda: sent.append("read in the same turn"))
    assert sent == ["read of what is committed"]
    await asyncio.sleep(0)
    assert sent[1:] == ["write", "read in the same turn"]
    assert not store.has_uncommitted


class FullDisk(Store):
    """A store whose commits fail."""

    def commit(self) -> None:
        raise sqlite3.OperationalError("database or disk is full")


async def test_a_write_that_cannot_be_committed_is_never_acknowledged(tmp_path: Path) -> None:
    store = FullDisk(tmp_path)
    sent: list[str] = []
    failures: list[sqlite3.Error] = []
    commit = GroupCommit(store, asyncio.get_running_loop(), HeldAnswers(), failures.append)
    with store.writing():
        store.next_sequence()
    commit.acknowledge(lambda: sent.append("write"))
    await asyncio.sleep(0)
    assert sent == []
    assert len(failures) == 1
    store.close()
