"""Queues, and what behaves like one: subscriptions and dead-letter queues."""

import uuid
from collections.abc import Iterator
from enum import Enum

from infra.local.servicebus.entities.backlog import CompetingReceivers
from infra.local.servicebus.entities.due import DueHeap
from infra.local.servicebus.entities.entity import Entity, EntityRules, Surroundings
from infra.local.servicebus.entities.incoming import with_application_properties
from infra.local.servicebus.entities.locks import LockTable
from infra.local.servicebus.entities.message import Message, MessageState, encode_message
from infra.local.servicebus.entities.receiver import Receiver, SessionReceiver
from infra.local.servicebus.entities.sessions import Sessions
from infra.local.servicebus.faults import MessageLockLost, MessageNotFound, NotAllowed, SessionLockLost


class Settlement(Enum):
    """What a receiver decides about a message that it holds."""

    COMPLETE = "complete"
    ABANDON = "abandon"
    RELEASE = "release"
    DEFER = "defer"
    DEAD_LETTER = "dead-letter"


class Queue(Entity):
    """Messages that receivers lock, settle, or lose again when their lock expires."""

    def __init__(
        self,
        path: str,
        entity_id: int,
        rules: EntityRules,
        surroundings: Surroundings,
        dead_letters: "Queue | None" = None,
    ) -> None:
        super().__init__(path, entity_id, rules, surroundings)
        self.dead_letters = dead_letters
        self._locks = LockTable()
        self._expiring = DueHeap(_expiry_time, self.messages.__len__)
        self._competing = CompetingReceivers(self._is_available, self._deliver, self._lock_end)
        self.takes_messages = rules.max_delivery_count is not None
        self.sessions = (
            Sessions(self._is_available, self._deliver, self._lock_end) if rules.requires_session else None
        )

    def check(self, message: Message) -> None:
        """Raise `NotAllowed` for a message without session when the queue requires sessions."""
        if self.sessions is not None and message.session_id is None:
            raise NotAllowed(
                f"The SessionId was not set on a message for '{self.path}', which requires sessions."
            )

    # Receivers

    def attach(self, receiver: Receiver) -> None:
        """Let a receiver of a queue without sessions compete for messages."""
        self._competing.add(receiver)

    def detach(self, receiver: Receiver) -> None:
        """Let a receiver get no more messages; those that it holds stay locked until their locks expire."""
        self._competing.remove(receiver)

    def dispatch(self, receiver: Receiver) -> None:
        """Deliver to a receiver whose credit has grown."""
        self._competing.dispatch()

    def accept_session(self, receiver: SessionReceiver, session_id: str) -> None:
        """Lock a session for a receiver; raises `SessionCannotBeLocked` when another holds it."""
        self._require_sessions().accept(receiver, session_id)

    def accept_next_session(self, receiver: SessionReceiver) -> None:
        """Lock the next session with messages for a receiver as soon as there is one."""
        self._require_sessions().accept_next(receiver)

    def dispatch_session(self, receiver: SessionReceiver) -> None:
        """Deliver to the holder of a session whose credit has grown."""
        self._require_sessions().dispatch(receiver)

    def leave_session(self, receiver: SessionReceiver) -> None:
        """Unlock the session of a receiver that goes away.

        Its messages go back without a higher delivery count: Service Bus counts only expired session locks.
        """
        if self.sessions is not None:
            self._free_session(self.sessions, receiver, failed=False)

    # Settling

    def settle(
        self,
        token: uuid.UUID,
        settlement: Settlement,
        reason: str | None = None,
        description: str | None = None,
    ) -> None:
        """Apply a decision; raises `MessageLockLost` when the lock is unknown or over."""
        message = self._held(token)
        if settlement is Settlement.DEAD_LETTER and self.dead_letters is None:
            raise NotAllowed(
                f"'{self.path}' is a dead-letter queue: its messages can't be dead-lettered again."
            )
        self._locks.remove(message)
        message.unlock()
        match settlement:
            case Settlement.COMPLETE:
                self.discard(message)
            case Settlement.DEAD_LETTER:
                self._dead_letter(message, reason, description)
            case Settlement.DEFER:
                message.state = MessageState.DEFERRED
                message.delivery_count += 1
                self.journal.change(message)
            case Settlement.ABANDON:
                self._give_back(message, failed=True)
            case Settlement.RELEASE:
                self._give_back(message, failed=False)

    def renew(self, tokens: list[uuid.UUID]) -> list[int]:
        """Extend locks and return their ends; raises `MessageLockLost`, extending none, if one is lost."""
        messages = [self._held(token) for token in tokens]
        for message in messages:
            self._locks.renew(message, self._lock_end())
            self.journal.change(message)
        return [message.locked_until for message in messages]

    def renew_session(self, session_id: str, receiver_name: str | None) -> int:
        """Extend the lock of a session, and with it those of its messages, and return its end."""
        sessions = self._require_sessions()
        session = sessions.held(session_id, receiver_name)
        until = sessions.renew(session)
        for message in self._locks:
            if message.session_id == session_id:
                message.locked_until = until
        return until

    def set_session_state(self, session_id: str, receiver_name: str | None, state: bytes | None) -> None:
        """Keep the state of a locked session."""
        session = self._require_sessions().held(session_id, receiver_name)
        session.state, session.state_updated_at = state, self.clock()
        self.journal.save_session(self.entity_id, session_id, state, session.state_updated_at)

    def session_state(self, session_id: str, receiver_name: str | None) -> bytes | None:
        """Return the state of a locked session."""
        return self._require_sessions().held(session_id, receiver_name).state

    # Browsing and deferred messages

    def peek(self, first: int, count: int, session_id: str | None) -> list[bytes]:
        """Return up to `count` encoded messages from a sequence number on, in whatever state they are."""
        found: list[bytes] = []
        for message in self._from(first):
            if session_id is None or message.session_id == session_id:
                found.append(encode_message(message, self.journal.payload(message)))
                if len(found) == count:
                    break
        return found

    def receive_deferred(
        self, sequences: list[int], session_id: str | None, receiver_name: str | None, *, delete: bool
    ) -> list[tuple[Message, bytes]]:
        """Lock deferred messages, or delete them, and return them encoded.

        Messages of a session are locked as long as the session, which the receiver must hold. Raises
        `MessageNotFound`, and touches none, when one is not deferred, has expired or is of another session.
        """
        until = self._lock_end()
        if self.sessions is not None:
            until = self.sessions.held(session_id or "", receiver_name).locked_until
        messages = [self._in_state(sequence, MessageState.DEFERRED) for sequence in sequences]
        for message in messages:
            if self.sessions is not None and message.session_id != session_id:
                raise MessageNotFound(f"message {message.sequence} is not in session '{session_id}'")
            if message.expired(self.clock()):
                self._expire(message)
                raise MessageNotFound(f"the deferred message {message.sequence} has expired")
        return [(message, self._take_deferred(message, until, delete=delete)) for message in messages]

    def session_ids(self, state_updated_after: int | None) -> list[str]:
        """Return sessions with active messages or state, or those whose state changed after a time."""
        sessions = self._require_sessions()
        if state_updated_after is not None:
            return [
                session.session_id
                for session in sessions
                if session.state is not None and session.state_updated_at > state_updated_after
            ]
        active = {
            message.session_id or ""
            for message in self.messages.values()
            if message.state is MessageState.ACTIVE
        }
        return sorted(active | {session.session_id for session in sessions if session.state is not None})

    # Time and restart

    def advance(self, now: int) -> None:
        """Activate scheduled messages, free what expired locks held, and remove expired messages."""
        super().advance(now)
        if self.sessions is None:
            for message in self._locks.pop_expired(now):
                message.unlock()
                self._give_back(message, failed=True)
        else:
            for receiver, session in self.sessions.expired(now):
                self._free_session(self.sessions, receiver, failed=True)
                receiver.refuse(SessionLockLost(f"The lock of session '{session.session_id}' has expired."))
        for message in self._expiring.pop_due(now):
            if message.lock_token is None and message.state is MessageState.ACTIVE:
                self._expire(message)

    def restore(self, message: Message) -> None:
        """Take back a message from before a restart; locks of messages last, those of sessions do not."""
        super().restore(message)
        self._expiring.push(message)
        if message.lock_token is not None and self.sessions is None:
            self._locks.add(message)
        elif message.state is MessageState.ACTIVE:
            message.unlock()
            self._put(message)

    # Inside

    def admit(self, message: Message) -> None:
        """Take in a message of a topic; one without a session that it needs goes to the dead-letter queue."""
        self._number(message)
        if self.sessions is not None and message.session_id is None:
            text = "Session enabled entity doesn't allow a message whose session identifier is null."
            self._dead_letter(message, "Session ID is null", text)
        else:
            self._activate(message)

    def _activate(self, message: Message) -> None:
        message.state = MessageState.ACTIVE
        message.enqueued_at = self.clock()
        limits = [
            limit for limit in (message.time_to_live, self.rules.default_time_to_live) if limit is not None
        ]
        message.expires_at = message.enqueued_at + min(limits) if limits else None
        self._enter(message)

    def _enter(self, message: Message) -> None:
        self.messages[message.sequence] = message
        if message.row_id:
            self.journal.change(message)
        else:
            self.journal.add(message)
        self._expiring.push(message)
        self._put(message)

    def _put(self, message: Message) -> None:
        (self._competing if self.sessions is None else self.sessions).put(message)

    def _deliver(self, receiver: Receiver, message: Message, locked_until: int) -> None:
        if message.expired(self.clock()):
            self._expire(message)
        elif receiver.deletes_on_receipt:
            encoded = encode_message(message, self.journal.payload(message))
            self.discard(message)
            receiver.deliver(message, encoded)
        else:
            self._lock(message, locked_until, receiver)
            receiver.deliver(message, encode_message(message, self.journal.payload(message)))

    def _lock(self, message: Message, until: int, receiver: Receiver | None) -> None:
        message.lock(uuid.uuid4(), until, receiver)
        self._locks.add(message)
        self.journal.change(message)

    def _take_deferred(self, message: Message, until: int, *, delete: bool) -> bytes:
        if delete:
            encoded = encode_message(message, self.journal.payload(message))
            self.discard(message)
            return encoded
        self._lock(message, until, None)
        return encode_message(message, self.journal.payload(message))

    def _held(self, token: uuid.UUID) -> Message:
        message = self._locks.get(token, self.clock())
        if message is None:
            raise MessageLockLost(
                "The lock supplied is invalid. Either the lock expired, or the message is settled."
            )
        return message

    def _give_back(self, message: Message, *, failed: bool) -> None:
        message.delivery_count += failed
        limit = self.rules.max_delivery_count
        if failed and limit is not None and message.delivery_count >= limit:
            text = f"Message could not be consumed after {limit} delivery attempts."
            self._dead_letter(message, "MaxDeliveryCountExceeded", text)
        elif message.expired(self.clock()) and message.state is MessageState.ACTIVE:
            self._expire(message)
        else:
            self.journal.change(message)
            if message.state is MessageState.ACTIVE:
                self._put(message)

    def _expire(self, message: Message) -> None:
        if self.rules.dead_letters_expired:
            self._dead_letter(message, "TTLExpiredException", "The message expired and was dead lettered.")
        else:
            self.discard(message)

    def _dead_letter(self, message: Message, reason: str | None, description: str | None) -> None:
        if self.dead_letters is None:
            raise NotAllowed(
                f"'{self.path}' is a dead-letter queue: its messages can't be dead-lettered again."
            )
        self.messages.pop(message.sequence, None)
        details: dict[object, object] = {
            "DeadLetterReason": reason,
            "DeadLetterErrorDescription": description,
        }
        given = {key: value for key, value in details.items() if value}
        if given:
            payload = with_application_properties(self.journal.payload(message), given)
            self.journal.replace_payload(message, payload)
        message.dead_letter_source = self.path
        self.dead_letters.bury(message)

    def bury(self, message: Message) -> None:
        """Take in a message that another entity dead-lettered; here no time to live counts."""
        self._number(message)
        message.state = MessageState.ACTIVE
        message.expires_at = None
        self._enter(message)

    def _free_session(self, sessions: Sessions, receiver: SessionReceiver, *, failed: bool) -> None:
        session = sessions.release(receiver)
        if session is None:
            return
        for message in [held for held in self._locks if held.session_id == session.session_id]:
            self._locks.remove(message)
            message.unlock()
            self._give_back(message, failed=failed)
        sessions.offer(session)

    def _require_sessions(self) -> Sessions:
        if self.sessions is None:
            raise NotAllowed(f"'{self.path}' has no sessions.")
        return self.sessions

    def _from(self, first: int) -> Iterator[Message]:
        start = max(first, next(iter(self.messages), self.last_sequence + 1))
        for sequence in range(start, self.last_sequence + 1):
            message = self.messages.get(sequence)
            if message is not None:
                yield message

    def _is_available(self, message: Message) -> bool:
        return (
            not message.removed
            and message.entity_id == self.entity_id
            and message.lock_token is None
            and message.state is MessageState.ACTIVE
        )

    def _lock_end(self) -> int:
        return self.clock() + self.rules.lock_duration


def _expiry_time(message: Message) -> int | None:
    return None if message.removed else message.expires_at
