"""Single items: read, create, upsert, replace, patch and delete, with the rules that the service enforces."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos import charges
from infra.local.cosmos.catalog import MOST_SECONDS, Container, resource_id
from infra.local.cosmos.errors import (
    bad_request,
    conflict,
    not_found,
    precondition_failed,
    too_large,
)
from infra.local.cosmos.item_table import ItemTable, StoredItem
from infra.local.cosmos.partition_keys import MISMATCH_WITH_HEADER, PartitionKey
from infra.local.cosmos.patch import apply_patch, filter_holds, parse_patch
from infra.local.cosmos.store import Store
from infra.local.cosmos.values import UNDEFINED, dump_json, is_deeper, is_well_formed, load_json, resolve

LARGEST_ITEM = 2 * 1024 * 1024
LONGEST_ID = 1023
DEEPEST_ITEM = 128
SYSTEM_PROPERTIES = ("_rid", "_self", "_etag", "_attachments", "_ts", "_lsn")


@dataclass(frozen=True, slots=True)
class Conditions:
    """The `If-Match` and `If-None-Match` of a request; empty when absent."""

    if_match: str = ""
    if_none_match: str = ""

    def check(self, existing: StoredItem | None) -> None:
        """Fail with 412 when an existing item is not as the caller expects."""
        if existing is None:
            return
        if self.if_match not in {"", "*", existing.etag} or self.if_none_match in {"*", existing.etag}:
            raise precondition_failed()


NO_CONDITIONS = Conditions()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did: its HTTP status, the item as it is now (None when deleted) and the charge."""

    status: int
    item: StoredItem | None
    charge: float


