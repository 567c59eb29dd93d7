"""Messages that must not be believed, each for one reason, with what the quarantine says of it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hmac import digest
from typing import Final

from shared.ingestion import events
from shared.kernel.canonical import canonical_json
from shared.kernel.events import Event, Json
from shared.kernel.ids import new_id
from shared.kernel.secrets import Keyring
from shared.messaging.envelope import Refusal, seal
from tests.isolation.world import ABROAD, NORTH, OTHER_STAMP, SOUTH

type Forge = Callable[[Event, str, Keyring], bytes]

EVENTS: Final[Mapping[str, tuple[str, Mapping[str, Json]]]] = {
    "ingest_small": (events.LANDED, {}),
    "ingest_bulk": (events.CHUNK_READY, {"chunk": 0}),
    "commit_table": (events.WORKED, {}),
    "fold_rollups": (events.COMMITTED, {"tableVersions": {"results": 1}}),
}
"""What each function of a queue is asked for; one without a row here fails the matrix."""


def event_for(function: str, tenant: str, ingest: str) -> Event:
    """Return an event of a tenant, about an ingest, as the function expects it."""
    kind, data = EVENTS[function]
    return Event(
        id=new_id(),
        type=kind,
        version=1,
        tenant_id=tenant,
        subject=ingest,
        occurred_at=datetime.now(UTC),
        correlation_id=new_id(),
        data=data,
    )


def sealed_again(body: bytes, keys: Keyring, **changes: Json) -> bytes:
    """Return an envelope with members changed and a MAC that holds: what only a holder of the key can do."""
    changed: dict[str, Json] = {**json.loads(body), **changes}
    signed = {name: value for name, value in changed.items() if name != "mac"}
    mac = digest(keys.keys[str(changed["keyId"])], canonical_json(signed), "sha256").hex()
    return canonical_json({**signed, "mac": mac})


def _with_another_tenants_payload(event: Event, stamp: str, keys: Keyring) -> bytes:
    return sealed_again(seal(event, stamp, keys), keys, data={**event.data, "tenantId": SOUTH})


def _of_a_tenant_abroad(event: Event, stamp: str, keys: Keyring) -> bytes:
    return sealed_again(seal(event, stamp, keys), keys, tenant=ABROAD)


def _of_another_key(event: Event, stamp: str, keys: Keyring) -> bytes:
    return seal(event, stamp, Keyring(keys.current, {keys.current: b"another key, thirty-two bytes!!!"}))


def _of_an_unknown_key(event: Event, stamp: str, _: Keyring) -> bytes:
    return seal(event, stamp, Keyring("zz", {"zz": b"another key, thirty-two bytes!!!"}))


FAULTS: Final[Mapping[str, tuple[Forge, Refusal]]] = {
    "of another stamp": (lambda event, stamp, keys: seal(event, OTHER_STAMP, keys), Refusal.FOREIGN_STAMP),
    "of a tenant abroad": (_of_a_tenant_abroad, Refusal.FOREIGN_STAMP),
    "with the tenant changed": (
        lambda event, stamp, keys: seal(event, stamp, keys).replace(NORTH.encode(), SOUTH.encode()),
        Refusal.BAD_MAC,
    ),
    "with another tenant's payload": (_with_another_tenants_payload, Refusal.TENANT_MISMATCH),
    "of another key": (_of_another_key, Refusal.BAD_MAC),
    "of an unknown key": (_of_an_unknown_key, Refusal.UNKNOWN_KEY),
    "in another form": (lambda event, stamp, keys: seal(event, stamp, keys) + b" ", Refusal.MALFORMED),
}
