"""The table of items: every SQL statement that touches it.

Items lie in the order of (container, effective partition key, id): a point, a partition, a prefix of a
hierarchical key and a feed range are ranges of it. An item that has expired is not there for any reader.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from infra.local.cosmos.store import Store

type EpkRange = tuple[bytes, bytes]
type ItemKey = tuple[bytes, str]

PURGED_AT_ONCE = 500


class StoredItem(NamedTuple):
    """A version of an item: a row of the table.

    `body` is its JSON with all system properties; `expires` is in seconds since 1970, None for never.
    """

    number: int
    container: int
    epk: bytes
    id: str
    lsn: int
    etag: str
    ts: int
    expires: int | None
    body: bytes

    @property
    def key(self) -> ItemKey:
        """The position among the items of the container."""
        return self.epk, self.id


class ItemTable:
    """The items of one container."""

    def __init__(self, store: Store, container: int) -> None:
        self._connection: sqlite3.Connection = store.connection
        self._changed = store.changed
        self._container = container
        self._now = store.now()

    def find(self, epk: bytes, item_id: str) -> StoredItem | None:
        """Return an item by key, also when it has expired but was not yet purged."""
        row = self._connection.execute(
            "SELECT * FROM items WHERE container = ? AND epk = ? AND id = ?", (self._container, epk, item_id)
        ).fetchone()
        return None if row is None else StoredItem._make(row)

    def find_live(self, epk: bytes, item_id: str) -> StoredItem | None:
        """Return an item by key unless it has expired."""
        item = self.find(epk, item_id)
        return None if item is None or self.has_expired(item) else item

    def has_expired(self, item: StoredItem) -> bool:
        """Tell whether the item's time is over."""
        return item.expires is not None and item.expires <= self._now

    def id_of(self, number: int) -> str | None:
        """Return the id of the item with this number."""
        row = self._connection.execute(
            "SELECT id FROM items WHERE number = ? AND container = ?", (number, self._container)
        ).fetchone()
        return None if row is None else row[0]

    def scan(self, span: EpkRange, start: ItemKey | None) -> Iterator[StoredItem]:
        """Yield the live items of a range in order, from the position `start` on if there is one."""
        epk, item_id = start or (span[0], "")
        rows = self._connection.execute(
            "SELECT * FROM items WHERE container = ? AND (epk, id) >= (?, ?) AND epk < ? "
            "AND (expires IS NULL OR expires > ?) ORDER BY epk, id",
            (self._container, epk, item_id, span[1], self._now),
        )
        return map(StoredItem._make, rows)

    def changes(self, span: EpkRange, since: int, not_before: int, page: int) -> list[StoredItem]:
        """Return the versions written after an LSN, oldest first; a page never splits a transaction."""
        where = (self._container, *span, not_before, self._now)
        rows = self._connection.execute(
            "SELECT * FROM items WHERE container = ? AND epk >= ? AND epk < ? AND ts >= ? "
            "AND (expires IS NULL OR expires > ?) AND lsn > ? ORDER BY lsn, number LIMIT ?",
            (*where, since, page),
        )
        items = [StoredItem._make(row) for row in rows]
        if len(items) < page:
            return items
        rest = self._connection.execute(
            "SELECT * FROM items WHERE container = ? AND epk >= ? AND epk < ? AND ts >= ? "
            "AND (expires IS NULL OR expires > ?) AND lsn = ? AND number > ? ORDER BY number",
            (*where, items[-1].lsn, items[-1].number),
        )
        return items + [StoredItem._make(row) for row in rest]

    def insert(self, item: StoredItem) -> None:
        """Add an item."""
        self._changed.add(self._container)
        self._connection.execute("INSERT INTO items VALUES(?,?,?,?,?,?,?,?,?)", item)

    def update(self, item: StoredItem) -> None:
        """Store a new version of an item."""
        self._changed.add(self._container)
        self._connection.execute(
            "UPDATE items SET lsn = ?, etag = ?, ts = ?, expires = ?, body = ? WHERE number = ?",
            (item.lsn, item.etag, item.ts, item.expires, item.body, item.number),
        )

    def delete(self, number: int) -> None:
        """Remove an item and its unique values."""
        self._connection.execute("DELETE FROM items WHERE number = ?", (number,))
        self.forget_unique_values(number)

    def delete_range(self, span: EpkRange) -> None:
        """Remove every item of a range and their unique values."""
        for statement in (
            "DELETE FROM items WHERE container = ? AND epk >= ? AND epk < ?",
            "DELETE FROM unique_values WHERE container = ? AND epk >= ? AND epk < ?",
        ):
            self._connection.execute(statement, (self._container, *span))

    def holder_of(self, epk: bytes, unique_value: str) -> int | None:
        """Return the number of the item that holds a unique value in a partition."""
        row = self._connection.execute(
            "SELECT number FROM unique_values WHERE container = ? AND epk = ? AND value = ?",
            (self._container, epk, unique_value),
        ).fetchone()
        return None if row is None else row[0]

    def is_expired(self, number: int) -> bool:
        """Tell whether the item with this number has expired."""
        row = self._connection.execute(
            "SELECT 1 FROM items WHERE number = ? AND expires <= ?", (number, self._now)
        ).fetchone()
        return row is not None

    def keep_unique_value(self, epk: bytes, unique_value: str, number: int) -> None:
        """Note that an item holds a unique value."""
        self._connection.execute(
            "INSERT INTO unique_values VALUES(?,?,?,?)", (self._container, epk, unique_value, number)
        )

    def forget_unique_values(self, number: int) -> None:
        """Release the unique values of an item."""
        self._connection.execute("DELETE FROM unique_values WHERE number = ?", (number,))

    def set_default_ttl(self, default: int | None) -> None:
        """Compute anew when each item expires, after the container's default has changed."""
        self._connection.execute(
            """
            UPDATE items SET expires = CASE
              WHEN :default IS NULL THEN NULL
              WHEN json_extract(CAST(body AS TEXT), '$.ttl') = -1 THEN NULL
              WHEN json_extract(CAST(body AS TEXT), '$.ttl') > 0
                THEN ts + json_extract(CAST(body AS TEXT), '$.ttl')
              WHEN :default = -1 THEN NULL
              ELSE ts + :default END
            WHERE container = :container
            """,
            {"default": default, "container": self._container},
        )


def purge_expired(store: Store) -> int:
    """Delete some items whose time is over and return how many."""
    numbers = store.connection.execute(
        "SELECT number FROM items WHERE expires IS NOT NULL AND expires <= ? LIMIT ?",
        (store.now(), PURGED_AT_ONCE),
    ).fetchall()
    if numbers:
        with store.writing():
            store.connection.executemany("DELETE FROM items WHERE number = ?", numbers)
            store.connection.executemany("DELETE FROM unique_values WHERE number = ?", numbers)
    return len(numbers)
