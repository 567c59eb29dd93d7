"""The reader of mail messages, whatever it is given."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.ways.mail_messages import Letter, LetterReader
from shared.kernel.errors import InvalidInput
from tests.fixtures.letters import RELAY, a_letter

CONTENT = bytes(range(256)) * 9
LETTER = a_letter({"a.csv": CONTENT, "Ünïcode 表.csv": b"x"}, results="dmarc=pass").as_bytes()


def read(pieces: Sequence[bytes]) -> Letter:
    reader = LetterReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.close()


def ask_everything(data: bytes) -> None:
    """Read a message and ask for all that it says; only a refusal may come of it."""
    try:
        letter = read([data])
    except InvalidInput:
        return
    assert isinstance(letter.id, str)
    assert letter.sender is None or "@" in letter.sender
    assert letter.feed is None or letter.feed.isascii()
    assert letter.is_vouched_for(RELAY) in {True, False}
    assert all(isinstance(it.file_name, str) for it in letter.attachments())


@given(st.lists(st.integers(0, len(LETTER)), max_size=6))
def test_a_message_reads_the_same_however_it_is_cut_into_pieces(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(LETTER)]
    letter = read([LETTER[a:b] for a, b in pairwise(places)])
    assert [(it.file_name, it.content) for it in letter.attachments()] == [
        ("a.csv", CONTENT),
        ("Ünïcode 表.csv", b"x"),
    ]


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    ask_everything(data)


@given(st.integers(0, len(LETTER) - 1), st.integers(0, 60), st.binary(max_size=60))
def test_no_damage_to_a_message_breaks_the_reader(start: int, length: int, planted: bytes) -> None:
    ask_everything(LETTER[:start] + planted + LETTER[start + length :])


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60).map(str.encode)
NAMES = (
    "From",
    "Delivered-To",
    "Authentication-Results",
    "Message-ID",
    "Content-Type",
    "Content-Disposition",
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), FIELD), min_size=1, max_size=8), st.binary(max_size=60))
def test_no_field_breaks_the_reader(fields: list[tuple[str, bytes]], body: bytes) -> None:
    ask_everything(
        b"".join(f"{name}: ".encode() + value + b"\r\n" for name, value in fields) + b"\r\n" + body
    )


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="plain.csv"', "plain.csv"),
        ("attachment; filename*=utf-8''%C3%9Cbung.csv", "Übung.csv"),
        ("attachment; filename*0=long; filename*1=er.csv", "longer.csv"),
        ('attachment; filename="=?utf-8?B?w5xidW5nLmNzdg==?="', "Übung.csv"),
        ('attachment; filename="=?utf-8?Q?=C3=9Cbung?= =?utf-8?Q?_2.csv?="', "Übung 2.csv"),
        ('attachment; filename="=?no-such-charset?B?eC5jc3Y=?="', "x.csv"),
        ('attachment; filename="=?idna?B?eC5jc3Y=?="', "x.csv"),
        ("attachment; filename*=no-such-charset''x.csv", "x.csv"),
        ('inline; filename="shown.csv"', "shown.csv"),
        ("attachment", "attachment-1"),
    ],
)
def test_a_file_has_the_name_that_its_sender_gave_it(disposition: str, name: str) -> None:
    message = f"From: a@b.example\r\nContent-Disposition: {disposition}\r\n\r\n1,2\r\n".encode()
    (attachment,) = read([message]).attachments()
    assert (attachment.file_name, attachment.content) == (name, b"1,2\r\n")


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("a@b.example", "a@b.example"),
        ("Ann <Ann@B.example>", "ann@b.example"),
        ('"x@y.example" <a@b.example>', "a@b.example"),
        ("a@b.example, c@d.example", None),
        ("undisclosed:;", None),
        ("a@b@c.example", None),
        ("", None),
    ],
)
def test_the_sender_is_the_one_address_of_the_author(field: str, sender: str | None) -> None:
    assert read([f"From: {field}\r\n\r\n".encode()]).sender == sender


def test_a_message_of_two_authors_has_no_sender() -> None:
    assert read([b"From: a@b.example\r\nFrom: c@d.example\r\n\r\n"]).sender is None
