"""Rules of queues that time and order decide."""

import pytest

from infra.local.servicebus.entities.entity import EntityRules
from infra.local.servicebus.entities.message import MessageState
from infra.local.servicebus.entities.queue import Settlement
from infra.local.servicebus.faults import MessageNotFound, NotAllowed, SessionCannotBeLocked, SessionLockLost
from tests.unit.local_servicebus.memory_journal import START, NotingReceiver, SetClock, make_queue, text

SESSIONS = EntityRules(lock_duration=1000, requires_session=True)


def test_receivers_with_credit_take_turns() -> None:
    queue = make_queue(SetClock(), EntityRules())
    receivers = [NotingReceiver(credit=2), NotingReceiver(credit=0), NotingReceiver(credit=2)]
    for receiver in receivers:
        queue.attach(receiver)
    for number in range(5):
        queue.submit(text(str(number)))
    assert [[one.sequence for one in receiver.delivered] for receiver in receivers] == [[1, 3], [], [2, 4]]


def test_a_detached_receiver_gets_nothing_more_but_keeps_its_locks() -> None:
    queue = make_queue(SetClock(), EntityRules())
    gone, heir = NotingReceiver(credit=1), NotingReceiver(credit=5)
    queue.attach(gone)
    queue.submit(text("held"))
    queue.detach(gone)
    queue.attach(heir)
    queue.submit(text("free"))
    assert [one.sequence for one in heir.delivered] == [2]


def test_a_message_that_expires_while_it_waits_is_not_delivered() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules(default_time_to_live=100))
    queue.submit(text("short"))
    clock.now += 100
    receiver = NotingReceiver(credit=1)
    queue.attach(receiver)
    queue.dispatch(receiver)
    assert receiver.delivered == []
    assert not queue.messages


def test_a_locked_message_expires_when_its_lock_ends() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules(lock_duration=1000, dead_letters_expired=True))
    receiver = NotingReceiver(credit=1)
    queue.attach(receiver)
    queue.submit(text("x", time_to_live=100))
    clock.now += 500
    queue.advance(clock.now)
    assert len(queue.messages) == 1
    clock.now += 500
    queue.advance(clock.now)
    assert not queue.messages
    assert queue.dead_letters is not None
    assert len(queue.dead_letters.messages) == 1


def test_an_expired_deferred_message_is_dead_lettered_when_it_is_asked_for() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules(dead_letters_expired=True))
    receiver = NotingReceiver(credit=1)
    queue.attach(receiver)
    queue.submit(text("x", time_to_live=100))
    token = receiver.delivered[0].lock_token
    assert token is not None
    queue.settle(token, Settlement.DEFER)
    clock.now += 100
    queue.advance(clock.now)
    assert len(queue.messages) == 1
    with pytest.raises(MessageNotFound, match="expired"):
        queue.receive_deferred([1], None, None, delete=False)
    assert not queue.messages


def test_a_dead_letter_does_not_expire_and_is_not_buried_again() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules(default_time_to_live=100))
    receiver = NotingReceiver(credit=1)
    queue.attach(receiver)
    queue.submit(text("x"))
    token = receiver.delivered[0].lock_token
    assert token is not None
    queue.settle(token, Settlement.DEAD_LETTER, "reason", None)
    clock.now += 1000
    queue.advance(clock.now)
    buried = queue.dead_letters
    assert buried is not None
    buried.advance(clock.now)
    reader = NotingReceiver(credit=1)
    buried.attach(reader)
    buried.dispatch(reader)
    token = reader.delivered[0].lock_token
    assert token is not None
    with pytest.raises(NotAllowed):
        buried.settle(token, Settlement.DEAD_LETTER)
    buried.settle(token, Settlement.COMPLETE)


def test_a_scheduled_message_gets_its_place_when_it_is_activated() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules())
    number = queue.submit(text("later", scheduled_for=START + 100))
    queue.submit(text("now"))
    assert queue.messages[number].state is MessageState.SCHEDULED
    clock.now += 100
    queue.advance(clock.now)
    receiver = NotingReceiver(credit=2)
    queue.attach(receiver)
    queue.dispatch(receiver)
    assert [one.sequence for one in receiver.delivered] == [2, 3]
    assert receiver.delivered[1].enqueued_at == clock.now
    with pytest.raises(MessageNotFound):
        queue.cancel_scheduled([number])


