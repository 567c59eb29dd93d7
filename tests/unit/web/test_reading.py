"""What is read from bodies and queries, and where each fault is reported."""

import json
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from shared.kernel.errors import InvalidInput, TermtideError, TooLarge, UnsupportedMedia
from shared.web.limits import BODY_BYTES, JSON_DEPTH, QUERY_BYTES
from shared.web.models import PageQuery, RequestModel
from shared.web.reading import read_body, read_query

JSON_TYPE = {"content-type": "application/json"}


class Part(RequestModel):
    part_name: str


class Thing(RequestModel):
    title: str
    count: Annotated[int, Field(ge=0)] = 0
    parts: tuple[Part, ...] = ()


def _places(body: bytes) -> list[str]:
    with pytest.raises(InvalidInput) as refusal:
        read_body(body, JSON_TYPE, Thing)
    return [violation.place for violation in refusal.value.violations]


def test_a_body_becomes_the_declared_model() -> None:
    body = b'{"title":"\xc3\xa9t\xc3\xa9","count":3,"parts":[{"partName":"p"}]}'
    assert read_body(body, JSON_TYPE, Thing) == Thing(
        title="\u00e9t\u00e9", count=3, parts=(Part(part_name="p"),)
    )


def test_every_fault_is_listed_with_its_pointer() -> None:
    body = json.dumps({"count": -1, "parts": [{}, {"partName": 7}], "a/b~c": 1}).encode()
    assert sorted(_places(body)) == [
        "/a~1b~0c",
        "/count",
        "/parts/0/partName",
        "/parts/1/partName",
        "/title",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nope",
        b'{"title":"a"} x',
        b'{"title":"a","title":"b"}',
        b'{"title":"a","count":NaN}',
        b'{"title":"a","count":"3"}',
        b'{"title":"a","count":3.5}',
        b'{"title":"a","count":true}',
        b'\xef\xbb\xbf{"title":"a"}',
        b'{"title":"\xff"}',
        '{"title":"a"}'.encode("utf-16"),
        b'{"title":"\\ud800"}',
        b'{"title":"a","count":' + b"9" * 5000 + b"}",
        b"[]",
        b"null",
    ],
)
def test_a_body_that_is_not_exactly_the_json_that_is_declared_is_refused(body: bytes) -> None:
    assert _places(body)


def test_deep_nesting_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge):
        read_body(b"[" * (JSON_DEPTH + 1), JSON_TYPE, Thing)
    assert _places(b'{"title":' + b"[" * (JSON_DEPTH - 1) + b"]" * (JSON_DEPTH - 1) + b"}") == ["/title"]


def test_brackets_inside_texts_are_no_nesting() -> None:
    title = "[{" * 100 + '\\"['
    body = json.dumps({"title": title}).encode()
    assert read_body(body, JSON_TYPE, Thing) == Thing(title=title)


def test_a_body_beyond_a_megabyte_is_refused_and_one_of_a_megabyte_is_not() -> None:
    room = BODY_BYTES - len(b'{"title":""}')
    assert read_body(b'{"title":"' + b"a" * room + b'"}', JSON_TYPE, Thing)
    with pytest.raises(TooLarge):
        read_body(b'{"title":"' + b"a" * (room + 1) + b'"}', JSON_TYPE, Thing)


@pytest.mark.parametrize("media", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_read_under_its_media_type(media: str) -> None:
    assert read_body(b'{"title":"a"}', {"content-type": media}, Thing)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/jsonp"},
        {**JSON_TYPE, "content-encoding": "gzip"},
    ],
)
def test_any_other_content_is_not_read(headers: dict[str, str]) -> None:
    with pytest.raises(UnsupportedMedia):
        read_body(b'{"title":"a"}', headers, Thing)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        assert isinstance(read_body(body, JSON_TYPE, Thing), Thing)
    except TermtideError as refusal:
        assert refusal.status in {400, 413}


def test_a_query_becomes_the_declared_model() -> None:
    assert read_query("limit=7&cursor=abc%2Bd", PageQuery) == PageQuery(limit=7, cursor="abc+d")
    assert read_query("", PageQuery) == PageQuery()
    assert read_query("", None) is None


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("limit=0", "query:limit"),
        ("limit=201", "query:limit"),
        ("limit=x", "query:limit"),
        ("limit=", "query:limit"),
        ("tenant=south", "query:tenant"),
        ("Limit=1", "query:Limit"),
    ],
)
def test_a_fault_in_a_query_names_its_parameter(raw: str, place: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_query(raw, PageQuery)
    assert [violation.place for violation in refusal.value.violations] == [place]


@pytest.mark.parametrize(
    "raw", ["limit=1&limit=2", "limit", "a=1&&b=2", "x=%ff", "a=1&" * 60, "cursor=" + "a" * QUERY_BYTES]
)
def test_a_query_that_can_be_read_in_two_ways_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput):
        read_query(raw, PageQuery)


def test_a_route_without_a_query_takes_none() -> None:
    with pytest.raises(InvalidInput):
        read_query("tenant=south", None)


@given(st.text(max_size=100))
def test_any_query_is_read_or_refused(raw: str) -> None:
    try:
        assert isinstance(read_query(raw, PageQuery), PageQuery)
    except InvalidInput as refusal:
        assert refusal.status == 400
