"""How JSON becomes JSON lines."""

import json

import pytest

from shared.ingestion.staging.model import Limits
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import members_of, opened, refusal_of


async def lines(content: bytes) -> list[bytes]:
    (text,) = (await opened(MemoryFile("x.json", content))).values()
    return text.splitlines()


async def test_the_elements_of_a_list_are_the_records() -> None:
    assert await lines(b' [ {"a": 1} ,\n{"b": [{"c": "]"}]}, [1, 2] ]\n') == [
        b'{"a": 1}',
        b'{"b": [{"c": "]"}]}',
        b"[1, 2]",
    ]


async def test_the_text_of_a_record_stays_as_it_is() -> None:
    record = rb'{"id": 12345678901234567890, "score": 1.10, "e": 1E400, "a": "\u00e4\"\\", "a": "007"}'

    assert await lines(b"[" + record + b"]") == [record]


async def test_line_ends_between_tokens_become_blanks() -> None:
    content = json.dumps([{"a": {"b": [1, "x\ny"]}}], indent=2).replace("\n", "\r\n").encode()

    (line,) = await lines(content)
    assert json.loads(line) == {"a": {"b": [1, "x\ny"]}}


async def test_the_list_in_an_object_holds_the_records_and_a_warning_says_so() -> None:
    content = b'{"next": null, "tags": ["x"], "value": [{"a": 1}, {"a": [{"b": 2}]}], "count": {"n": [2]}}'

    assert await lines(content) == [b'{"a": 1}', b'{"a": [{"b": 2}]}']
    (member,) = await members_of(MemoryFile("x.json", content))
    assert "nothing else is read" in member.warnings[0]


async def test_a_single_object_is_one_record() -> None:
    assert await lines(b'{"a": {"b": [{"c": 1}]},\n "d": [1, 2]}') == [
        b'{"a": {"b": [{"c": 1}]},  "d": [1, 2]}'
    ]


async def test_objects_over_several_lines_are_records_one_by_one() -> None:
    assert await lines(b'{"a":\n1}\n{"a": [{"b": 2}]}\n') == [b'{"a": 1}', b'{"a": [{"b": 2}]}']


async def test_a_record_that_is_not_json_inside_is_left_to_whoever_reads_the_line() -> None:
    assert await lines(b'[{"a": nul}, {"b"}]') == [b'{"a": nul}', b'{"b"}']


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (b'[{"a": 1}', 9),
        (b'[{"a": 1}{"b": 2}]', 9),
        (b'[{"a": 1},]', 9),
        (b'[{"a": 1}, 2]', 9),
        (b'[{"a": 1]]', 8),
        (b'[{"a": 1}] x', 10),
        (b'[{"a": 1}] [', 11),
        (b'{"a": [{"b": 1}], "c": [{"d": 1}]}', 24),
        (b'[{"a": "x\ny"}]', 9),
        (b'[{"a": "x', 9),
    ],
)
async def test_broken_json_is_refused_where_it_breaks(content: bytes, byte: int) -> None:
    refused = await refusal_of(MemoryFile("x.json", content))

    assert refused.failure.code == "damaged-file"
    assert refused.violations[0].place == f"x.json, byte {byte}"


async def test_what_no_worker_can_hold_is_refused() -> None:
    long = b'[{"a": "' + b"x" * 200 + b'"}]'

    assert (
        await refusal_of(MemoryFile("x.json", long), Limits(record=100))
    ).failure.code == "record-too-long"
    assert (await refusal_of(MemoryFile("x.json", b"[" * 200_000))).failure.code == "too-large"
