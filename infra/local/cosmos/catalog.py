"""Databases and containers: their definitions, resource ids and links, kept in memory and in the store."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos.errors import bad_request, conflict, not_found
from infra.local.cosmos.indexing import IndexingPolicy, complete_policy, parse_policy
from infra.local.cosmos.partition_keys import PartitionKeyDefinition, PropertyPath, parse_path
from infra.local.cosmos.store import Store

LONGEST_NAME = 255
IMMUTABLE = ("id", "partitionKey", "uniqueKeyPolicy")
MOST_SECONDS = 2**31 - 1


def resource_id(*numbers: bytes) -> str:
    """Write the bytes of a resource id as the service does: base64 with `-` for `/`."""
    return base64.b64encode(b"".join(numbers)).decode().replace("/", "-")


@dataclass(frozen=True, slots=True)
class Database:
    """A database; `offer` is its shared throughput, None when it has none."""

    number: int
    id: str
    ts: int
    offer: dict[str, Any] | None

    @property
    def rid_bytes(self) -> bytes:
        """The four bytes of the resource id."""
        return self.number.to_bytes(4, "big")

    @property
    def rid(self) -> str:
        """The resource id."""
        return resource_id(self.rid_bytes)

    @property
    def self_link(self) -> str:
        """The link by resource id."""
        return f"dbs/{self.rid}/"

    def as_json(self) -> dict[str, Any]:
        """Return the database resource."""
        return {
            "id": self.id,
            "_rid": self.rid,
            "_self": self.self_link,
            "_etag": f'"{self.number:016x}"',
            "_colls": "colls/",
            "_users": "users/",
            "_ts": self.ts,
        }


@dataclass(frozen=True, slots=True)
class Container:
    """A container with everything that its definition means."""

    number: int
    database: Database
    id: str
    ts: int
    definition: dict[str, Any]
    offer: dict[str, Any] | None
    partition_key: PartitionKeyDefinition
    indexing: IndexingPolicy
    unique_keys: tuple[tuple[PropertyPath, ...], ...]
    default_ttl: int | None
    rid_bytes: bytes
    rid: str
    self_link: str

    def as_json(self) -> dict[str, Any]:
        """Return the container resource."""
        return {
            **self.definition,
            "_rid": self.rid,
            "_self": self.self_link,
            "_etag": f'"{self.number:08x}-{self.ts:08x}"',
            "_ts": self.ts,
            "_docs": "docs/",
            "_sprocs": "sprocs/",
            "_triggers": "triggers/",
            "_udfs": "udfs/",
            "_conflicts": "conflicts/",
        }


class Catalog:
    """All databases and containers, found by name or resource id. Writes belong inside `Store.writing()`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._databases: dict[str, Database] = {}
        self._containers: dict[tuple[int, str], Container] = {}
        self._by_rid: dict[str, Container] = {}
        self._load()

    def _load(self) -> None:
        connection = self._store.connection
        by_number = {}
        for number, name, ts, offer in connection.execute("SELECT number, id, ts, offer FROM databases"):
            by_number[number] = self._databases[name] = Database(
                number, name, ts, json.loads(offer or "null")
            )
        rows = connection.execute("SELECT number, database, ts, definition, offer FROM containers")
        for number, database, ts, definition, offer in rows:
            self._keep(
                _container(
                    number, by_number[database], ts, json.loads(definition), json.loads(offer or "null")
                )
            )

    def _keep(self, container: Container) -> None:
        self._containers[container.database.number, container.id] = container
        self._by_rid[container.rid] = container

    def databases(self) -> list[Database]:
        """Return all databases."""
        return list(self._databases.values())

    def database(self, name_or_rid: str) -> Database:
        """Return a database or fail with 404."""
        database = self._databases.get(name_or_rid)
        if database is None:
            database = next((each for each in self._databases.values() if each.rid == name_or_rid), None)
        if database is None:
            raise not_found("Resource Not Found.")
        return database

    def containers(self, database: Database) -> Iterator[Container]:
        """Yield the containers of a database."""
        return (each for each in self._containers.values() if each.database.number == database.number)

    def container(self, database: Database, name_or_rid: str) -> Container:
        """Return a container or fail with 404."""
        container = self._containers.get((database.number, name_or_rid)) or self._by_rid.get(name_or_rid)
        if container is None or container.database.number != database.number:
            raise not_found("Resource Not Found.")
        return container

    def create_database(self, definition: dict[str, Any], offer: dict[str, Any] | None) -> Database:
        """Add a database; 400 for an illegal name, 409 when it exists."""
        name = _checked_name(definition.get("id"))
        if name in self._databases:
            raise conflict()
        database = Database(self._store.next_sequence(), name, self._store.now(), offer)
        self._store.connection.execute(
            "INSERT INTO databases VALUES(?,?,?,?)",
            (database.number, name, database.ts, json.dumps(offer) if offer else None),
        )
        self._databases[name] = database
        return database

    def delete_database(self, database: Database) -> None:
        """Remove a database with its containers."""
        for container in list(self.containers(database)):
            self.delete_container(container)
        self._store.connection.execute("DELETE FROM databases WHERE number = ?", (database.number,))
        del self._databases[database.id]

    def create_container(
        self, database: Database, definition: dict[str, Any], offer: dict[str, Any] | None
    ) -> Container:
        """Add a container; 400 for a faulty definition, 409 when it exists."""
        name = _checked_name(definition.get("id"))
        if (database.number, name) in self._containers:
            raise conflict()
        number = self._store.next_sequence()
        container = _container(number, database, self._store.now(), _completed(definition), offer)
        self._store.connection.execute(
            "INSERT INTO containers VALUES(?,?,?,?,?,?)",
            (
                container.number,
                database.number,
                name,
                container.ts,
                json.dumps(container.definition),
                json.dumps(offer) if offer else None,
            ),
        )
        self._keep(container)
        return container

    def replace_container(self, container: Container, definition: dict[str, Any]) -> Container:
        """Change the indexing policy, TTL and the like; 400 when the key or the unique keys would change.

        Unique keys that are left out stay: the SDK has no way to repeat them.
        """
        kept = {"uniqueKeyPolicy": container.definition["uniqueKeyPolicy"]}
        completed = _completed(kept | definition)
        for name in IMMUTABLE:
            if completed.get(name) != container.definition.get(name):
                raise bad_request(f"The property '{name}' of a container cannot be changed.")
        ts = self._store.now()
        changed = _container(container.number, container.database, ts, completed, container.offer)
        self._store.connection.execute(
            "UPDATE containers SET definition = ?, ts = ? WHERE number = ?",
            (json.dumps(completed), changed.ts, changed.number),
        )
        self._keep(changed)
        return changed

    def delete_container(self, container: Container) -> None:
        """Remove a container with its items."""
        for statement in (
            "DELETE FROM items WHERE container = ?",
            "DELETE FROM unique_values WHERE container = ?",
            "DELETE FROM containers WHERE number = ?",
        ):
            self._store.connection.execute(statement, (container.number,))
        del self._containers[container.database.number, container.id]
        del self._by_rid[container.rid]

    def set_offer(self, owner: Database | Container, offer: dict[str, Any]) -> None:
        """Change the throughput of a database or container."""
        text = json.dumps(offer)
        if isinstance(owner, Database):
            self._store.connection.execute(
                "UPDATE databases SET offer = ? WHERE number = ?", (text, owner.number)
            )
            self._databases[owner.id] = Database(owner.number, owner.id, owner.ts, offer)
        else:
            self._store.connection.execute(
                "UPDATE containers SET offer = ? WHERE number = ?", (text, owner.number)
            )
            self._keep(_container(owner.number, owner.database, owner.ts, owner.definition, offer))


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or name.endswith(" "):
        raise bad_request(f"The name of a database or container has 1 to {LONGEST_NAME} characters.")
    if any(character in name for character in "/\\?#\t\r\n"):
        raise bad_request(
            "The name of a database or container may not contain / \\ ? # or control characters."
        )
    return name


