"""Available messages of an entity without sessions, and the receivers that compete for them."""

import heapq
from collections import deque
from collections.abc import Callable
from typing import Protocol

from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.receiver import Receiver


class Deliver(Protocol):
    """Hands a message to a receiver under a lock of the given end, unless it has expired meanwhile."""

    def __call__(self, receiver: Receiver, message: Message, locked_until: int) -> None:
        """Deliver the message."""


class Available:
    """Messages in the order of their sequence numbers; one that was given back comes first again."""

    def __init__(self, is_available: Callable[[Message], bool]) -> None:
        self._is_available = is_available
        self._heap: list[tuple[int, Message]] = []

    def push(self, message: Message) -> None:
        """Add a message."""
        heapq.heappush(self._heap, (message.sequence, message))

    def __bool__(self) -> bool:
        """Whether there is a message; drops those that expired or were moved while they waited."""
        while self._heap and not self._is_available(self._heap[0][1]):
            heapq.heappop(self._heap)
        return bool(self._heap)

    def pop(self) -> Message:
        """Remove the first message; only after a true answer to whether there is one."""
        return heapq.heappop(self._heap)[1]


class CompetingReceivers:
    """Gives each message to one of the receivers with credit, in turn."""

    def __init__(
        self, is_available: Callable[[Message], bool], deliver: Deliver, locked_until: Callable[[], int]
    ) -> None:
        self._available = Available(is_available)
        self._deliver = deliver
        self._locked_until = locked_until
        self._receivers: deque[Receiver] = deque()

    def put(self, message: Message) -> None:
        """Offer a message to the receivers."""
        self._available.push(message)
        self.dispatch()

    def add(self, receiver: Receiver) -> None:
        """Let a receiver compete."""
        self._receivers.append(receiver)

    def remove(self, receiver: Receiver) -> None:
        """Let a receiver compete no longer."""
        if receiver in self._receivers:
            self._receivers.remove(receiver)

    def dispatch(self) -> None:
        """Deliver while there are messages and credit."""
        while self._available:
            receiver = self._next_with_credit()
            if receiver is None:
                return
            self._deliver(receiver, self._available.pop(), self._locked_until())

    def _next_with_credit(self) -> Receiver | None:
        for _ in range(len(self._receivers)):
            receiver = self._receivers[0]
            self._receivers.rotate(-1)
            if receiver.credit > 0:
                return receiver
        return None
