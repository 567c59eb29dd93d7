"""Operations of an entity's `$management` node, as the Python SDK requests them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.types import Array, Int, Symbol, Timestamp
from infra.local.servicebus.entities.entity import Entity
from infra.local.servicebus.entities.incoming import parse_message
from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.queue import Queue, Settlement
from infra.local.servicebus.faults import (
    Fault,
    InvalidArgument,
    MessageSizeExceeded,
    NotAllowed,
    NotImplementedHere,
)
from infra.local.servicebus.protocol.requests import Request, encode_response

type Body = dict[object, object]
type Operation = Callable[["Call"], tuple[int, Body]]

_PREFIX = "com.microsoft:"
_SETTLEMENTS = {
    "completed": Settlement.COMPLETE,
    "abandoned": Settlement.ABANDON,
    "defered": Settlement.DEFER,
    "suspended": Settlement.DEAD_LETTER,
}
# The year 10000: what clients send that want sessions with messages, not those changed since some time.
_ANY_TIME = 253_402_300_800_000
_DELETE_MODE = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one entity."""

    entity: Entity
    body: Body
    receiver_name: str | None
    max_message_size: int

    @property
    def queue(self) -> Queue:
        """The entity, which must be one that messages are received from."""
        if not isinstance(self.entity, Queue):
            raise NotAllowed(
                f"'{self.entity.path}' is a topic: messages are received from its subscriptions."
            )
        return self.entity

    def value[Kind](self, name: str, kind: type[Kind]) -> Kind:
        """Return a value of the body; raises `InvalidArgument` when it is absent or of another kind."""
        found = self.body.get(name)
        if not isinstance(found, kind):
            raise InvalidArgument(f"'{name}' must be of type {kind.__name__}.")
        return found

    def values[Kind](self, name: str, kind: type[Kind]) -> list[Kind]:
        """Return the elements of an array; raises `InvalidArgument` unless all are of the kind."""
        found: list[object] = self.value(name, list)
        elements = [element for element in found if isinstance(element, kind)]
        if len(elements) != len(found):
            raise InvalidArgument(f"the elements of '{name}' must be of type {kind.__name__}.")
        return elements

    def optional_text(self, name: str) -> str | None:
        """Return a text of the body if it is there."""
        return None if self.body.get(name) is None else self.value(name, str)


def answer(request: Request, entity: Entity, max_message_size: int) -> bytes:
    """Perform a request and return the encoded response, which tells of a fault as well."""
    body: object
    try:
        status, body = _perform(request, entity, max_message_size)
    except Fault as fault:
        return _failure(request, fault)
    except DecodeError as cause:
        return _failure(request, InvalidArgument(f"A message can't be read: {cause}."))
    described: Body = {
        "statusCode": Int(status),
        "statusDescription": "OK" if status == 200 else "No content",
    }
    return encode_response(request, described, body)


def _perform(request: Request, entity: Entity, max_message_size: int) -> tuple[int, Body]:
    name = request.text("operation")
    operation = _OPERATIONS.get(name.removeprefix(_PREFIX))
    if operation is None:
        raise NotImplementedHere(f"The management operation '{name}' is not implemented.")
    if not isinstance(request.body, dict):
        raise InvalidArgument("The body of a request is a map.")
    receiver_name = request.text("associated-link-name") or None
    return operation(Call(entity, request.body, receiver_name, max_message_size))


def _failure(request: Request, fault: Fault) -> bytes:
    parameters: Body = {
        "statusCode": Int(fault.status),
        "statusDescription": str(fault),
        "errorCondition": Symbol(fault.condition),
    }
    return encode_response(request, parameters, {})


def _renew_lock(call: Call) -> tuple[int, Body]:
    ends = call.queue.renew(call.values("lock-tokens", uuid.UUID))
    return 200, {"expirations": Array(Timestamp(end) for end in ends)}