def test_when_one_of_several_is_not_scheduled_none_is_cancelled() -> None:
    queue = make_queue(SetClock(), EntityRules())
    number = queue.submit(text("later", scheduled_for=START + 100))
    with pytest.raises(MessageNotFound):
        queue.cancel_scheduled([number, 99])
    assert number in queue.messages


def test_a_duplicate_is_known_for_the_window_and_no_longer() -> None:
    clock = SetClock()
    queue = make_queue(clock, EntityRules(duplicate_window=1000))
    for wait in (0, 999, 1):
        clock.now += wait
        queue.advance(clock.now)
        queue.submit(text("x", message_id="same"))
    assert len(queue.messages) == 2


def test_a_session_is_granted_to_those_who_wait_in_their_order() -> None:
    queue = make_queue(SetClock(), SESSIONS)
    first, second = NotingReceiver(), NotingReceiver()
    for receiver in (first, second):
        queue.accept_next_session(receiver)
    for session_id in ("a", "a", "b"):
        queue.submit(text("x", session_id=session_id))
    assert (first.session_id, second.session_id) == ("a", "b")


def test_one_who_stopped_waiting_is_not_granted_a_session() -> None:
    queue = make_queue(SetClock(), SESSIONS)
    gone, heir = NotingReceiver(), NotingReceiver()
    queue.accept_next_session(gone)
    queue.leave_session(gone)
    queue.submit(text("x", session_id="a"))
    queue.accept_next_session(heir)
    assert (gone.session_id, heir.session_id) == (None, "a")


def test_an_expired_session_lock_frees_the_session_and_counts_a_failure() -> None:
    clock = SetClock()
    queue = make_queue(clock, SESSIONS)
    slow, heir = NotingReceiver(credit=1), NotingReceiver(credit=5)
    queue.accept_session(slow, "a")
    for number in range(2):
        queue.submit(text(str(number), session_id="a"))
    with pytest.raises(SessionCannotBeLocked):
        queue.accept_session(heir, "a")
    queue.accept_next_session(heir)
    clock.now += 1000
    queue.advance(clock.now)
    assert isinstance(slow.refusal, SessionLockLost)
    assert heir.session_id == "a"
    queue.dispatch_session(heir)
    assert [(one.sequence, one.delivery_count) for one in heir.delivered] == [(1, 1), (2, 0)]


def test_a_renewed_session_lock_keeps_its_messages_locked() -> None:
    clock = SetClock()
    queue = make_queue(clock, SESSIONS)
    receiver = NotingReceiver(credit=1)
    queue.accept_session(receiver, "a")
    queue.submit(text("x", session_id="a"))
    queue.dispatch_session(receiver)
    clock.now += 900
    queue.renew_session("a", receiver.name)
    clock.now += 900
    queue.advance(clock.now)
    token = receiver.delivered[0].lock_token
    assert token is not None
    queue.settle(token, Settlement.COMPLETE)


def test_only_the_holder_may_touch_a_session() -> None:
    queue = make_queue(SetClock(), SESSIONS)
    queue.accept_session(NotingReceiver(name="holder"), "a")
    for session_id, name in (("a", "stranger"), ("b", "holder")):
        with pytest.raises(SessionLockLost):
            queue.set_session_state(session_id, name, b"stolen")
    queue.set_session_state("a", "holder", b"mine")
    assert queue.session_state("a", "holder") == b"mine"


def test_sessions_without_messages_and_state_are_forgotten() -> None:
    queue = make_queue(SetClock(), SESSIONS)
    for number in range(100):
        receiver = NotingReceiver()
        queue.accept_session(receiver, f"s{number}")
        queue.leave_session(receiver)
    assert queue.sessions is not None
    assert list(queue.sessions) == []


def test_memory_of_due_times_stays_proportional_to_the_queue() -> None:
    queue = make_queue(SetClock(), EntityRules(default_time_to_live=1_000_000))
    receiver = NotingReceiver(credit=10_000, deletes_on_receipt=True)
    queue.attach(receiver)
    for _ in range(5_000):
        queue.submit(text("x"))
    assert not queue.messages
    assert len(queue._expiring) < 500
