"""A queue under any order of events, against a model that knows only what a user is promised."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from infra.local.servicebus.entities.entity import EntityRules
from infra.local.servicebus.entities.message import Message, MessageState
from infra.local.servicebus.entities.queue import Settlement
from infra.local.servicebus.faults import MessageLockLost
from tests.unit.local_servicebus.memory_journal import NotingReceiver, SetClock, make_queue, text

LOCK = 1000
LIMIT = 3


class QueueMachine(RuleBasedStateMachine):
    """Messages are sent, received, settled and forgotten while time passes."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.clock = SetClock()
        self.queue = make_queue(self.clock, EntityRules(lock_duration=LOCK, max_delivery_count=LIMIT))
        self.receivers = [NotingReceiver(), NotingReceiver()]
        for receiver in self.receivers:
            self.queue.attach(receiver)
        self.sent = 0
        self.finished: set[str] = set()
        self.failures: Counter[Message] = Counter()

    @rule(count=st.integers(1, 4))
    def send(self, count: int) -> None:
        for _ in range(count):
            self.sent += 1
            self.queue.submit(text(f"m{self.sent}", message_id=f"m{self.sent}"))

    @rule(target=held, which=st.integers(0, 1))
    def receive(self, which: int) -> object:
        receiver = self.receivers[which]
        receiver.credit = 1
        available = self._available()
        self.queue.dispatch(receiver)
        got = receiver.delivered.pop() if receiver.delivered else None
        assert (got is None) == (not available)
        if got is None:
            receiver.credit = 0
            return multiple()
        assert got.sequence == min(available), "an older message was passed over"
        return got, got.lock_token

    @rule(delivery=consumes(held), settlement=st.sampled_from(Settlement))
    def settle(self, delivery: tuple[Message, object], settlement: Settlement) -> None:
        message, token = delivery
        valid = message.lock_token == token and message.locked_until > self.clock.now
        try:
            self.queue.settle(token, settlement)  # type: ignore[arg-type] # the token that came with the message
        except MessageLockLost:
            assert not valid
        else:
            assert valid
            if settlement is Settlement.COMPLETE:
                self.finished.add(message.message_id or "")
            if settlement in (Settlement.ABANDON, Settlement.DEFER):
                self.failures[message] += 1

    @rule(milliseconds=st.sampled_from([1, LOCK // 2, LOCK]), noticed=st.booleans())
    def wait(self, milliseconds: int, noticed: bool) -> None:
        self.clock.now += milliseconds
        if noticed:
            self.failures.update(
                message for message in self._locked() if message.locked_until <= self.clock.now
            )
            self.queue.advance(self.clock.now)
            assert all(message.locked_until > self.clock.now for message in self._locked()), (
                "an expired lock holds"
            )

    @rule(delivery=held)
    def renew(self, delivery: tuple[Message, object]) -> None:
        message, token = delivery
        valid = message.lock_token == token and message.locked_until > self.clock.now
        try:
            assert self.queue.renew([token]) == [self.clock.now + LOCK]  # type: ignore[list-item] # as above
        except MessageLockLost:
            assert not valid

    @invariant()
    def every_message_is_in_one_place_or_finished(self) -> None:
        buried = self.queue.dead_letters
        assert buried is not None
        names = [
            message.message_id for entity in (self.queue, buried) for message in entity.messages.values()
        ]
        assert len(names) == len(set(names))
        assert set(names) | self.finished == {f"m{number}" for number in range(1, self.sent + 1)}
        assert not set(names) & self.finished

    @invariant()
    def each_failure_is_counted_and_the_limit_kept(self) -> None:
        for message in self.queue.messages.values():
            assert message.delivery_count == self.failures[message]
            assert message.delivery_count < LIMIT or message.state is MessageState.DEFERRED

    def _locked(self) -> list[Message]:
        return [message for message in self.queue.messages.values() if message.lock_token is not None]

    def _available(self) -> set[int]:
        return {
            message.sequence
            for message in self.queue.messages.values()
            if message.lock_token is None and not message.state
        }


QueueMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestQueue = QueueMachine.TestCase
