"""Frame bodies: the performatives of AMQP 1.0 parts 2 (transport) and 5 (security), fields in wire order."""

from collections.abc import Callable
from typing import NamedTuple, cast

from infra.local.servicebus.amqp.decoding import decode
from infra.local.servicebus.amqp.delivery_states import ErrorInfo
from infra.local.servicebus.amqp.encoding import encode_into
from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.types import Described, Symbol, UByte, UInt, ULong, UShort


class Open(NamedTuple):
    """Connection parameters of one peer (2.7.1); sizes in bytes, time-out in milliseconds."""

    container_id: str
    hostname: str | None = None
    max_frame_size: int | None = None
    channel_max: int | None = None
    idle_time_out: int | None = None
    outgoing_locales: object = None
    incoming_locales: object = None
    offered_capabilities: object = None
    desired_capabilities: object = None
    properties: dict[object, object] | None = None


class Begin(NamedTuple):
    """Start of an AMQP session on a channel (2.7.2)."""

    remote_channel: int | None = None
    next_outgoing_id: int = 0
    incoming_window: int = 0
    outgoing_window: int = 0
    handle_max: int | None = None
    offered_capabilities: object = None
    desired_capabilities: object = None
    properties: dict[object, object] | None = None


class Attach(NamedTuple):
    """One end of a link (2.7.3); `role` is true for the end that receives messages."""

    name: str
    handle: int
    role: bool
    snd_settle_mode: int | None = None
    rcv_settle_mode: int | None = None
    source: Described | None = None
    target: Described | None = None
    unsettled: object = None
    incomplete_unsettled: bool | None = None
    initial_delivery_count: int | None = None
    max_message_size: int | None = None
    offered_capabilities: object = None
    desired_capabilities: object = None
    properties: dict[object, object] | None = None


class Flow(NamedTuple):
    """Windows of a session and, with a handle, the credit of a link (2.7.4)."""

    next_incoming_id: int | None = None
    incoming_window: int = 0
    next_outgoing_id: int = 0
    outgoing_window: int = 0
    handle: int | None = None
    delivery_count: int | None = None
    link_credit: int | None = None
    available: int | None = None
    drain: bool | None = None
    echo: bool | None = None
    properties: dict[object, object] | None = None


class Transfer(NamedTuple):
    """One frame of a delivery (2.7.5); the message bytes follow the performative."""

    handle: int
    delivery_id: int | None = None
    delivery_tag: bytes | None = None
    message_format: int | None = None
    settled: bool | None = None
    more: bool | None = None
    rcv_settle_mode: int | None = None
    state: object = None
    resume: bool | None = None
    aborted: bool | None = None
    batchable: bool | None = None


class Disposition(NamedTuple):
    """State of the deliveries `first` to `last` (2.7.6); `role` is true if the receiving end speaks."""

    role: bool
    first: int
    last: int | None = None
    settled: bool | None = None
    state: object = None
    batchable: bool | None = None


class Detach(NamedTuple):
    """End of a link (2.7.7)."""

    handle: int
    closed: bool | None = None
    error: ErrorInfo | None = None


class End(NamedTuple):
    """End of a session (2.7.8)."""

    error: ErrorInfo | None = None


class Close(NamedTuple):
    """End of a connection (2.7.9)."""

    error: ErrorInfo | None = None


class SaslMechanisms(NamedTuple):
    """Mechanisms that the server offers (5.3.3.1), as an array of symbols."""

    mechanisms: object


class SaslInit(NamedTuple):
    """The mechanism that the client chose (5.3.3.2)."""

    mechanism: str
    initial_response: bytes | None = None
    hostname: str | None = None


class SaslOutcome(NamedTuple):
    """The result of SASL (5.3.3.5): 0 accepted, 1 refused."""

    code: int
    additional_data: bytes | None = None


type Performative = (
    Open
    | Begin
    | Attach
    | Flow
    | Transfer
    | Disposition
    | Detach
    | End
    | Close
    | SaslMechanisms
    | SaslInit
    | SaslOutcome
)


def _error(value: object) -> Described:
    return cast("ErrorInfo", value).encodable()


# Descriptor of each performative and, by position, the type that a plain Python value takes on the wire.
_WIRE: dict[type, tuple[int, dict[int, Callable[..., object]]]] = {
    Open: (0x10, {2: UInt, 3: UShort, 4: UInt}),
    Begin: (0x11, {0: UShort, 1: UInt, 2: UInt, 3: UInt, 4: UInt}),
    Attach: (0x12, {1: UInt, 3: UByte, 4: UByte, 9: UInt, 10: ULong}),
    Flow: (0x13, {0: UInt, 1: UInt, 2: UInt, 3: UInt, 4: UInt, 5: UInt, 6: UInt, 7: UInt}),
    Transfer: (0x14, {0: UInt, 1: UInt, 3: UInt, 6: UByte}),
    Disposition: (0x15, {1: UInt, 2: UInt}),
    Detach: (0x16, {0: UInt, 2: _error}),
    End: (0x17, {0: _error}),
    Close: (0x18, {0: _error}),
    SaslMechanisms: (0x40, {}),
    SaslInit: (0x41, {0: Symbol}),
    SaslOutcome: (0x44, {0: UByte}),
}
_BY_DESCRIPTOR: dict[int, type] = {descriptor: kind for kind, (descriptor, _) in _WIRE.items()}


def encode_performative(output: bytearray, performative: Performative) -> None:
    """Append a performative; trailing absent fields are left out as section 1.4 allows."""
    descriptor, field_types = _WIRE[type(performative)]
    fields = [
        field_types[index](value) if value is not None and index in field_types else value
        for index, value in enumerate(performative)
    ]
    while fields and fields[-1] is None:
        fields.pop()
    encode_into(output, Described(ULong(descriptor), fields))


def decode_performative(frame_body: bytes) -> tuple[Performative, int]:
    """Read the performative at the start of a frame body and return it with the position of the payload.

    Raises `DecodeError` for an unknown performative and for one with missing or superfluous fields.
    """
    described, payload_at = decode(frame_body)
    if not isinstance(described, Described) or not isinstance(described.value, list):
        raise DecodeError("a frame body starts with a performative, a described list")
    kind = _BY_DESCRIPTOR.get(cast("int", described.descriptor))
    if kind is None:
        raise DecodeError(f"{described.descriptor!r} is no performative")
    try:
        return kind(*described.value), payload_at
    except TypeError as cause:
        raise DecodeError(f"{kind.__name__} with {len(described.value)} fields: {cause}") from cause
