"""Messages as rows of the table `message` and back."""

import uuid

from infra.local.servicebus.amqp.decoding import decode
from infra.local.servicebus.amqp.encoding import encode
from infra.local.servicebus.entities.message import Message, MessageState
from infra.local.servicebus.storage.errors import StorageError

type Row = tuple[object, ...]

INSERT = f"INSERT INTO message VALUES ({', '.join('?' * 16)})"  # noqa: S608 - only question marks are put in
SELECT = "SELECT * FROM message ORDER BY entity, sequence"
UPDATE = """UPDATE message SET entity = ?, sequence = ?, enqueued_sequence = ?, state = ?, delivery_count = ?,
    enqueued_at = ?, expires_at = ?, lock_token = ?, locked_until = ?, dead_letter_source = ? WHERE id = ?"""

# Most messages have neither annotations nor a priority.
_PLAIN_ENVELOPE = encode([False, None, {}])


def inserted(message: Message) -> Row:
    """Return all columns of a message."""
    plain = not (message.annotations or message.durable or message.priority is not None)
    return (
        message.row_id,
        message.entity_id,
        message.sequence,
        message.enqueued_sequence,
        int(message.state),
        message.delivery_count,
        message.enqueued_at,
        message.scheduled_for,
        message.expires_at,
        message.time_to_live,
        None if message.lock_token is None else message.lock_token.bytes,
        message.locked_until,
        message.session_id,
        message.dead_letter_source,
        message.size,
        _PLAIN_ENVELOPE if plain else encode([message.durable, message.priority, message.annotations]),
    )


def updated(message: Message) -> Row:
    """Return the columns that change, and the row id."""
    return (
        message.entity_id,
        message.sequence,
        message.enqueued_sequence,
        int(message.state),
        message.delivery_count,
        message.enqueued_at,
        message.expires_at,
        None if message.lock_token is None else message.lock_token.bytes,
        message.locked_until,
        message.dead_letter_source,
        message.row_id,
    )


def restored(row: tuple[object, ...]) -> Message:
    """Return the message of a row; its payload stays in the store."""
    message = Message(payload=None, size=_whole(row[14]))
    message.row_id, message.entity_id, message.sequence, message.enqueued_sequence = map(_whole, row[:4])
    message.state = MessageState(_whole(row[4]))
    message.delivery_count, message.enqueued_at = _whole(row[5]), _whole(row[6])
    message.scheduled_for, message.expires_at, message.time_to_live = map(_whole_or_none, row[7:10])
    message.lock_token = uuid.UUID(bytes=row[10]) if isinstance(row[10], bytes) else None
    message.locked_until = _whole(row[11])
    message.session_id, message.dead_letter_source = map(_text_or_none, row[12:14])
    _open_envelope(message, row[15])
    message.stored = message.payload_stored = True
    return message


def _open_envelope(message: Message, envelope: object) -> None:
    if envelope == _PLAIN_ENVELOPE:
        return
    fields = decode(envelope)[0] if isinstance(envelope, bytes) else None
    if not isinstance(fields, list) or not isinstance(fields[2], dict):
        raise StorageError(f"message {message.row_id}: the envelope is damaged")
    message.durable, message.annotations = fields[0] is True, fields[2]
    message.priority = _whole_or_none(fields[1])


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise StorageError(f"{value!r} stands where a whole number should")
    return int(value)


def _whole_or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
