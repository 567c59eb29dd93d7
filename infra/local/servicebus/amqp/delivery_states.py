"""Outcomes of a delivery (AMQP 1.0 part 3, section 3.4) and the error of a rejection (part 2, 2.8.14)."""

from dataclasses import dataclass, field

from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.types import Described, Symbol, ULong

ERROR, ACCEPTED, REJECTED, RELEASED, MODIFIED = 0x1D, 0x24, 0x25, 0x26, 0x27


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """Condition (a symbol of the standard or of Service Bus), description for people, map of details."""

    condition: str
    description: str | None = None
    info: dict[object, object] = field(default_factory=dict)

    def encodable(self) -> Described:
        """Return the wire form, always with three fields because the Python SDK reads them by position."""
        return Described(ULong(ERROR), [Symbol(self.condition), self.description, self.info])


@dataclass(frozen=True, slots=True)
class Accepted:
    """The delivery was processed."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The delivery can't be processed."""

    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """The delivery was not looked at and goes back unchanged."""


@dataclass(frozen=True, slots=True)
class Modified:
    """The delivery goes back: counted as failed, and perhaps not to be delivered to this receiver again."""

    delivery_failed: bool = False
    undeliverable_here: bool = False


type Outcome = Accepted | Rejected | Released | Modified

ACCEPTED_OUTCOME = Described(ULong(ACCEPTED), [])


def encodable_outcome(outcome: Outcome) -> Described:
    """Return the wire form of an outcome as the broker echoes it."""
    match outcome:
        case Accepted():
            return ACCEPTED_OUTCOME
        case Rejected(error):
            return Described(ULong(REJECTED), [] if error is None else [error.encodable()])
        case Released():
            return Described(ULong(RELEASED), [])
        case Modified():
            return Described(ULong(MODIFIED), [outcome.delivery_failed, outcome.undeliverable_here])


def parse_outcome(state: object) -> Outcome:
    """Read a delivery state; absent means accepted. Raises `DecodeError` for one that is no outcome."""
    if state is None:
        return Accepted()
    if not isinstance(state, Described) or not isinstance(state.value, list):
        raise DecodeError(f"{state!r} is no delivery state")
    fields: list[object] = state.value
    match state.descriptor:
        case 0x24:
            return Accepted()
        case 0x25:
            return Rejected(parse_error(fields[0]) if fields else None)
        case 0x26:
            return Released()
        case 0x27:
            flags = [*fields, None, None]
            return Modified(flags[0] is True, flags[1] is True)
    raise DecodeError(f"the delivery state {state.descriptor!r} is not an outcome")


def parse_error(value: object) -> ErrorInfo | None:
    """Read an error; the fields after the condition may be absent."""
    if value is None:
        return None
    if not isinstance(value, Described) or not isinstance(value.value, list) or not value.value:
        raise DecodeError(f"{value!r} is no AMQP error")
    condition, description, info = [*value.value, None, None][:3]
    return ErrorInfo(
        str(condition),
        None if description is None else str(description),
        info if isinstance(info, dict) else {},
    )
