"""A bus of peek-lock queues: it repeats, reorders and delays messages, and lets locks run out.

A message that is locked belongs to one host until it is completed, abandoned, or its lock is over. What is
still at work then does not know, and another host may get the message meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from shared.ingestion.events import CHUNK_READY, LANDED
from shared.kernel.errors import Unavailable
from shared.messaging.messages import OutgoingMessage, ReceivedMessage
from tests.simulation.virtual_time import VirtualClock
from tests.simulation.weather import Process, Weather

SESSIONS: Final = frozenset({"commits", "folds"})
_LOCK_SECONDS: Final = 30.0
_MOST_DELIVERIES: Final = 10
_ENOUGH_DELIVERIES: Final = 4
"""A message that came so often is not hit again where it may not be lost: it would be put aside."""
_ENDING: Final = frozenset({LANDED, CHUNK_READY})
"""The events whose ingest ends when they are put aside; for any other the sweeper asks again."""
_AT_ONCE: Final = 3

type Handle = Callable[[ReceivedMessage], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Message:
    """A message in a queue. `lock` is the lock that is in force."""

    number: int
    sent: OutgoingMessage
    delivery: int = 0
    lock: int | None = None
    settled: bool = False

    def __str__(self) -> str:
        return f"#{self.number} {self.sent.destination} {self.sent.event_type} {self.sent.message_id}"


@dataclass(slots=True, eq=False)
class Receiver:
    """A host that takes messages."""

    process: Process
    handle: Handle
    busy: int = 0


@dataclass(slots=True)
class Bus:
    """All queues. Implements `MessageSender`, without weather."""

    weather: Weather
    waiting: list[Message] = field(default_factory=list)
    receivers: list[Receiver] = field(default_factory=list)
    open: int = 0
    """Messages that were sent and are not settled."""
    dead: list[Message] = field(default_factory=list)
    _locked: dict[int, Message] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _locks: "count[int]" = field(default_factory=lambda: count(1))

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        for message in messages:
            await self._send(message)

    async def _send(self, message: OutgoingMessage) -> None:
        async with self.weather.call(f"bus: send {message.event_type} {message.message_id}"):
            climate = self.weather.climate
            if self.weather.happens(climate.lost_messages):
                self.weather.note(f"bus: lost {message.message_id}")
                return
            for _ in range(1 + self.weather.happens(climate.duplicates)):
                self._accept(message)

    def _accept(self, sent: OutgoingMessage) -> None:
        message, now = Message(next(self._numbers), sent), VirtualClock().now()
        delay = max((sent.not_before - now).total_seconds(), 0.0) if sent.not_before else 0.0
        if self.weather.happens(self.weather.climate.late_messages):
            delay += self.weather.random.uniform(1, 300)
        self.open += 1
        asyncio.get_running_loop().call_later(delay, self._arrive, message)

    def join(self, process: Process, handle: Handle) -> None:
        """Give messages to a host from now on, until it dies."""
        receiver = Receiver(process, handle)
        process.on_death.append(lambda: self.receivers.remove(receiver))
        self.receivers.append(receiver)
        self._dispatch()

    def _arrive(self, message: Message) -> None:
        self.waiting.append(message)
        self._dispatch()

    def _dispatch(self) -> None:
        while True:
            ready = self._ready()
            free = [receiver for receiver in self.receivers if receiver.busy < _AT_ONCE]
            if not ready or not free:
                return
            message = self.weather.random.choice(ready)
            self.waiting.remove(message)
            self._deliver(message, self.weather.random.choice(free))

    def _ready(self) -> list[Message]:
        """Return what may be delivered: of a session only its first message, and none while it is locked."""
        found, sessions = [], set(self._locked_sessions)
        for message in sorted(self.waiting, key=lambda message: message.number):
            session = message.sent.session_id
            if message.sent.destination in SESSIONS:
                if session in sessions:
                    continue
                sessions.add(session)
            found.append(message)
        return found

    @property
    def _locked_sessions(self) -> set[str | None]:
        return {m.sent.session_id for m in self._locked.values() if m.sent.destination in SESSIONS}

    def _deliver(self, message: Message, receiver: Receiver) -> None:
        lock = next(self._locks)
        message.delivery += 1
        message.lock = lock
        self._locked[lock] = message
        receiver.busy += 1
        self._hold(message, receiver, lock)
        receiver.process.start(self._work(message, receiver, lock))

    def _hold(self, message: Message, receiver: Receiver, lock: int) -> None:
        """Let the lock run out: with its host, or, when nobody renews it, in the middle of the work."""
        loop, climate = asyncio.get_running_loop(), self.weather.climate

        def expire() -> None:
            loop.call_later(_LOCK_SECONDS, self._give_back, message, lock, "its lock is over")

        receiver.process.on_death.append(expire)
        if not self._tired(message) and self.weather.happens(climate.lost_locks):
            expire()

    def _tired(self, message: Message) -> bool:
        """Tell whether a message was hit often enough: once more, and its file would be taken for poison."""
        needed = message.sent.event_type in _ENDING or not self.weather.climate.sweeps
        return needed and message.delivery >= _ENOUGH_DELIVERIES

    async def _work(self, message: Message, receiver: Receiver, lock: int) -> None:
        process = receiver.process
        tired = self._tired(message)
        process.sheltered += tired
        self.weather.note(f"receives {message}, delivery {message.delivery}")
        sent = message.sent
        raw = ReceivedMessage(sent.destination, sent.message_id, sent.body, sent.session_id, message.delivery)
        try:
            await receiver.handle(raw)
            if tired:
                self._settle(message, lock)
            else:
                await self._complete(message, lock)
        except Exception as fault:  # noqa: BLE001 - whatever a function raises abandons its message
            self.weather.note(f"abandons #{message.number}: {fault!r}")
            self._give_back(message, lock, "it was abandoned")
        finally:
            process.sheltered -= tired
            receiver.busy -= 1
            self._dispatch()

    async def _complete(self, message: Message, lock: int) -> None:
        """Settle a message. When the bus does not hear it, nobody renews the lock any more."""
        try:
            async with self.weather.call(f"complete #{message.number}"):
                if message.lock == lock and not message.settled:
                    self._settle(message, lock)
        except Unavailable:
            asyncio.get_running_loop().call_later(
                _LOCK_SECONDS, self._give_back, message, lock, "its completion was lost"
            )

    def _settle(self, message: Message, lock: int) -> None:
        if message.settled:
            return
        message.settled = True
        self.open -= 1
        self._locked.pop(lock, None)

    def _give_back(self, message: Message, lock: int, why: str) -> None:
        if message.settled or message.lock != lock:
            return
        message.lock = None
        self._locked.pop(lock, None)
        self.weather.note(f"bus: #{message.number} is free again, {why}")
        if message.delivery >= _MOST_DELIVERIES:
            self.dead.append(message)
            self._settle(message, lock)
        else:
            self.waiting.append(message)
        self._dispatch()
