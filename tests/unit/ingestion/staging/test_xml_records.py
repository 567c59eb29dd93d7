"""How XML becomes JSON lines."""

import json

import pytest

from shared.ingestion.staging.model import Limits
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import members_of, opened, refusal_of


async def records(content: bytes, name: str = "x.xml") -> list[object]:
    (text,) = (await opened(MemoryFile(name, content))).values()
    return [json.loads(line) for line in text.splitlines()]


async def test_the_outermost_elements_that_repeat_are_the_records() -> None:
    content = b"""<?xml version="1.0"?>
    <export xmlns="urn:x"><meta><at>today</at></meta>
      <result id="007"><score max="10">8.50</score><tag>a</tag><tag>b</tag>
        <who><name>Ann</name></who></result>
      <result id="008"><score max="10"/></result>
    </export>"""

    assert await records(content) == [
        {"id": "007", "score.max": "10", "score": "8.50", "tag": ["a", "b"], "who.name": "Ann"},
        {"id": "008", "score.max": "10"},
    ]
    (member,) = await members_of(MemoryFile("x.xml", content))
    assert "'result'" in member.warnings[0]


async def test_texts_and_sections_are_read_as_text() -> None:
    assert await records(b"<r><s>1 &lt; 2</s><s><![CDATA[ a&b ]]></s><s/></r>") == [
        {"s": "1 < 2"},
        {"s": " a&b "},
        {"s": ""},
    ]


async def test_one_record_alone_is_a_record() -> None:
    assert await records(b"<list><one><a>1</a></one></list>") == [{"a": "1"}]
    assert await records(b"<one><a>1</a><b>2</b></one>") == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
async def test_the_encoding_is_marked_or_declared(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><r><s>é</s><s>ü</s></r>'.encode(encoding)

    assert await records(content) == [{"s": "é"}, {"s": "ü"}]


async def test_an_encoding_that_is_not_read_is_named() -> None:
    refused = await refusal_of(MemoryFile("x.xml", b'<?xml version="1.0" encoding="shift_jis"?><r/>'))

    assert "shift_jis" in str(refused)


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><r><s>&b;</s></r>',
        b'<!DOCTYPE r SYSTEM "http://example.org/x.dtd"><r></r>',
        b'<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    ],
)
async def test_a_document_type_is_refused_before_anything_in_it_is_read(content: bytes) -> None:
    refused = await refusal_of(MemoryFile("x.xml", content))

    assert refused.failure.code == "unsafe-xml"
    byte = int(refused.violations[0].place.removeprefix("x.xml, byte "))
    assert content.index(b"<!DOCTYPE") < byte <= content.index(b"<r>" if b"[" not in content else b"[")


@pytest.mark.parametrize(
    ("content", "byte"),
    [(b"<r><s>1</s><s>2</s>", 19), (b"<r><s>1</t></r>", 9), (b"<r>&x;</r>", 3), (b"<r/><r/>", 4)],
)
async def test_broken_xml_is_refused_where_it_breaks(content: bytes, byte: int) -> None:
    refused = await refusal_of(MemoryFile("x.xml", content))

    assert refused.failure.code == "damaged-file"
    assert refused.violations[0].place == f"x.xml, byte {byte}"


@pytest.mark.parametrize(
    "content",
    [
        b"<r><s>" + b"x" * 300_000 + b"</s></r>",
        b"<r><s a='" + b"x" * 300_000 + b"'/></r>",
        b"<r><!--" + b"x" * 300_000 + b"--></r>",
    ],
)
async def test_a_record_that_no_worker_can_hold_is_refused(content: bytes) -> None:
    assert (await refusal_of(MemoryFile("x.xml", content), Limits(record=1000))).failure.code in {
        "record-too-long",
        "damaged-file",
    }


async def test_deep_nesting_is_refused() -> None:
    assert (await refusal_of(MemoryFile("x.xml", b"<r>" * 100_000))).failure.code == "too-large"
