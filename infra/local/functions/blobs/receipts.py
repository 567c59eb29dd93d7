"""Durable receipts: which version of which blob each function was given, and how often it failed.

One SQLite file (WAL, synchronous NORMAL: survives the end of the process at any moment). A delivery is
claimed for a short time and the claim is renewed while the function runs; the claim of a process that died
lapses, and the event is delivered again.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from infra.local.functions.blobs.events import WrittenBlob

CLAIM_SECONDS = 3.0

_SCHEMA = """
create table if not exists deliveries (
  id integer primary key,
  function text not null,
  container text not null,
  blob text not null,
  etag text not null,
  facts text not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'poison')),
  attempts integer not null default 0,
  claimed_until real not null default 0,
  unique (function, container, blob, etag)
);
create index if not exists waiting_deliveries on deliveries (function, id) where state = 'waiting';
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to a function. `attempt` counts from 1."""

    id: int
    blob: WrittenBlob
    attempt: int


class Receipts:
    """The receipts of every function that shares the file. `clock` tells Unix time in seconds."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(file, autocommit=True, timeout=10)
        self._database.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + _SCHEMA)

    def note(self, function: str, blobs: Sequence[WrittenBlob]) -> None:
        """Queue the blobs for the function that it was not yet given in this version."""
        rows = [(function, blob.container, blob.name, blob.etag, _facts(blob)) for blob in blobs]
        self._database.execute("begin immediate")
        self._database.executemany(
            """
            insert or ignore into deliveries (function, container, blob, etag, facts)
            values (?, ?, ?, ?, ?)
            """,
            rows,
        )
        self._database.execute("commit")

    def claim(self, function: str, at_most: int, held: Collection[int] = ()) -> list[Delivery]:
        """Take deliveries, oldest first, that nobody holds; each claim counts as an attempt.

        `held` are the ids that the caller works on: it may be late in renewing its claims to them.
        """
        now = self._clock()
        rows = self._database.execute(
            """
            update deliveries set attempts = attempts + 1, claimed_until = ?
            where id in (
              select id from deliveries
              where function = ? and state = 'waiting' and claimed_until <= ?
              and id not in (select value from json_each(?)) order by id limit ?
            )
            returning id, facts, attempts
            """,
            (now + CLAIM_SECONDS, function, now, json.dumps(list(held)), at_most),
        ).fetchall()
        return [Delivery(row, _blob(facts), attempts) for row, facts, attempts in sorted(rows)]

    def renew(self, delivery: Delivery) -> None:
        """Keep a claim for another `CLAIM_SECONDS`."""
        self._set("claimed_until = ?", self._clock() + CLAIM_SECONDS, delivery)

    def release(self, delivery: Delivery) -> None:
        """Give a failed delivery back: it may be claimed again at once."""
        self._set("claimed_until = ?", 0.0, delivery)

    def finish(self, delivery: Delivery) -> None:
        """Write the receipt: the function was given this version."""
        self._set("state = ?", "done", delivery)

    def poison(self, delivery: Delivery) -> None:
        """Give up on a delivery for good."""
        self._set("state = ?", "poison", delivery)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _set(self, assignment: str, value: object, delivery: Delivery) -> None:
        statement = f"update deliveries set {assignment} where id = ?"  # noqa: S608 - assignments are written above
        self._database.execute(statement, (value, delivery.id))


def _facts(blob: WrittenBlob) -> str:
    return json.dumps(asdict(blob), default=datetime.isoformat)


def _blob(facts: str) -> WrittenBlob:
    members = json.loads(facts)
    return WrittenBlob(**{**members, "modified": datetime.fromisoformat(members["modified"])})
