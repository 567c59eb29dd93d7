"""Frames and performatives, those of the SDK among them."""

import pytest
from azure.servicebus._pyamqp import performatives as theirs
from azure.servicebus._pyamqp._decode import decode_frame
from azure.servicebus._pyamqp._encode import encode_frame as encode_their_frame
from azure.servicebus._pyamqp.endpoints import Source, Target
from azure.servicebus._pyamqp.error import AMQPError
from azure.servicebus._pyamqp.outcomes import Accepted, Modified, Rejected, Released
from hypothesis import given
from hypothesis import strategies as st

from infra.local.servicebus.amqp import delivery_states as states
from infra.local.servicebus.amqp.errors import AmqpError, DecodeError, FramingError
from infra.local.servicebus.amqp.frames import EMPTY_FRAME, MAX_FRAME_SIZE, FrameReader, encode_frame
from infra.local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Detach,
    Disposition,
    Flow,
    Open,
    Transfer,
    decode_performative,
)


@given(st.lists(st.binary(max_size=300), max_size=8), st.lists(st.integers(1, 400), max_size=30))
def test_frames_come_out_whole_however_the_bytes_arrive(payloads: list[bytes], cuts: list[int]) -> None:
    transfers = [Transfer(1, number, b"tag", 0, False, False) for number in range(len(payloads))]
    stream = b"".join(encode_frame(3, one, part) for one, part in zip(transfers, payloads, strict=True))
    reader, received = FrameReader(), []
    for cut in [*cuts, len(stream)]:
        reader.feed(stream[:cut])
        stream = stream[cut:]
        received += list(reader.take_frames())
    assert [frame.channel for frame in received] == [3] * len(payloads)
    decoded = [(decode_performative(frame.body), frame.body) for frame in received]
    assert [performative for (performative, _), _ in decoded] == transfers
    assert [body[payload_at:] for (_, payload_at), body in decoded] == payloads


def test_an_empty_frame_has_no_body() -> None:
    reader = FrameReader()
    reader.feed(EMPTY_FRAME)
    assert [frame.body for frame in reader.take_frames()] == [b""]


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x07\x02\x00\x00\x00",
        b"\x00\x00\x00\x08\x01\x00\x00\x00",
        b"\x00\x00\x00\x08\x03\x00\x00\x00",
    ],
)
def test_an_invalid_frame_header_is_refused(head: bytes) -> None:
    reader = FrameReader()
    reader.feed(head)
    with pytest.raises(FramingError):
        list(reader.take_frames())


def test_a_frame_above_the_agreed_size_is_refused_before_it_is_read() -> None:
    reader = FrameReader()
    reader.feed((MAX_FRAME_SIZE + 1).to_bytes(4) + b"\x02\x00\x00\x00")
    with pytest.raises(FramingError, match="exceeds the agreed"):
        list(reader.take_frames())


@given(st.binary(max_size=60))
def test_a_body_that_is_no_performative_is_refused_and_nothing_else_goes_wrong(body: bytes) -> None:
    try:
        decode_performative(body)
    except AmqpError:
        return
    assert body


def test_an_attach_of_the_sdk_is_read() -> None:
    filters = {b"com.microsoft:session-filter": "s1"}
    nothing: list[object] = [None] * 6
    source_fields = ["amqps://host/q", *nothing, filters, None, None, None]
    source, target = Source(*source_fields), Target("t", *nothing)
    wish = {b"com.microsoft:timeout": 5}
    attach_fields = ["link", 1, True, 0, 1, source, target, *nothing, wish]
    read = _read(theirs.AttachFrame(*attach_fields))
    assert isinstance(read, Attach)
    assert (read.name, read.handle, read.role, read.rcv_settle_mode) == ("link", 1, True, 1)
    assert read.properties == {"com.microsoft:timeout": 5}
    assert read.source is not None
    fields = read.source.value
    assert isinstance(fields, list)
    assert fields[0] == "amqps://host/q"
    assert fields[7] == {"com.microsoft:session-filter": "s1"}


def test_a_flow_of_the_sdk_is_read() -> None:
    flow = _read(theirs.FlowFrame(0, 1, 2, 3, 4, 5, 6, None, True, None, None))
    assert flow == Flow(0, 1, 2, 3, 4, 5, 6, None, True)


def test_what_is_sent_at_the_start_and_end_of_links_is_read_by_the_sdk() -> None:
    for performative in (Open("broker", None, 65_536, 9, 240_000), Begin(1, 0, 5, 5, 9), Detach(1, True)):
        _, fields = decode_frame(memoryview(encode_frame(0, performative))[8:])
        sent = [value for value in performative if value is not None]
        got = [value.decode() if isinstance(value, bytes) else value for value in fields if value is not None]
        assert got[: len(sent)] == sent


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Accepted(), states.Accepted()),
        (Released(), states.Released()),
        (Modified(True, False, None), states.Modified(delivery_failed=True)),
        (Modified(True, True, None), states.Modified(delivery_failed=True, undeliverable_here=True)),
        (
            Rejected(AMQPError(b"com.microsoft:dead-letter", "why", {"DeadLetterReason": "r"})),
            states.Rejected(states.ErrorInfo("com.microsoft:dead-letter", "why", {"DeadLetterReason": "r"})),
        ),
    ],
)
def test_the_outcomes_of_the_sdk_are_read(outcome: object, expected: states.Outcome) -> None:
    disposition = _read(theirs.DispositionFrame(True, 7, 7, False, outcome, None))
    assert isinstance(disposition, Disposition)
    assert states.parse_outcome(disposition.state) == expected


@pytest.mark.parametrize("state", ["text", 5, states.ACCEPTED_OUTCOME.value])
def test_what_is_no_outcome_is_refused(state: object) -> None:
    with pytest.raises(DecodeError):
        states.parse_outcome(state)


def test_the_sdk_reads_a_rejection_with_condition_description_and_info() -> None:
    rejected = states.encodable_outcome(states.Rejected(states.ErrorInfo("amqp:not-allowed", "no")))
    frame = encode_frame(1, Disposition(True, 3, 3, True, rejected))
    kind, fields = decode_frame(memoryview(frame)[8:])
    assert (kind, fields[1], fields[3]) == (0x15, 3, True)
    assert fields[4] == {"rejected": [[b"amqp:not-allowed", b"no", {}]]}


def _read(performative: object) -> object:
    _, body = encode_their_frame(performative)  # type: ignore[arg-type] # a named tuple of the SDK
    assert body is not None
    return decode_performative(bytes(body))[0]
