"""A document that says "no records" is called empty, with the place; one with records never is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.staging.nothing import empty_list_of
from tests.fixtures.feed_files import SUBMISSIONS
from tests.fixtures.inspections import inspect_bytes
from tests.fixtures.staging import zipped


async def refusal_of(content: str, name: str) -> tuple[str, str]:
    """Return the code of a refusal and the first place that it names."""
    refused = (await inspect_bytes(content.encode(), name)).found.refused
    assert refused is not None
    return refused.code, refused.violations[0].place


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"data": []}', "/data"),
        ('\ufeff{"count": 0, "next": null, "results": [ \n ]}', "/results"),
        ('{"meta": {"page": 1}, "answer": {"a/b": []}}', "/answer/a~1b"),
    ],
)
async def test_an_object_whose_lists_are_empty_is_empty_at_its_first_list(content: str, place: str) -> None:
    assert await refusal_of(content, "a.json") == ("empty-file", f"a.json, {place}")


@pytest.mark.parametrize(
    "content", ["<results/>", "<?xml version='1.0'?>\n<!-- none --><results count='0'> </results>"]
)
async def test_a_root_without_elements_is_empty(content: str) -> None:
    assert await refusal_of(content, "a.xml") == ("empty-file", "a.xml, element 'results'")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("{}", "a.json"),
        ('{"id": 1}', "a.json"),
        ('{"tags": [], "data": [1]}', "a.json"),
        ('{"tags": []} {"tags": []}', "a.json"),
        ("<results><page>1</page></results>", "a.xml"),
    ],
)
async def test_what_may_be_a_record_is_not_called_empty(content: str, name: str) -> None:
    assert (await refusal_of(content, name))[0] == "unrecognised"


async def test_a_record_with_an_empty_list_is_read_where_a_feed_knows_it() -> None:
    record = SUBMISSIONS.splitlines()[0].replace('"attempt":2', '"tags":[]')
    found = (await inspect_bytes(record.encode(), "submissions.json")).found
    assert (found.refused, found.feed) == (None, "canvas-data-2")


async def test_an_empty_member_does_not_hide_one_that_nobody_knows() -> None:
    members = {"a.json": b'{"data": []}', "b.json": b'{"id": 1}'}
    refused = (await inspect_bytes(zipped(members), "a.zip")).found.refused
    assert refused is not None
    assert refused.code == "unrecognised"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def lists_in(value: Any) -> list[list[Any]]:  # noqa: ANN401 - any JSON
    inner = value.values() if isinstance(value, dict) else ()
    return [value] if isinstance(value, list) else [found for one in inner for found in lists_in(one)]


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_only_an_object_without_anything_in_its_lists_has_a_place_of_emptiness(value: dict[str, Any]) -> None:
    lists = lists_in(value)
    assert (empty_list_of(json.dumps(value).encode()) is not None) == (lists != [] and not any(lists))
