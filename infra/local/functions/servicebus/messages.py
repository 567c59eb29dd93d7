"""Turns received messages into the values that the engine decodes."""

from collections.abc import Sequence
from datetime import UTC, datetime

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.amqp import AmqpMessageBodyType

from infra.local.functions.engine import TypedValue, as_json, binaries, binary, text

type Fields = dict[str, object]


class UnreadableBody(Exception):
    """The message's body is an AMQP sequence or a value that is neither text nor bytes."""


def one_value(message: ServiceBusReceivedMessage) -> TypedValue:
    """Return the body: as text when it is UTF-8, so that `str` parameters work, else as bytes."""
    body = _body(message)
    try:
        return text(body.decode())
    except UnicodeDecodeError:
        return binary(body)


def one_metadata(message: ServiceBusReceivedMessage) -> dict[str, TypedValue]:
    """Return the trigger metadata of a single message."""
    return {name: _typed(value) for name, value in _fields(message).items() if value is not None}


def batch_value(messages: Sequence[ServiceBusReceivedMessage]) -> TypedValue:
    """Return the bodies of a batch."""
    return binaries([_body(message) for message in messages])


def batch_metadata(messages: Sequence[ServiceBusReceivedMessage]) -> dict[str, TypedValue]:
    """Return the trigger metadata of a batch: one array for each field."""
    rows = [_fields(message) for message in messages]
    return {f"{name}Array": as_json([row[name] for row in rows]) for name in rows[0]}


def trace_parent_of(message: ServiceBusReceivedMessage) -> str:
    """Return the W3C trace parent that the sender put into `Diagnostic-Id`, or an empty text."""
    found = _properties(message).get("Diagnostic-Id", "")
    return found if isinstance(found, str) else ""


def _fields(message: ServiceBusReceivedMessage) -> Fields:
    # Times are left out that the engine cannot read back, such as a time to live of more than a day.
    properties = _properties(message)
    return {
        "MessageId": message.message_id,
        "SessionId": message.session_id,
        "CorrelationId": message.correlation_id,
        "ContentType": message.content_type,
        "Subject": message.subject,
        "Label": message.subject,
        "To": message.to,
        "ReplyTo": message.reply_to,
        "ReplyToSessionId": message.reply_to_session_id,
        "PartitionKey": message.partition_key,
        "LockToken": str(message.lock_token),
        # The SDK counts failed deliveries; the platform counts this one too.
        "DeliveryCount": (message.delivery_count or 0) + 1,
        "SequenceNumber": message.sequence_number,
        "EnqueuedTimeUtc": _moment(message.enqueued_time_utc),
        "ExpiresAtUtc": _moment(message.expires_at_utc),
        "LockedUntil": _moment(message.locked_until_utc),
        "DeadLetterReason": message.dead_letter_reason,
        "DeadLetterErrorDescription": message.dead_letter_error_description,
        "DeadLetterSource": message.dead_letter_source,
        "ApplicationProperties": properties,
        "UserProperties": properties,
    }


def _typed(value: object) -> TypedValue:
    return text(value) if isinstance(value, str) else as_json(value)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _properties(message: ServiceBusReceivedMessage) -> dict[str, object]:
    given = message.application_properties or {}
    return {_decoded(name): _plain(value) for name, value in given.items()}


def _plain(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


def _decoded(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _body(message: ServiceBusReceivedMessage) -> bytes:
    if message.body_type == AmqpMessageBodyType.DATA:
        return b"".join(message.body)
    if message.body_type == AmqpMessageBodyType.VALUE and isinstance(message.body, str | bytes):
        return message.body.encode() if isinstance(message.body, str) else message.body
    raise UnreadableBody(f"message {message.message_id}: an AMQP {message.body_type.name} body is not served")
