"""Answers that are more than a model or a plain refusal: files, and questions that cost too much."""

import json

import pytest

from shared.kernel.errors import TooCostly
from shared.web.call import Call, Content, Reply
from tests.fixtures.web import MemoryWeb
from tests.unit.web.test_gate import PAGE


@pytest.fixture
def web() -> MemoryWeb:
    return MemoryWeb()


async def test_a_question_beyond_a_bound_is_told_which_and_what_to_narrow(web: MemoryWeb) -> None:
    async def ask(_: Call) -> Reply:
        raise TooCostly("bytes", 1000, "narrow the filter", needed=2000)

    document = json.loads((await web.call(PAGE, ask)).body)
    assert (document["status"], document["type"]) == (422, "/problems/too-costly")
    assert document["bound"] == {"name": "bytes", "limit": 1000, "needed": 2000}
    assert document["detail"] == "at most 1000 bytes, this takes 2000: narrow the filter"


async def test_a_file_is_saved_under_a_plain_name(web: MemoryWeb) -> None:
    async def export(_: Call) -> Reply:
        return Reply(Content(b"a,b", "text/csv", file_name='cours"é/1.csv'))

    answer = await web.call(PAGE, export)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cours---1.csv"'