class Items:
    """The items of one container, for the length of one request. Writes belong inside `Store.writing()`."""

    def __init__(self, store: Store, container: Container) -> None:
        self._store = store
        self._container = container
        self.table = ItemTable(store, container.number)

    def read(self, key: PartitionKey, item_id: str) -> Outcome:
        """Return an item; 404 when there is none."""
        check_id(item_id)
        item = self.table.find_live(key.effective, item_id)
        if item is None:
            raise not_found()
        return Outcome(200, item, charges.point_read(len(item.body)))

    def create(
        self, key: PartitionKey, document: dict[str, Any], lsn: int, conditions: Conditions = NO_CONDITIONS
    ) -> Outcome:
        """Add an item; 409 when its id is taken in the partition."""
        self._check(key, document)
        existing = self._existing(key, document["id"])
        if existing is not None:
            conditions.check(existing)
            raise conflict()
        return self._write(key, document, None, lsn)

    def upsert(
        self, key: PartitionKey, document: dict[str, Any], lsn: int, conditions: Conditions = NO_CONDITIONS
    ) -> Outcome:
        """Add or replace an item."""
        self._check(key, document)
        existing = self._existing(key, document["id"])
        conditions.check(existing)
        return self._write(key, document, existing, lsn)

    def replace(
        self,
        key: PartitionKey,
        item_id: str,
        document: dict[str, Any],
        lsn: int,
        conditions: Conditions = NO_CONDITIONS,
    ) -> Outcome:
        """Replace an item; 404 when there is none, 400 when the id would change."""
        self._check(key, document)
        existing = self._expected(key, item_id, conditions)
        if document["id"] != item_id:
            raise bad_request("The id of an item cannot be changed.")
        return self._write(key, document, existing, lsn)

    def patch(
        self,
        key: PartitionKey,
        item_id: str,
        request: Mapping[str, Any],
        lsn: int,
        conditions: Conditions = NO_CONDITIONS,
    ) -> Outcome:
        """Change parts of an item; 412 when its filter does not hold."""
        patch = parse_patch(request)
        existing = self._expected(key, item_id, conditions)
        document = load_json(existing.body)
        if patch.condition and not filter_holds(patch.condition, document):
            raise precondition_failed()
        apply_patch(document, patch.operations)
        if document.get("id") != item_id:
            raise bad_request("The id of an item cannot be changed.")
        self._check(key, document)
        return self._write(key, document, existing, lsn)

    def delete(self, key: PartitionKey, item_id: str, conditions: Conditions = NO_CONDITIONS) -> Outcome:
        """Delete an item; 404 when there is none."""
        existing = self._expected(key, item_id, conditions)
        self.table.delete(existing.number)
        return Outcome(204, None, charges.delete(len(existing.body)))

    def _existing(self, key: PartitionKey, item_id: str) -> StoredItem | None:
        item = self.table.find(key.effective, item_id)
        if item is not None and self.table.has_expired(item):
            self.table.delete(item.number)
            return None
        return item

    def _expected(self, key: PartitionKey, item_id: str, conditions: Conditions) -> StoredItem:
        check_id(item_id)
        existing = self._existing(key, item_id)
        if existing is None:
            raise not_found()
        conditions.check(existing)
        return existing

    def _check(self, key: PartitionKey, document: dict[str, Any]) -> None:
        if not isinstance(document, dict):
            raise bad_request("The item must be a JSON object.")
        check_id(document.get("id"))
        if self._container.partition_key.of_document(document).effective != key.effective:
            raise bad_request(
                "PartitionKey extracted from document doesn't match the one specified in the header.",
                MISMATCH_WITH_HEADER,
            )
        ttl = document.get("ttl")
        if ttl is not None and (type(ttl) is not int or not (ttl == -1 or 0 < ttl <= MOST_SECONDS)):
            raise bad_request(
                f"The input ttl '{ttl}' is invalid. Ensure to provide a nonzero positive integer less than "
                f"or equal to '{MOST_SECONDS}', or -1."
            )

    def _write(
        self, key: PartitionKey, document: dict[str, Any], existing: StoredItem | None, lsn: int
    ) -> Outcome:
        item = self._version(key, document, existing, lsn)
        if len(item.body) > LARGEST_ITEM:
            raise too_large()
        # Counting brackets is quick and settles it for nearly every item.
        if item.body.count(b"{") + item.body.count(b"[") > DEEPEST_ITEM and is_deeper(document, DEEPEST_ITEM):
            raise bad_request(f"The item is nested in more than {DEEPEST_ITEM} levels.")
        if self._container.unique_keys:
            self._keep_unique(item, document, is_new=existing is None)
        if existing is None:
            self.table.insert(item)
            return Outcome(201, item, charges.create(len(item.body)))
        self.table.update(item)
        return Outcome(200, item, charges.overwrite(len(item.body)))

    def _version(
        self, key: PartitionKey, document: dict[str, Any], existing: StoredItem | None, lsn: int
    ) -> StoredItem:
        """Put the system properties into the document and return it as a new version."""
        version = self._store.next_sequence()
        number = version if existing is None else existing.number
        ts = self._store.now()
        etag = f'"{version:016x}"'
        for name in SYSTEM_PROPERTIES:
            document.pop(name, None)
        rid = resource_id(self._container.rid_bytes, number.to_bytes(8, "big"))
        document["_rid"] = rid
        document["_self"] = f"{self._container.self_link}docs/{rid}/"
        document["_etag"] = etag
        document["_attachments"] = "attachments/"
        document["_ts"] = ts
        body = dump_json(document).encode()
        return StoredItem(
            number,
            self._container.number,
            key.effective,
            document["id"],
            lsn,
            etag,
            ts,
            self._expiry(document, ts),
            body,
        )

    def _expiry(self, document: Mapping[str, Any], ts: int) -> int | None:
        default = self._container.default_ttl
        if default is None:
            return None
        ttl = document.get("ttl", default)
        return None if ttl is None or ttl < 0 else ts + ttl

    def _keep_unique(self, item: StoredItem, document: Mapping[str, Any], *, is_new: bool) -> None:
        if not is_new:
            self.table.forget_unique_values(item.number)
        for position, paths in enumerate(self._container.unique_keys):
            values = [None if (v := resolve(document, path)) is UNDEFINED else v for path in paths]
            unique_value = json.dumps([position, *values], sort_keys=True)
            holder = self.table.holder_of(item.epk, unique_value)
            if holder is not None:
                if not self.table.is_expired(holder):
                    raise conflict("Unique index constraint violation.")
                self.table.delete(holder)
            self.table.keep_unique_value(item.epk, unique_value, item.number)


def check_id(item_id: object) -> None:
    """Fail with 400 unless the value may be the id of an item."""
    if not isinstance(item_id, str) or not item_id or not is_well_formed(item_id):
        raise bad_request(
            "The input content is invalid because the required properties - 'id; ' - are missing or invalid."
        )
    if len(item_id.encode()) > LONGEST_ID or any(character in item_id for character in "/\\?#"):
        raise bad_request(f"The id may not contain / \\ ? # and has at most {LONGEST_ID} bytes.")
