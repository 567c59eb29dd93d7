"""The envelope: what was sealed opens unchanged, and nothing else opens at all."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kernel.canonical import canonical_json
from shared.kernel.events import Event, Json
from shared.kernel.secrets import Keyring
from shared.messaging.envelope import EnvelopeRefused, Refusal, open_envelope, seal
from tests.fixtures.messaging import RING, STAMP, an_event

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
payloads = st.dictionaries(st.text().filter(lambda name: name != "tenantId"), json_values, max_size=4)

EVENT = an_event(ingestId="i1", weight=1e22, name="Zoë")
SEALED = seal(EVENT, STAMP, RING)


def refusal(body: bytes, keys: Keyring = RING, stamp: str = STAMP) -> Refusal:
    with pytest.raises(EnvelopeRefused) as refused:
        open_envelope(body, stamp, keys)
    return refused.value.reason


def resealed(**members: Json) -> bytes:
    """An envelope with other members, signed with the right key."""
    from shared.messaging.envelope import _mac  # noqa: PLC0415 - what an insider with the key could make

    envelope = {**json.loads(SEALED), **members}
    del envelope["mac"]
    return canonical_json({**envelope, "mac": _mac(envelope, RING.signing)})


@given(payloads)
def test_what_was_sealed_opens_unchanged(data: dict[str, Any]) -> None:
    event = replace(EVENT, data=data)
    scope, opened = open_envelope(seal(event, STAMP, RING), STAMP, RING)
    assert opened == event
    assert (scope.tenant_id, scope.stamp, scope.correlation_id) == ("harbor", STAMP, "correlation-1")
    assert scope.actor == "system:ingestion.landed"


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
@example(SEALED.index(b"1e+22") + 1, 0x20)
def test_any_flipped_byte_is_refused(position: int, flip: int) -> None:
    body = bytearray(SEALED)
    body[position] ^= flip
    refusal(bytes(body))


@given(st.integers(0, len(SEALED)), st.sampled_from([b" ", b"\n", b"0", b"{}", b"\\"]))
def test_any_inserted_byte_is_refused(position: int, inserted: bytes) -> None:
    refusal(SEALED[:position] + inserted + SEALED[position:])


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_is_no_envelope_is_refused(body: bytes) -> None:
    assert refusal(body) in {Refusal.MALFORMED, Refusal.UNKNOWN_SCHEMA}


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":NaN}', b"1" * 5000, b"\xff\xfe{\x00}\x00"])
def test_hostile_json_is_refused_as_malformed(body: bytes) -> None:
    assert refusal(body) is Refusal.MALFORMED


def test_another_tenant_in_the_envelope_breaks_its_mac() -> None:
    assert refusal(SEALED.replace(b'"tenant":"harbor"', b'"tenant":"valley"')) is Refusal.BAD_MAC


def test_a_mac_that_is_no_text_is_refused() -> None:
    envelope = json.loads(SEALED)
    for mac in (None, "", "\ud800", 7, [envelope["mac"]]):
        assert refusal(canonical_json({**envelope, "mac": mac})) is Refusal.BAD_MAC


def test_a_message_of_another_stamp_is_refused() -> None:
    assert refusal(seal(EVENT, "us-1", RING)) is Refusal.FOREIGN_STAMP


def test_a_payload_that_names_another_tenant_is_refused_on_both_sides() -> None:
    event = replace(EVENT, data={"tenantId": "valley"})
    with pytest.raises(EnvelopeRefused) as refused:
        seal(event, STAMP, RING)
    assert refused.value.reason is Refusal.TENANT_MISMATCH
    assert refusal(resealed(data={"tenantId": "valley"})) is Refusal.TENANT_MISMATCH


def test_a_payload_may_repeat_its_own_tenant() -> None:
    event = replace(EVENT, data={"tenantId": "harbor"})
    assert open_envelope(seal(event, STAMP, RING), STAMP, RING)[1] == event


def test_the_old_key_still_opens_after_a_rotation() -> None:
    before = Keyring("1", {"1": RING.keys["1"]})
    _, opened = open_envelope(seal(EVENT, STAMP, before), STAMP, RING)
    assert opened == EVENT


def test_a_key_that_left_the_ring_opens_nothing() -> None:
    assert refusal(SEALED, Keyring("1", {"1": RING.keys["1"]})) is Refusal.UNKNOWN_KEY


def test_the_same_key_id_with_another_key_opens_nothing() -> None:
    assert refusal(SEALED, Keyring("2", {"2": b"x" * 32})) is Refusal.BAD_MAC


def test_an_unknown_schema_is_refused_before_anything_else_is_read() -> None:
    assert refusal(SEALED.replace(b"termtide.event/1", b"termtide.event/2")) is Refusal.UNKNOWN_SCHEMA


@pytest.mark.parametrize(
    "members",
    [
        {"id": "no-uuid"},
        {"id": None},
        {"tenant": "../x"},
        {"version": True},
        {"version": "1"},
        {"occurredAt": "yesterday"},
        {"occurredAt": "2026-11-20T08:30:00"},
        {"data": []},
        {"subject": 4},
    ],
)
def test_a_well_signed_envelope_of_the_wrong_shape_is_refused(members: dict[str, Any]) -> None:
    assert refusal(resealed(**members)) is Refusal.MALFORMED


def test_equal_events_make_equal_bytes() -> None:
    assert seal(EVENT, STAMP, RING) == seal(replace(EVENT), STAMP, RING)


def test_the_moment_of_an_event_is_kept_to_the_millisecond() -> None:
    event: Event = replace(EVENT, occurred_at=EVENT.occurred_at.replace(microsecond=123_456))
    _, opened = open_envelope(seal(event, STAMP, RING), STAMP, RING)
    assert opened.occurred_at == event.occurred_at.replace(microsecond=123_000)