def _renew_session_lock(call: Call) -> tuple[int, Body]:
    end = call.queue.renew_session(call.value("session-id", str), call.receiver_name)
    return 200, {"expiration": Timestamp(end)}


def _get_session_state(call: Call) -> tuple[int, Body]:
    state = call.queue.session_state(call.value("session-id", str), call.receiver_name)
    return 200, {"session-state": state}


def _set_session_state(call: Call) -> tuple[int, Body]:
    state = None if call.body.get("session-state") is None else call.value("session-state", bytes)
    call.queue.set_session_state(call.value("session-id", str), call.receiver_name, state)
    return 200, {}


def _update_disposition(call: Call) -> tuple[int, Body]:
    status = call.value("disposition-status", str)
    settlement = _SETTLEMENTS.get(status)
    if settlement is None:
        raise InvalidArgument(f"'{status}' is no disposition status.")
    if call.body.get("properties-to-modify"):
        raise NotImplementedHere("Modifying properties on settlement is not implemented.")
    reason, description = (
        call.optional_text("deadletter-reason"),
        call.optional_text("deadletter-description"),
    )
    for token in call.values("lock-tokens", uuid.UUID):
        call.queue.settle(token, settlement, reason, description)
    return 200, {}


def _schedule_message(call: Call) -> tuple[int, Body]:
    messages = [_scheduled(call, entry) for entry in call.values("messages", dict)]
    return 200, {"sequence-numbers": Array(call.entity.submit(message) for message in messages)}


def _scheduled(call: Call, entry: Body) -> Message:
    encoded = entry.get("message")
    if not isinstance(encoded, bytes):
        raise InvalidArgument("'message' must be of type bytes.")
    if len(encoded) > call.max_message_size:
        raise MessageSizeExceeded(
            f"A message of {len(encoded)} bytes exceeds the limit of {call.max_message_size}."
        )
    message = parse_message(encoded)
    call.entity.check(message)
    return message


def _cancel_scheduled(call: Call) -> tuple[int, Body]:
    call.entity.cancel_scheduled(call.values("sequence-numbers", int))
    return 200, {}


def _peek(call: Call) -> tuple[int, Body]:
    first, count = call.value("from-sequence-number", int), call.value("message-count", int)
    messages = call.queue.peek(first, count, call.optional_text("session-id"))
    if not messages:
        return 204, {}
    return 200, {"messages": [{"message": message} for message in messages]}


def _receive_deferred(call: Call) -> tuple[int, Body]:
    sequences = call.values("sequence-numbers", int)
    delete = call.value("receiver-settle-mode", int) == _DELETE_MODE
    messages = call.queue.receive_deferred(
        sequences, call.optional_text("session-id"), call.receiver_name, delete=delete
    )
    return 200, {"messages": [_locked(message, encoded) for message, encoded in messages]}


def _locked(message: Message, encoded: bytes) -> Body:
    token: Body = {} if message.lock_token is None else {"lock-token": message.lock_token}
    return {"message": encoded} | token


def _get_message_sessions(call: Call) -> tuple[int, Body]:
    skip, top = call.value("skip", int), call.value("top", int)
    since = call.value("last-updated-time", int)
    session_ids = call.queue.session_ids(None if since >= _ANY_TIME else since)[skip : skip + top]
    if not session_ids:
        return 204, {}
    return 200, {"skip": Int(skip), "sessions-ids": Array(session_ids)}


_OPERATIONS: dict[str, Operation] = {
    "renew-lock": _renew_lock,
    "renew-session-lock": _renew_session_lock,
    "get-session-state": _get_session_state,
    "set-session-state": _set_session_state,
    "update-disposition": _update_disposition,
    "schedule-message": _schedule_message,
    "cancel-scheduled-message": _cancel_scheduled,
    "peek-message": _peek,
    "receive-by-sequence-number": _receive_deferred,
    "get-message-sessions": _get_message_sessions,
}
