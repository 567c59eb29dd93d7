"""The envelope: an event on the wire, bound to its tenant and stamp by a MAC.

    {schema, id, type, version, tenant, stamp, subject, occurredAt, correlationId, data, keyId, mac}

`mac` is HMAC-SHA256 (RFC 2104) over the canonical JSON of all other members. An envelope has exactly one
byte form: whatever differs from it, be it by one space, is refused.
"""

import hmac
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from shared.kernel.canonical import canonical_json
from shared.kernel.errors import InvalidInput
from shared.kernel.events import Event, Json
from shared.kernel.ids import is_id, is_tenant_id
from shared.kernel.scope import TenantScope
from shared.kernel.secrets import Keyring
from shared.messaging.event_json import event_from_json, event_to_json

SCHEMA = "termtide.event/1"


class Refusal(StrEnum):
    """Why an envelope was not opened."""

    MALFORMED = "malformed-envelope"
    UNKNOWN_SCHEMA = "unknown-schema"
    UNKNOWN_KEY = "unknown-key"
    BAD_MAC = "bad-mac"
    FOREIGN_STAMP = "foreign-stamp"
    TENANT_MISMATCH = "tenant-mismatch"


class EnvelopeRefused(InvalidInput):
    """The message cannot be trusted, or is not meant for this stamp; sending it again changes nothing."""

    code = "envelope-refused"
    title: ClassVar[str] = "The message could not be verified"

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"envelope refused: {reason}")
        self.reason = reason


def seal(event: Event, stamp: str, keys: Keyring) -> bytes:
    """Return the envelope of `event`, signed with the ring's current key.

    `EnvelopeRefused` when the payload names another tenant than the event does.
    """
    _check_payload(event)
    envelope: dict[str, Json] = {
        **event_to_json(event),
        "schema": SCHEMA,
        "stamp": stamp,
        "keyId": keys.current,
    }
    return canonical_json({**envelope, "mac": _mac(envelope, keys.signing)})


def open_envelope(body: bytes, stamp: str, keys: Keyring) -> tuple[TenantScope, Event]:
    """Return the scope and the event of a verified envelope; `EnvelopeRefused` says why there is none.

    Nothing of the body is believed before its MAC holds; the stamp and the tenant are compared after it.
    """
    envelope = _parsed(body)
    if envelope.get("schema") != SCHEMA:
        raise EnvelopeRefused(Refusal.UNKNOWN_SCHEMA)
    _verify(envelope, keys)
    if envelope.get("stamp") != stamp:
        raise EnvelopeRefused(Refusal.FOREIGN_STAMP)
    event = _event(envelope)
    _check_payload(event)
    scope = TenantScope.of_message(event.tenant_id, stamp, f"system:{event.type}", event.correlation_id)
    return scope, event


def _parsed(body: bytes) -> dict[str, Json]:
    try:
        envelope = json.loads(body)
        if isinstance(envelope, dict) and canonical_json(envelope) == body:
            return envelope
    except (ValueError, RecursionError) as error:
        raise EnvelopeRefused(Refusal.MALFORMED) from error
    raise EnvelopeRefused(Refusal.MALFORMED)


def _verify(envelope: Mapping[str, Json], keys: Keyring) -> None:
    key = keys.keys.get(str(envelope.get("keyId")))
    if key is None:
        raise EnvelopeRefused(Refusal.UNKNOWN_KEY)
    signed = {name: value for name, value in envelope.items() if name != "mac"}
    if not hmac.compare_digest(
        _mac(signed, key).encode(), str(envelope.get("mac")).encode(errors="surrogatepass")
    ):
        raise EnvelopeRefused(Refusal.BAD_MAC)


def _event(envelope: Mapping[str, Json]) -> Event:
    try:
        event = event_from_json(envelope)
    except InvalidInput as error:
        raise EnvelopeRefused(Refusal.MALFORMED) from error
    if not is_id(event.id) or not is_tenant_id(event.tenant_id):
        raise EnvelopeRefused(Refusal.MALFORMED)
    return event


def _check_payload(event: Event) -> None:
    if event.data.get("tenantId", event.tenant_id) != event.tenant_id:
        raise EnvelopeRefused(Refusal.TENANT_MISMATCH)


def _mac(signed: Mapping[str, Json], key: bytes) -> str:
    return hmac.digest(key, canonical_json(signed), "sha256").hex()
