"""Message ids, back-off, outbox documents and inbox marks: the pure rules of delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidInput, TooLarge
from shared.kernel.ids import new_id
from shared.messaging.inbox import inbox_mark
from shared.messaging.message_id import MessageId
from shared.messaging.outbox import EVENT_LIMIT_BYTES, outbox_document, read_outbox
from shared.messaging.retry import RetrySchedule
from tests.fixtures.messaging import an_event

SCHEDULE = RetrySchedule()


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_a_message_id_survives_its_text(replay: int, attempt: int) -> None:
    event_id = new_id()
    message_id = MessageId(event_id, replay, attempt)
    assert MessageId.of(str(message_id), event_id) == message_id


def test_message_ids_read_as_documented() -> None:
    assert str(MessageId("e")) == "e"
    assert str(MessageId("e").next_attempt()) == "e:1"
    assert str(MessageId("e", replay=2)) == "e:r2"
    assert str(MessageId("e", replay=2).next_attempt()) == "e:r2:1"


@given(st.text())
def test_a_foreign_message_id_counts_as_the_first_delivery(text: str) -> None:
    event_id = new_id()
    assert MessageId.of(text, event_id) == MessageId(event_id)
    assert MessageId.of(f"{new_id()}:3", event_id) == MessageId(event_id)


@given(st.integers(1, 10))
def test_a_delay_lies_in_the_upper_half_of_its_doubled_step(attempt: int) -> None:
    whole = min(timedelta(seconds=2) * 2 ** (attempt - 1), timedelta(minutes=10))
    delay = SCHEDULE.delay(new_id(), attempt)
    assert delay is not None
    assert whole / 2 <= delay <= whole


def test_the_same_message_waits_the_same_time_on_every_run() -> None:
    event_id = new_id()
    assert SCHEDULE.delay(event_id, 3) == SCHEDULE.delay(event_id, 3)


def test_messages_that_failed_together_come_back_spread_out() -> None:
    delays = {SCHEDULE.delay(new_id(), 5) for _ in range(50)}
    assert len(delays) > 40


def test_a_service_that_asks_for_more_time_gets_it() -> None:
    assert SCHEDULE.delay(new_id(), 1, timedelta(seconds=30)) == timedelta(seconds=30)


def test_there_is_no_attempt_after_the_last() -> None:
    assert SCHEDULE.delay(new_id(), 10) is not None
    assert SCHEDULE.delay(new_id(), 11) is None


def test_a_schedule_of_very_many_attempts_stays_at_its_cap() -> None:
    delay = RetrySchedule(attempts=10_000).delay(new_id(), 9_999)
    assert delay is not None
    assert delay <= timedelta(minutes=10)


def test_an_outbox_document_says_all_that_the_relay_needs() -> None:
    event = an_event(ingestId="i1")
    later = datetime(2026, 11, 20, 9, tzinfo=UTC)
    document = outbox_document(event, "commits", "harbor:results", later)
    outbound = read_outbox(document)
    assert (outbound.event, outbound.destination) == (event, "commits")
    assert (outbound.session_id, outbound.not_before) == ("harbor:results", later)
    assert document["id"] == f"outbox:{event.id}"
    assert document["ttl"] == 7 * 24 * 3600


def test_an_event_that_no_message_could_carry_is_refused_before_the_commit() -> None:
    with pytest.raises(TooLarge, match=str(EVENT_LIMIT_BYTES)):
        outbox_document(an_event(text="x" * EVENT_LIMIT_BYTES), "folds")


@pytest.mark.parametrize(
    ("member", "value"),
    [("event", None), ("event", {}), ("destination", 7), ("notBefore", "soon")],
)
def test_a_broken_outbox_document_is_refused_at_its_member(member: str, value: object) -> None:
    document = {**outbox_document(an_event(), "folds"), member: value}
    with pytest.raises(InvalidInput) as refused:
        read_outbox(document)  # type: ignore[arg-type]  # a wrong type is the point
    assert refused.value.violations[0].place.startswith("/")


def test_two_handlers_of_one_event_have_marks_of_their_own() -> None:
    event = an_event()
    assert inbox_mark(event, "fold")["id"] != inbox_mark(event, "notify")["id"]
    assert inbox_mark(event, "fold") == inbox_mark(event, "fold")
