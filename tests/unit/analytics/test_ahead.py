"""One thing is made ahead, no more; errors come in their turn, and who stops has nothing left running."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from shared.analytics.folding.ahead import one_ahead


class _Maker:
    def __init__(self, until: int) -> None:
        self.made: list[int] = []
        self.is_closed = False
        self._until = until

    async def things(self) -> AsyncGenerator[int]:
        try:
            for n in range(self._until):
                await asyncio.sleep(0)
                self.made.append(n)
                yield n
            raise LookupError
        finally:
            self.is_closed = True


async def test_the_next_is_made_while_one_is_used_but_not_the_one_after() -> None:
    maker = _Maker(9)
    async with aclosing(one_ahead(maker.things())) as things:
        assert await anext(things) == 0
        for _ in range(10):
            await asyncio.sleep(0)
        assert maker.made == [0, 1]
    assert maker.is_closed


async def test_an_error_comes_after_what_was_made_before_it() -> None:
    maker = _Maker(2)
    things = one_ahead(maker.things())
    assert [await anext(things), await anext(things)] == [0, 1]
    with pytest.raises(LookupError):
        await anext(things)
    assert maker.is_closed
