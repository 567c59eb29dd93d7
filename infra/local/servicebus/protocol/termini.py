"""What a client asks for in an attach: node, entity path, direction, session."""

from dataclasses import dataclass
from enum import Enum

from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.performatives import Attach
from infra.local.servicebus.amqp.types import Described, Symbol
from infra.local.servicebus.faults import NotImplementedHere
from infra.local.servicebus.protocol.tokens import entity_path

SESSION_FILTER = "com.microsoft:session-filter"
SESSION_TIMEOUT = "com.microsoft:timeout"
_COORDINATOR = 0x30
_ADDRESS, _FILTER = 0, 7
_SETTLED = 1
_MANAGEMENT = "$management"
# How long a client without a wish of its own waits for a session.
_DEFAULT_SESSION_TIMEOUT = 60_000


class Node(Enum):
    """The kinds of nodes."""

    TOKENS = "$cbs"
    MANAGEMENT = _MANAGEMENT
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Terminus:
    """What the far end of a link is; `path` names the entity and is empty for `$cbs`."""

    node: Node
    path: str
    client_receives: bool


@dataclass(frozen=True, slots=True)
class SessionWish:
    """The session that a receiver wants, or any when `session_id` is absent; time-out in milliseconds."""

    session_id: str | None
    timeout: int


def terminus_of(attach: Attach) -> Terminus:
    """Return what an attach aims at; raises `NotImplementedHere` for a transaction coordinator."""
    far_end = attach.source if attach.role else attach.target
    if isinstance(far_end, Described) and far_end.descriptor == _COORDINATOR:
        raise NotImplementedHere("Transactions are not implemented.")
    address = _fields(far_end)[_ADDRESS]
    path = entity_path(address if isinstance(address, str) else "")
    if path == Node.TOKENS.value:
        return Terminus(Node.TOKENS, "", attach.role)
    if path.lower().endswith("/" + _MANAGEMENT):
        return Terminus(Node.MANAGEMENT, path[: -len(_MANAGEMENT) - 1], attach.role)
    return Terminus(Node.ENTITY, path, attach.role)


def deletes_on_receipt(attach: Attach) -> bool:
    """Whether the client wants messages already settled (receive-and-delete)."""
    return attach.snd_settle_mode == _SETTLED


def session_wish(attach: Attach) -> SessionWish | None:
    """Return the session that a receiver asks for, or nothing when it asks for none."""
    filters = _fields(attach.source)[_FILTER]
    if not isinstance(filters, dict) or SESSION_FILTER not in filters:
        return None
    wanted = filters[SESSION_FILTER]
    if isinstance(wanted, Described):
        wanted = wanted.value
    timeout = (attach.properties or {}).get(SESSION_TIMEOUT)
    return SessionWish(
        wanted if isinstance(wanted, str) else None,
        timeout if isinstance(timeout, int) else _DEFAULT_SESSION_TIMEOUT,
    )


def with_session(source: Described | None, session_id: str) -> Described | None:
    """Return the source of an attach with the session that was granted."""
    if source is None:
        return None
    fields = _fields(source)
    fields[_FILTER] = {Symbol(SESSION_FILTER): session_id}
    return Described(source.descriptor, fields)


def _fields(terminus: Described | None) -> list[object]:
    if terminus is None:
        return [None] * (_FILTER + 1)
    if not isinstance(terminus.value, list):
        raise DecodeError("a source or target is a described list")
    missing = _FILTER + 1 - len(terminus.value)
    return [*terminus.value, *[None] * missing]
