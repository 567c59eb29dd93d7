"""Messages of the SDK as the broker reads them and gives them back."""

from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus._pyamqp._decode import decode_payload
from azure.servicebus._pyamqp._encode import encode_payload
from azure.servicebus._transport._pyamqp_transport import PyamqpTransport
from azure.servicebus.amqp import AmqpAnnotatedMessage, AmqpMessageBodyType
from hypothesis import given
from hypothesis import strategies as st

from infra.local.servicebus.amqp.encoding import encode
from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.entities.incoming import (
    parse_message,
    routing_values,
    with_application_properties,
)
from infra.local.servicebus.entities.message import encode_message

_PROPERTIES = st.dictionaries(
    st.text(min_size=1, max_size=20),
    st.one_of(st.text(max_size=40), st.integers(-(2**31), 2**31 - 1), st.booleans()),
)


def _encoded(message: ServiceBusMessage | AmqpAnnotatedMessage) -> bytes:
    annotated = message if isinstance(message, AmqpAnnotatedMessage) else message.raw_amqp_message
    output = bytearray()
    encode_payload(output, PyamqpTransport.to_outgoing_amqp_message(annotated))
    return bytes(output)


def test_what_the_broker_acts_on_is_read() -> None:
    due = datetime(2030, 1, 1, tzinfo=UTC)
    message = parse_message(
        _encoded(
            ServiceBusMessage(
                "body",
                message_id="m",
                session_id="s",
                time_to_live=timedelta(seconds=5),
                scheduled_enqueue_time_utc=due,
            )
        )
    )
    assert (message.message_id, message.session_id, message.time_to_live) == ("m", "s", 5000)
    assert message.scheduled_for == int(due.timestamp() * 1000)


@given(_PROPERTIES, st.binary(max_size=400))
def test_what_it_does_not_act_on_is_given_back_as_it_came(properties: dict[str, object], body: bytes) -> None:
    sent = ServiceBusMessage(body, application_properties=properties or None, subject="subject")  # type: ignore[arg-type] # simple values only
    message = parse_message(_encoded(sent))
    message.sequence = 7
    received = decode_payload(memoryview(encode_message(message, message.payload or b"")))
    assert received.data == [body]
    assert received.properties is not None
    assert received.properties.subject == b"subject"
    assert received.header is not None
    assert received.header.delivery_count == 0
    assert received.message_annotations is not None
    assert received.message_annotations[b"x-opt-sequence-number"] == 7
    expected = {key.encode(): _as_the_sdk_reads(value) for key, value in properties.items()}
    assert (received.application_properties or {}) == expected


def _as_the_sdk_reads(value: object) -> object:
    return value.encode() if isinstance(value, str) else value


def test_annotations_of_the_sender_stay_except_those_that_are_the_brokers() -> None:
    sent = ServiceBusMessage("x", partition_key="p")
    sent.raw_amqp_message.annotations = {
        **(sent.raw_amqp_message.annotations or {}),
        "x-opt-mine": 5,
        "x-opt-deadletter-source": "elsewhere",
        "x-opt-locked-until": 99,
    }
    message = parse_message(_encoded(sent))
    assert message.annotations == {"x-opt-partition-key": "p", "x-opt-mine": 5}


def test_delivery_annotations_end_here() -> None:
    annotated = AmqpAnnotatedMessage(data_body=b"x", delivery_annotations={"hop": 1}, footer={"sum": 2})
    message = parse_message(_encoded(annotated))
    received = decode_payload(memoryview(message.payload or b""))
    assert (received.data, received.footer, received.delivery_annotations) == ([b"x"], {b"sum": 2}, None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"value_body": {"a": 1}}, AmqpMessageBodyType.VALUE),
        ({"sequence_body": [[1], [2]]}, AmqpMessageBodyType.SEQUENCE),
    ],
)
def test_bodies_of_other_kinds_pass(body: dict[str, object], kind: AmqpMessageBodyType) -> None:
    annotated = AmqpAnnotatedMessage(**body)  # type: ignore[arg-type] # one of its body arguments
    assert annotated.body_type is kind
    message = parse_message(_encoded(annotated))
    received = decode_payload(memoryview(message.payload or b""))
    assert (received.value or received.sequence) in ({b"a": 1}, [[1], [2]])


@given(_PROPERTIES, st.dictionaries(st.sampled_from(["DeadLetterReason", "other"]), st.text(max_size=300)))
def test_application_properties_are_added_and_nothing_else_changes(
    properties: dict[str, object], added: dict[object, object]
) -> None:
    sent = ServiceBusMessage(b"body", application_properties=properties or None, message_id="m")  # type: ignore[arg-type] # as above
    payload = parse_message(_encoded(sent)).payload or b""
    changed = with_application_properties(payload, added)
    expected: dict[object, object] = dict(properties.items())
    assert routing_values(changed) == (routing_values(payload)[0], expected | added)
    assert decode_payload(memoryview(changed)).data == [b"body"]


@pytest.mark.parametrize(
    "octets", [b"x", b"\x00\x53\x70\x45\x00", b"\x00\x53\x60\x45", b"\x00\x53\x72" + encode(5)]
)
def test_what_is_no_message_is_refused(octets: bytes) -> None:
    with pytest.raises(DecodeError, match="byte"):
        parse_message(octets)
