"""The journal in SQLite: changes gather while messages are handled and become durable in one transaction."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.storage import rows
from infra.local.servicebus.storage.errors import StorageError
from infra.local.servicebus.storage.schema import open_database

# Payloads kept in memory so that a message that is received soon need not be read again; above it the rest of
# a backlog is on disk only.
_RESIDENT_BYTES = 64 * 1024 * 1024


class Store:
    """A `Journal` over one file.

    A message that comes and goes between two commits never touches the file. `on_change` is called at each
    change: whoever gets the call must see to it that `commit` follows.
    """

    def __init__(self, folder: Path, resident_bytes: int = _RESIDENT_BYTES) -> None:
        self._database = open_database(folder)
        self._next_row_id = self._highest_row_id() + 1
        self._resident_limit = resident_bytes
        self._resident = 0
        self._messages: dict[Message, None] = {}
        self._sequences: dict[int, int] = {}
        self._sessions: dict[tuple[int, str], tuple[bytes | None, int]] = {}
        self._duplicates: dict[tuple[int, str], int | None] = {}
        self.on_change: Callable[[], None] = _nothing

    # Journal

    def add(self, message: Message) -> None:
        """Give a new message its row id and keep it."""
        message.row_id = self._next_row_id
        self._next_row_id += 1
        self._resident += len(message.payload or b"")
        self.change(message)

    def change(self, message: Message) -> None:
        """Keep the new state of a message."""
        self._messages[message] = None
        self.on_change()

    def remove(self, message: Message) -> None:
        """Forget a message for good."""
        self._drop_resident(message)
        self.change(message)

    def payload(self, message: Message) -> bytes:
        """Return the payload from memory or from the file."""
        if message.payload is not None:
            return message.payload
        row = self._database.execute("SELECT content FROM payload WHERE id = ?", (message.row_id,)).fetchone()
        if row is None:
            raise StorageError(f"the payload of message {message.row_id} is missing")
        return bytes(row[0])

    def replace_payload(self, message: Message, payload: bytes) -> None:
        """Keep another payload for a message."""
        self._drop_resident(message)
        message.payload, message.payload_stored = payload, False
        if message.row_id:
            self._resident += len(payload)
            self.change(message)

    def advance(self, entity_id: int, sequence: int) -> None:
        """Keep the last sequence number that an entity has given out."""
        self._sequences[entity_id] = sequence
        self.on_change()

    def save_session(self, entity_id: int, session_id: str, state: bytes | None, updated_at: int) -> None:
        """Keep the state of a session; without state the session is forgotten."""
        self._sessions[entity_id, session_id] = (state, updated_at)
        self.on_change()

    def remember(self, entity_id: int, message_id: str, expires_at: int) -> None:
        """Keep a message id of the duplicate detection history."""
        self._duplicates[entity_id, message_id] = expires_at
        self.on_change()

    def forget(self, entity_id: int, message_id: str) -> None:
        """Forget a message id of the duplicate detection history."""
        self._duplicates[entity_id, message_id] = None
        self.on_change()

    # Restart

    def register(self, path: str, *, requires_session: bool) -> tuple[int, int]:
        """Return id and last sequence number of an entity, which is entered when it is new.

        Raises `StorageError` when it exists with another `requires_session`, which can't be changed.
        """
        query = "SELECT id, last_sequence, requires_session FROM entity WHERE path = ?"
        row = self._database.execute(query, (path.lower(),)).fetchone()
        if row is None:
            insert = "INSERT INTO entity (path, requires_session, last_sequence) VALUES (?, ?, 0)"
            entity_id = self._database.execute(insert, (path.lower(), requires_session)).lastrowid
            return int(entity_id or 0), 0
        if bool(row[2]) is not requires_session:
            was = "with" if row[2] else "without"
            raise StorageError(f"'{path}' was created {was} sessions, which can't be changed; start afresh")
        return int(row[0]), int(row[1])

    def stored_messages(self) -> Iterator[Message]:
        """Yield the messages by entity and sequence number."""
        for row in self._database.execute(rows.SELECT):
            yield rows.restored(row)

    def stored_sessions(self) -> Iterator[tuple[int, str, bytes, int]]:
        """Yield entity, session id, state and time of the state's last change."""
        yield from self._database.execute("SELECT entity, session_id, state, updated_at FROM message_session")

    def stored_duplicates(self) -> Iterator[tuple[int, str, int]]:
        """Yield entity, message id and end of memory, in the order of the latter."""
        yield from self._database.execute(
            "SELECT entity, message_id, expires_at FROM duplicate ORDER BY expires_at"
        )

    # Commit

    def commit(self) -> None:
        """Make all changes durable together; `sqlite3.Error` means that none is."""
        if not (self._messages or self._sequences or self._sessions or self._duplicates):
            return
        self._database.execute("BEGIN")
        try:
            self._write_messages()
            self._write_rest()
            self._database.execute("COMMIT")
        except sqlite3.Error:
            self._database.rollback()
            raise
        self._settle_flags()
        for changed in (self._messages, self._sequences, self._sessions, self._duplicates):
            changed.clear()

    def close(self) -> None:
        """Commit, fold the write-ahead log into the file, and close it."""
        self.commit()
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._database.close()

    def _write_messages(self) -> None:
        kept = [message for message in self._messages if not message.removed]
        gone = [(message.row_id,) for message in self._messages if message.removed and message.stored]
        run = self._run
        run(rows.INSERT, [rows.inserted(message) for message in kept if not message.stored])
        run(rows.UPDATE, [rows.updated(message) for message in kept if message.stored])
        fresh = [(message.row_id, message.payload) for message in kept if not message.payload_stored]
        run("INSERT OR REPLACE INTO payload VALUES (?, ?)", fresh)
        run("DELETE FROM message WHERE id = ?", gone)
        run("DELETE FROM payload WHERE id = ?", gone)

    def _write_rest(self) -> None:
        run = self._run
        run(
            "UPDATE entity SET last_sequence = ? WHERE id = ?",
            [(sequence, entity_id) for entity_id, sequence in self._sequences.items()],
        )
        run(
            "INSERT OR REPLACE INTO message_session VALUES (?, ?, ?, ?)",
            [(*key, *value) for key, value in self._sessions.items() if value[0] is not None],
        )
        run(
            "DELETE FROM message_session WHERE entity = ? AND session_id = ?",
            [key for key, value in self._sessions.items() if value[0] is None],
        )
        run(
            "INSERT OR REPLACE INTO duplicate VALUES (?, ?, ?)",
            [(*key, value) for key, value in self._duplicates.items() if value is not None],
        )
        run(
            "DELETE FROM duplicate WHERE entity = ? AND message_id = ?",
            [key for key, value in self._duplicates.items() if value is None],
        )

    def _run(self, statement: str, rows_of_values: Sequence[Sequence[object]]) -> None:
        if rows_of_values:
            self._database.executemany(statement, rows_of_values)

    def _settle_flags(self) -> None:
        for message in self._messages:
            if not message.removed:
                message.stored = message.payload_stored = True
                if self._resident > self._resident_limit:
                    self._drop_resident(message)

    def _drop_resident(self, message: Message) -> None:
        if message.row_id and message.payload is not None:
            self._resident -= len(message.payload)
            message.payload = None

    def _highest_row_id(self) -> int:
        return int(self._database.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0])


def _nothing() -> None:
    """Stand in for `on_change` until somebody asks for it."""