def _completed(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition as it is stored: without system properties, with the defaults filled in."""
    completed = {name: value for name, value in definition.items() if not name.startswith("_")}
    completed["indexingPolicy"] = complete_policy(completed.get("indexingPolicy"))
    completed.setdefault("uniqueKeyPolicy", {"uniqueKeys": []})
    completed.setdefault(
        "conflictResolutionPolicy",
        {"mode": "LastWriterWins", "conflictResolutionPath": "/_ts", "conflictResolutionProcedure": ""},
    )
    return completed


def _container(
    number: int, database: Database, ts: int, definition: dict[str, Any], offer: dict[str, Any] | None
) -> Container:
    rid_bytes = database.rid_bytes + number.to_bytes(4, "big")
    rid = resource_id(rid_bytes)
    return Container(
        number=number,
        database=database,
        id=definition["id"],
        ts=ts,
        definition=definition,
        offer=offer,
        partition_key=PartitionKeyDefinition.parse(definition.get("partitionKey")),
        indexing=parse_policy(definition["indexingPolicy"]),
        unique_keys=_unique_keys(definition["uniqueKeyPolicy"]),
        default_ttl=_default_ttl(definition.get("defaultTtl")),
        rid_bytes=rid_bytes,
        rid=rid,
        self_link=f"{database.self_link}colls/{rid}/",
    )


def _unique_keys(policy: dict[str, Any]) -> tuple[tuple[PropertyPath, ...], ...]:
    try:
        return tuple(tuple(map(parse_path, key["paths"])) for key in policy.get("uniqueKeys", ()))
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"The unique key policy is invalid: {error}.") from error


def _default_ttl(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not (value == -1 or 0 < value <= MOST_SECONDS):
        raise bad_request(
            f"The default time to live must be -1 or 1 to {MOST_SECONDS} seconds, not {value!r}."
        )
    return value
