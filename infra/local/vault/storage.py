"""The secrets and their versions in one SQLite file, durable against a crash of the process."""

import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from infra.local.vault.errors import VaultError, not_found

_SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (name, version)
) STRICT;
CREATE TABLE IF NOT EXISTS deleted (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
"""
_LATEST = "SELECT version, content FROM secret WHERE name = ? ORDER BY position DESC LIMIT 1"
_EXACT = "SELECT version, content FROM secret WHERE name = ? AND version = ?"


class Attributes(BaseModel):
    """When and whether a secret may be used; times in Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    enabled: bool = True
    nbf: int | None = None
    exp: int | None = None


class SecretContent(BaseModel):
    """What one version of a secret holds."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    value: Annotated[str, Field(max_length=25_600)]
    content_type: Annotated[str | None, Field(alias="contentType", max_length=255)] = None
    tags: Annotated[dict[str, str], Field(max_length=15)] = {}
    attributes: Attributes = Attributes()
    created: int = 0
    updated: int = 0


class SecretStorage:
    """All secrets of the vault. Deleted ones stay recoverable until they are purged."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(self, name: str, content: SecretContent) -> tuple[str, SecretContent]:
        """Add a version and return it; 409 while a deleted secret holds the name."""
        if self.deleted_at(name) is not None:
            raise VaultError(
                409,
                "Conflict",
                f"Secret {name} is currently in a deleted but recoverable state.",
                "ObjectIsDeletedButRecoverable",
            )
        version, now = uuid.uuid4().hex, int(time.time())
        stamped = content.model_copy(update={"created": now, "updated": now})
        self._db.execute(
            "INSERT INTO secret (name, version, content) VALUES (?, ?, ?)",
            (name, version, stamped.model_dump_json()),
        )
        return version, stamped

    def read(self, name: str, version: str | None, *, deleted: bool = False) -> tuple[str, SecretContent]:
        """Return a version, by default the latest, of a secret that is (not) deleted; 404 for none."""
        row = None
        if (self.deleted_at(name) is not None) == deleted:
            query, arguments = (_EXACT, (name, version)) if version else (_LATEST, (name,))
            row = self._db.execute(query, arguments).fetchone()
        if row is None:
            raise not_found(f"{name}/{version}" if version else name)
        return row[0], SecretContent.model_validate_json(row[1])

    def change(
        self, name: str, version: str | None, changes: Mapping[str, object]
    ) -> tuple[str, SecretContent]:
        """Change properties of a version, never its value, and return it."""
        version, content = self.read(name, version)
        changed = SecretContent.model_validate(
            {
                **content.model_dump(by_alias=True),
                **changes,
                "value": content.value,
                "updated": int(time.time()),
            }
        )
        self._db.execute(
            "UPDATE secret SET content = ? WHERE name = ? AND version = ?",
            (changed.model_dump_json(), name, version),
        )
        return version, changed

    def names(self, *, deleted: bool = False) -> Iterator[str]:
        """Yield the names of the secrets that are (not) deleted, in order."""
        rows = self._db.execute(
            "SELECT DISTINCT name FROM secret WHERE (name IN (SELECT name FROM deleted)) = ? ORDER BY name",
            (deleted,),
        )
        yield from (row[0] for row in rows.fetchall())

    def versions(self, name: str) -> Iterator[tuple[str, SecretContent]]:
        """Yield every version of a secret, oldest first; 404 when there is none."""
        self.read(name, None)
        rows = self._db.execute(
            "SELECT version, content FROM secret WHERE name = ? ORDER BY position", (name,)
        )
        yield from ((row[0], SecretContent.model_validate_json(row[1])) for row in rows.fetchall())

    def deleted_at(self, name: str) -> int | None:
        """Return when a secret was deleted, in Unix seconds; None when it was not."""
        row = self._db.execute("SELECT at FROM deleted WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def delete(self, name: str) -> None:
        """Put a secret with all its versions among the deleted ones."""
        self.read(name, None)
        self._db.execute("INSERT INTO deleted (name, at) VALUES (?, ?)", (name, int(time.time())))

    def recover(self, name: str) -> None:
        """Bring a deleted secret back."""
        self.read(name, None, deleted=True)
        self._db.execute("DELETE FROM deleted WHERE name = ?", (name,))

    def purge(self, name: str) -> None:
        """Forget a deleted secret for good."""
        self.read(name, None, deleted=True)
        with self._db:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM secret WHERE name = ?", (name,))
            self._db.execute("DELETE FROM deleted WHERE name = ?", (name,))
