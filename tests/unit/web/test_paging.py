"""Cursors open for what they were made for, and for nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope
from shared.web.models import PageQuery
from shared.web.paging import CursorBinding, Cursors
from tests.fixtures.web import supply

CURSORS = Cursors(supply("one secret of thirty-two bytes or so"))
OTHERS = Cursors(supply("another secret of the same length ..."))


class Filters(PageQuery):
    state: str = "all"


def _binding(tenant: str = "north", actor: str = "person:1", query: Filters | None = None) -> CursorBinding:
    scope = TenantScope.authenticated(tenant, "s1", actor, "c")
    return CursorBinding.of(scope, "list_ingests", "/api/ingests", query or Filters())


@given(position=st.text())
async def test_a_cursor_gives_its_position_back(position: str) -> None:
    cursor = await CURSORS.seal(_binding(), position)
    assert cursor.isascii()
    assert await CURSORS.open(_binding(), cursor) == position


@pytest.mark.parametrize(
    "other",
    [
        _binding(tenant="south"),
        _binding(actor="person:2"),
        _binding(query=Filters(state="failed")),
        replace(_binding(), operation="list_rejects"),
        replace(_binding(), path="/api/ingests/1/rejects"),
        CursorBinding.of(None, "list_ingests", "/api/ingests", Filters()),
    ],
)
async def test_a_cursor_opens_for_nothing_else(other: CursorBinding) -> None:
    cursor = await CURSORS.seal(_binding(), "at-7")
    with pytest.raises(InvalidInput) as refusal:
        await CURSORS.open(other, cursor)
    assert refusal.value.violations[0].place == "query:cursor"


async def test_the_page_size_may_change_between_pages() -> None:
    cursor = await CURSORS.seal(_binding(query=Filters(limit=10)), "at-7")
    assert await CURSORS.open(_binding(query=Filters(limit=99, cursor="x")), cursor) == "at-7"


async def test_another_secret_opens_nothing() -> None:
    with pytest.raises(InvalidInput):
        await OTHERS.open(_binding(), await CURSORS.seal(_binding(), "at-7"))


@given(position=st.text(max_size=20), at=st.integers(0, 10_000), to=st.characters(codec="ascii"))
async def test_a_changed_cursor_never_opens(position: str, at: int, to: str) -> None:
    cursor = await CURSORS.seal(_binding(), position)
    at %= len(cursor)
    changed = cursor[:at] + to + cursor[at + 1 :]
    if changed == cursor:
        return
    with pytest.raises(InvalidInput):
        await CURSORS.open(_binding(), changed)


@given(st.text())
async def test_made_up_cursors_never_open(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await CURSORS.open(_binding(), cursor)
