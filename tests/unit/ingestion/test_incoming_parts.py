"""Parts before their commit: what their writer saw counts as long as the blob is the one that it wrote."""

from dataclasses import replace

import pytest

from shared.ingestion.committing.incoming_parts import IncomingParts
from shared.ingestion.committing.ports import Inspection, LiveFile
from shared.ingestion.model import ChunkDone, Failure, Part, Written
from shared.ingestion.table_names import TableName
from tests.fixtures.commits import REPLACE, TABLE, MemoryTables, chunk_done, worked_ingest
from tests.fixtures.messaging import tenant_scope

_SCOPE = tenant_scope("north")
_INGEST = "0193a0a0-0000-7000-8000-00000000000a"
_ROWS = 3


class _World:
    """An ingest of two parts whose writer noted what it saw."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.parts = [self.tables.put("algebra", _INGEST, n, _ROWS) for n in range(2)]
        self.done = [self._done(n, part) for n, part in enumerate(self.parts)]

    def _done(self, n: int, part: Part) -> ChunkDone:
        seen, etag = self.tables.parts[part.path], f"0x{n}"
        assert seen is not None
        self.tables.etags[part.path] = etag
        return replace(
            chunk_done(n, part), written={part.path: Written(etag, seen.columns, {**seen.extremes})}
        )

    async def sound(self) -> dict[TableName, list[LiveFile]] | Failure:
        """Check the parts."""
        ingest = worked_ingest(_INGEST, "algebra", self.done)
        return await IncomingParts(self.tables).sound(_SCOPE, ingest, REPLACE, self.done)

    async def violations(self) -> dict[str, str]:
        """Check parts that are not sound and return what is wrong, by place."""
        failure = await self.sound()
        assert isinstance(failure, Failure)
        return {violation.place: violation.message for violation in failure.violations}

    def change(self, part: Part, seen: Inspection | None) -> None:
        """Let something else lie in the place of a part."""
        self.tables.parts[part.path], self.tables.etags[part.path] = seen, "0xother"


@pytest.fixture
def world() -> _World:
    return _World()


async def test_parts_as_their_writer_left_them_are_taken_unopened(world: _World) -> None:
    unopened = await world.sound()
    assert world.tables.looked_into == []
    world.done = [replace(done, written={}) for done in world.done]
    assert await world.sound() == unopened
    assert world.tables.looked_into == [part.path for part in world.parts]
    assert unopened == {TABLE: [_live(part) for part in world.parts]}


async def test_a_part_that_its_writer_found_there_is_opened(world: _World) -> None:
    world.done[1] = replace(world.done[1], written={})
    assert isinstance(await world.sound(), dict)
    assert world.tables.looked_into == [world.parts[1].path]


async def test_a_part_that_changed_since_counts_by_what_it_holds_now(world: _World) -> None:
    seen = world.tables.parts[world.parts[0].path]
    assert seen is not None
    world.change(world.parts[0], replace(seen, rows=2))
    assert await world.violations() == {world.parts[0].path: "holds 2 rows, not 3"}


async def test_a_part_that_is_no_parquet_any_more_is_unsound(world: _World) -> None:
    world.change(world.parts[1], None)
    assert await world.violations() == {world.parts[1].path: "is no readable Parquet file"}


async def test_a_part_that_is_gone_is_missing_whatever_its_writer_saw(world: _World) -> None:
    del world.tables.parts[world.parts[0].path]
    assert await world.violations() == {world.parts[0].path: "is missing"}


async def test_what_the_writer_saw_is_held_against_the_schema(world: _World) -> None:
    path = world.parts[0].path
    written = world.done[0].written[path]
    columns = {**written.columns, "score": "Float64"}
    world.done[0] = replace(world.done[0], written={path: replace(written, columns=columns)})
    assert await world.violations() == {
        path: "column score is Float64, not Decimal(precision=18, scale=4)",
    }


def _live(part: Part) -> LiveFile:
    extremes = {"ingest_id": (_INGEST, _INGEST), "course": ("algebra", "biology")}
    return LiveFile(part.path.removeprefix(f"{TABLE}/"), part.size, part.rows, "algebra", extremes)
