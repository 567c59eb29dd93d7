"""Message sessions: each is locked by one receiver at a time, which gets its messages in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from infra.local.servicebus.entities.backlog import Available, Deliver
from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.receiver import SessionReceiver
from infra.local.servicebus.faults import SessionCannotBeLocked, SessionLockLost


@dataclass(slots=True, eq=False)
class MessageSession:
    """A session with its waiting messages; `locked_until` counts only while there is an owner."""

    session_id: str
    available: Available
    state: bytes | None = None
    state_updated_at: int = 0
    owner: SessionReceiver | None = None
    locked_until: int = 0


class Sessions:
    """The sessions of one entity, their owners, and the receivers that wait for any session."""

    def __init__(
        self, is_available: Callable[[Message], bool], deliver: Deliver, locked_until: Callable[[], int]
    ) -> None:
        self._is_available = is_available
        self._deliver = deliver
        self._locked_until = locked_until
        self._sessions: dict[str, MessageSession] = {}
        self._owned: dict[SessionReceiver, MessageSession] = {}
        # A dict as an ordered set: sessions that nobody holds, in the order in which they got messages.
        self._ready: dict[str, MessageSession] = {}
        self._waiting: deque[SessionReceiver] = deque()

    def __iter__(self) -> Iterator[MessageSession]:
        return iter(self._sessions.values())

    def session(self, session_id: str) -> MessageSession:
        """Return the session of this id; every id names one."""
        session = self._sessions.get(session_id)
        if session is None:
            session = MessageSession(session_id, Available(self._is_available))
            self._sessions[session_id] = session
        return session

    def put(self, message: Message) -> None:
        """Offer a message to the owner of its session, or the session to a receiver that waits for any."""
        session = self.session(message.session_id or "")
        session.available.push(message)
        if session.owner is not None:
            self._pump(session.owner, session)
        else:
            self._ready[session.session_id] = session
            self._grant_ready()

    def accept(self, receiver: SessionReceiver, session_id: str) -> None:
        """Lock a session for a receiver; raises `SessionCannotBeLocked` when another holds it."""
        session = self.session(session_id)
        if session.owner is not None:
            raise SessionCannotBeLocked(
                f"The requested session '{session_id}' cannot be accepted: another receiver holds its lock."
            )
        self._grant(receiver, session)

    def accept_next(self, receiver: SessionReceiver) -> None:
        """Lock the next session with messages for a receiver as soon as there is one."""
        self._waiting.append(receiver)
        self._grant_ready()

    def stop_waiting(self, receiver: SessionReceiver) -> None:
        """Forget a receiver that waits for a session."""
        if receiver in self._waiting:
            self._waiting.remove(receiver)

    def dispatch(self, receiver: SessionReceiver) -> None:
        """Deliver while the receiver's session has messages and the receiver has credit."""
        session = self._owned.get(receiver)
        if session is not None:
            self._pump(receiver, session)

    def held(self, session_id: str, receiver_name: str | None) -> MessageSession:
        """Return a locked session; raises `SessionLockLost` when it is free or this receiver's is not."""
        session = self._sessions.get(session_id)
        owner = None if session is None else session.owner
        if session is None or owner is None or receiver_name not in (None, owner.name):
            raise SessionLockLost(f"The session lock of '{session_id}' is not held by this receiver.")
        return session

    def renew(self, session: MessageSession) -> int:
        """Let the lock last for a whole duration from now and return its end."""
        session.locked_until = self._locked_until()
        return session.locked_until

    def release(self, receiver: SessionReceiver) -> MessageSession | None:
        """Unlock the session of a receiver and return it; messages go back by `put` before `offer`."""
        self.stop_waiting(receiver)
        session = self._owned.pop(receiver, None)
        if session is not None:
            session.owner = None
        return session

    def offer(self, session: MessageSession) -> None:
        """Let an unlocked session be taken by others; an empty one without state is forgotten."""
        if session.owner is not None:
            return
        if session.available:
            self._ready[session.session_id] = session
            self._grant_ready()
        elif session.state is None:
            self._sessions.pop(session.session_id, None)

    def expired(self, now: int) -> Iterable[tuple[SessionReceiver, MessageSession]]:
        """Return the owners whose locks have expired, with their sessions."""
        return [(owner, session) for owner, session in self._owned.items() if session.locked_until <= now]

    def _grant_ready(self) -> None:
        while self._waiting and self._ready:
            session = self._ready.pop(next(iter(self._ready)))
            if session.owner is None and session.available:
                self._grant(self._waiting.popleft(), session)

    def _grant(self, receiver: SessionReceiver, session: MessageSession) -> None:
        self._ready.pop(session.session_id, None)
        session.owner = receiver
        session.locked_until = self._locked_until()
        self._owned[receiver] = session
        receiver.granted(session.session_id, session.locked_until)

    def _pump(self, receiver: SessionReceiver, session: MessageSession) -> None:
        while receiver.credit > 0 and session.available:
            self._deliver(receiver, session.available.pop(), session.locked_until)
