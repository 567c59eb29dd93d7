"""Stand-ins for what a queue works with: a journal in memory, a clock that is set, receivers that note."""

from dataclasses import dataclass, field

from infra.local.servicebus.entities.entity import EntityRules, Surroundings
from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.faults import Fault

START = 1_000_000


@dataclass(slots=True)
class MemoryJournal:
    """Gives out row ids and forgets the rest."""

    row_id: int = 0
    sessions: dict[str, bytes | None] = field(default_factory=dict)

    def add(self, message: Message) -> None:
        self.row_id += 1
        message.row_id = self.row_id

    def change(self, message: Message) -> None:
        assert message.row_id

    def remove(self, message: Message) -> None:
        assert message.removed

    def payload(self, message: Message) -> bytes:
        assert message.payload is not None
        return message.payload

    def replace_payload(self, message: Message, payload: bytes) -> None:
        message.payload = payload

    def advance(self, entity_id: int, sequence: int) -> None:
        pass

    def save_session(self, entity_id: int, session_id: str, state: bytes | None, updated_at: int) -> None:
        self.sessions[session_id] = state

    def remember(self, entity_id: int, message_id: str, expires_at: int) -> None:
        pass

    def forget(self, entity_id: int, message_id: str) -> None:
        pass


@dataclass(slots=True)
class SetClock:
    """A clock that goes on only when told."""

    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True, eq=False)
class NotingReceiver:
    """Notes what it is sent."""

    credit: int = 0
    deletes_on_receipt: bool = False
    name: str = "receiver"
    delivered: list[Message] = field(default_factory=list)
    forgotten: list[Message] = field(default_factory=list)
    session_id: str | None = None
    refusal: Fault | None = None

    def deliver(self, message: Message, encoded: bytes) -> None:
        assert encoded
        self.credit -= 1
        self.delivered.append(message)

    def forget(self, message: Message) -> None:
        self.forgotten.append(message)

    def granted(self, session_id: str, locked_until: int) -> None:
        self.session_id = session_id

    def refuse(self, fault: Fault) -> None:
        self.refusal = fault


def make_queue(clock: SetClock, rules: EntityRules) -> Queue:
    """Return a queue with its dead-letter queue."""
    surroundings = Surroundings(MemoryJournal(), clock)
    burial = EntityRules(lock_duration=rules.lock_duration, max_delivery_count=None)
    return Queue("q", 1, rules, surroundings, Queue("q/$DeadLetterQueue", 2, burial, surroundings))


def text(content: str, **fields: object) -> Message:
    """Return a message whose payload is some text."""
    message = Message(
        payload=b"\x00\x53\x75\xa0" + bytes([len(content)]) + content.encode(), size=len(content)
    )
    for name, value in fields.items():
        setattr(message, name, value)
    return message
