"""What the store keeps, and what it leaves on disk."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.servicebus.assembly import assemble
from infra.local.servicebus.config import parse_config
from infra.local.servicebus.entities.message import Message, MessageState
from infra.local.servicebus.entities.queue import Queue, Settlement
from infra.local.servicebus.storage.errors import StorageError
from infra.local.servicebus.storage.store import Store
from tests.fixtures.servicebus import config, queue, subscription, topic
from tests.unit.local_servicebus.memory_journal import START, NotingReceiver, SetClock, text

CONFIG = config(
    [queue("q"), queue("s", RequiresSession=True), queue("once", RequiresDuplicateDetection=True)],
    [topic("t", subscription("a"), subscription("b"))],
)


class Life:
    """A store with its entities, and the same again after an end without farewell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SetClock()
        self.begin()

    def begin(self) -> None:
        """Open what was committed."""
        self.store = Store(self.folder)
        self.namespace = assemble(parse_config(CONFIG), self.store, self.clock)

    def again(self) -> None:
        """End without a farewell and begin anew."""
        self.store._database.close()
        self.begin()

    def queue(self, path: str) -> Queue:
        """Return a queue or subscription."""
        entity = self.namespace.find(path)
        assert isinstance(entity, Queue)
        return entity

    def receive(self, path: str) -> Message:
        """Lock one message."""
        receiver = NotingReceiver(credit=1)
        self.queue(path).attach(receiver)
        self.queue(path).dispatch(receiver)
        return receiver.delivered[0]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    life = Life(tmp_path)
    yield life
    life.store.close()


def test_what_was_not_committed_is_gone_and_what_was_is_there(life: Life) -> None:
    life.queue("q").submit(text("kept"))
    life.store.commit()
    life.queue("q").submit(text("lost"))
    life.again()
    messages = list(life.queue("q").messages.values())
    assert [life.store.payload(message)[-4:] for message in messages] == [b"kept"]
    assert life.queue("q").last_sequence == 1


def test_every_field_comes_back(life: Life) -> None:
    sent = text(
        "x",
        annotations={"x-opt-mine": 5},
        durable=True,
        priority=7,
        time_to_live=9_000,
        scheduled_for=START + 5,
    )
    life.queue("q").submit(sent)
    life.store.commit()
    life.again()
    (back,) = life.queue("q").messages.values()
    fields = (
        "annotations",
        "durable",
        "priority",
        "time_to_live",
        "scheduled_for",
        "sequence",
        "state",
        "size",
    )
    assert [getattr(back, name) for name in fields] == [getattr(sent, name) for name in fields]
    assert back.state is MessageState.SCHEDULED


def test_a_lock_and_its_token_come_back(life: Life) -> None:
    life.queue("q").submit(text("x"))
    token = life.receive("q").lock_token
    assert token is not None
    life.store.commit()
    life.again()
    life.queue("q").settle(token, Settlement.COMPLETE)
    life.store.commit()
    life.again()
    assert not life.queue("q").messages


def test_a_dead_letter_comes_back_where_it_is_with_its_reason(life: Life) -> None:
    life.queue("q").submit(text("x"))
    life.store.commit()
    token = life.receive("q").lock_token
    assert token is not None
    life.queue("q").settle(token, Settlement.DEAD_LETTER, "Bad", None)
    life.store.commit()
    life.again()
    assert not life.queue("q").messages
    (buried,) = life.queue("q/$DeadLetterQueue").messages.values()
    assert buried.dead_letter_source == "q"
    assert b"DeadLetterReason" in life.store.payload(buried)


def test_a_session_comes_back_with_its_state_and_without_its_lock(life: Life) -> None:
    receiver = NotingReceiver(credit=1)
    life.queue("s").accept_session(receiver, "a")
    life.queue("s").submit(text("x", session_id="a"))
    life.queue("s").set_session_state("a", receiver.name, b"state")
    life.store.commit()
    life.again()
    heir = NotingReceiver(credit=1)
    life.queue("s").accept_next_session(heir)
    life.queue("s").dispatch_session(heir)
    assert (heir.session_id, len(heir.delivered)) == ("a", 1)
    assert life.queue("s").session_state("a", heir.name) == b"state"
    life.queue("s").set_session_state("a", heir.name, None)
    life.store.commit()
    assert list(life.store.stored_sessions()) == []


def test_a_message_scheduled_on_a_topic_comes_back_and_is_copied_once(life: Life) -> None:
    life.namespace.find("t").submit(text("x", scheduled_for=START + 100))
    life.store.commit()
    life.again()
    life.clock.now += 100
    life.namespace.advance(life.clock.now)
    life.store.commit()
    life.again()
    assert [len(life.queue(f"t/Subscriptions/{name}").messages) for name in "ab"] == [1, 1]
    assert not life.namespace.find("t").messages


def test_ids_of_the_duplicate_history_come_back_and_are_forgotten_in_time(life: Life) -> None:
    life.queue("once").submit(text("x", message_id="same"))
    life.store.commit()
    life.again()
    life.queue("once").submit(text("x", message_id="same"))
    assert len(life.queue("once").messages) == 1
    life.clock.now += 600_000
    life.namespace.advance(life.clock.now)
    life.store.commit()
    assert list(life.store.stored_duplicates()) == []


def test_a_message_that_comes_and_goes_between_commits_never_touches_the_file(life: Life) -> None:
    reader = NotingReceiver(credit=1, deletes_on_receipt=True)
    life.queue("q").attach(reader)
    life.queue("q").submit(text("x"))
    before = life.store._database.total_changes
    life.store.commit()
    assert life.store._database.total_changes - before == 1  # the sequence number of the queue


def test_payloads_beyond_the_limit_are_read_from_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path, resident_bytes=10)
    namespace = assemble(parse_config(CONFIG), store, SetClock())
    entity = namespace.find("q")
    for content in ("one", "two", "three"):
        entity.submit(text(content))
    store.commit()
    messages = list(entity.messages.values())
    assert [message.payload for message in messages].count(None) == 2
    assert [store.payload(message)[5:] for message in messages] == [b"one", b"two", b"three"]
    store.close()


def test_a_failed_commit_keeps_nothing_of_it(life: Life) -> None:
    life.queue("q").submit(text("x"))
    life.store._database.execute("DROP TABLE payload")
    with pytest.raises(sqlite3.Error):
        life.store.commit()
    assert life.store._database.execute("SELECT count(*) FROM message").fetchone() == (0,)
    life.store._messages.clear()


def test_sessions_can_not_be_switched_on_later(life: Life) -> None:
    life.store.close()
    other = Store(life.folder)
    with pytest.raises(StorageError, match="'q' was created without sessions"):
        assemble(parse_config(config([queue("q", RequiresSession=True)])), other, SetClock())
    other.close()
    life.begin()


def test_a_file_in_use_is_refused(life: Life) -> None:
    with pytest.raises(StorageError, match="locked"):
        Store(life.folder)
