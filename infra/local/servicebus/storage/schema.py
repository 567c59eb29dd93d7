"""Tables of the broker's file.

What changes often (`message`) is apart from what never does (`payload`): a lock rewrites a few bytes.
Times are milliseconds since 1970-01-01 UTC.
"""

import sqlite3
from pathlib import Path

from infra.local.servicebus.storage.errors import StorageError

VERSION = 1
_APPLICATION_ID = 0x54545342

_TABLES = """
CREATE TABLE entity (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    requires_session INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    entity INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    enqueued_sequence INTEGER NOT NULL,
    state INTEGER NOT NULL,
    delivery_count INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    scheduled_for INTEGER,
    expires_at INTEGER,
    time_to_live INTEGER,
    lock_token BLOB,
    locked_until INTEGER NOT NULL,
    session_id TEXT,
    dead_letter_source TEXT,
    size INTEGER NOT NULL,
    envelope BLOB NOT NULL
);
CREATE TABLE payload (
    id INTEGER PRIMARY KEY,
    content BLOB NOT NULL
);
CREATE TABLE message_session (
    entity INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    state BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (entity, session_id)
) WITHOUT ROWID;
CREATE TABLE duplicate (
    entity INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (entity, message_id)
) WITHOUT ROWID;
"""


def open_database(folder: Path) -> sqlite3.Connection:
    """Open, and if need be create, the file in `folder` for this process alone.

    Raises `StorageError` when another process has it or when it is not a broker's file of this version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "servicebus.db"
    connection = sqlite3.connect(path, isolation_level=None, timeout=1)
    try:
        _configure(connection, path)
    except sqlite3.Error as cause:
        connection.close()
        raise StorageError(f"{path} can't be opened: {cause}") from cause
    except StorageError:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, path: Path) -> None:
    # Exclusive, so that two brokers never share a file; the lock ends with the process, however that ends.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    # What is committed survives the end of the process; only a power cut may take the last commits.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("BEGIN EXCLUSIVE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables == 0:
        _create(connection)
    elif (application, version) != (_APPLICATION_ID, VERSION):
        raise StorageError(
            f"{path} is not a broker's file of version {VERSION}; move it away or start afresh"
        )
    connection.execute("COMMIT")


def _create(connection: sqlite3.Connection) -> None:
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
