"""The SQLite file: schema, transactions and counters.

One connection holds the file and serves everything, so that a read sees what an earlier request of the same
turn wrote. WAL with `synchronous=NORMAL` survives the death of the process after every commit.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS counters(lsn INTEGER NOT NULL, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS databases(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL, offer TEXT);
CREATE TABLE IF NOT EXISTS containers(
  number INTEGER PRIMARY KEY, database INTEGER NOT NULL, id TEXT NOT NULL, ts INTEGER NOT NULL,
  definition TEXT NOT NULL, offer TEXT, UNIQUE(database, id));
CREATE TABLE IF NOT EXISTS items(
  number INTEGER PRIMARY KEY, container INTEGER NOT NULL, epk BLOB NOT NULL, id TEXT NOT NULL,
  lsn INTEGER NOT NULL, etag TEXT NOT NULL, ts INTEGER NOT NULL, expires INTEGER, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS items_by_key ON items(container, epk, id);
CREATE INDEX IF NOT EXISTS items_by_change ON items(container, lsn);
CREATE INDEX IF NOT EXISTS items_by_expiry ON items(expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS unique_values(
  container INTEGER NOT NULL, epk BLOB NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY(container, epk, value)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unique_values_by_item ON unique_values(number);
INSERT INTO counters SELECT 0, 0 WHERE NOT EXISTS(SELECT * FROM counters);
"""


class Store:
    """The open file.

    `lsn` numbers the transactions: every write of one request or batch carries the same. `next_sequence`
    numbers resources and versions. Both are saved by the commit that first uses them, so they never run back.
    `changed` are the containers with new versions of items, until somebody takes them.
    """

    def __init__(self, folder: Path) -> None:
        """Open or create the file in the folder; sqlite3.Error when it is damaged or locked."""
        folder.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(
            folder / "cosmos.sqlite3", isolation_level=None, timeout=0.5, cached_statements=256
        )
        self.connection.executescript(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        )
        self.connection.executescript("PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000;" + SCHEMA)
        self.changed: set[int] = set()
        self.lsn: int
        self._sequence: int
        self.lsn, self._sequence = self.connection.execute("SELECT lsn, sequence FROM counters").fetchone()

    @staticmethod
    def now() -> int:
        """Return the time in whole seconds since 1970, as `_ts` counts."""
        return int(time.time())

    def next_sequence(self) -> int:
        """Return a number that was never given before."""
        self._sequence += 1
        return self._sequence

    @property
    def has_uncommitted(self) -> bool:
        """Whether something was written since the last commit."""
        return self.connection.in_transaction

    @contextmanager
    def writing(self) -> Iterator[int]:
        """Run the block as one all-or-nothing unit inside the open transaction; yields its LSN."""
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("SAVEPOINT unit")
        self.lsn += 1
        try:
            yield self.lsn
        except BaseException:
            self.connection.execute("ROLLBACK TO unit")
            self.connection.execute("RELEASE unit")
            raise
        self.connection.execute("RELEASE unit")

    def commit(self) -> None:
        """Make everything written so far durable."""
        if self.connection.in_transaction:
            self.connection.execute("UPDATE counters SET lsn = ?, sequence = ?", (self.lsn, self._sequence))
            self.connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file; what was not committed is given up."""
        self.connection.close()
