"""The place of a file among the files of its source."""

from dataclasses import replace

import pytest

from shared.ingestion.loads import Load, Target
from shared.ingestion.model import IngestState, Recognition
from shared.ingestion.planning.sources import Sources, Standing
from shared.ingestion.table_names import TableName
from tests.fixtures.commits import worked_ingest
from tests.fixtures.facts import ingest_id
from tests.fixtures.ingestion import MemoryIngests
from tests.fixtures.messaging import tenant_scope


async def standings(load: Load, states: dict[int, IngestState], *files: tuple[int, str]) -> list[Standing]:
    """Enter files, each of a second and a content, and return how they stand; `states` are of those done."""
    ingests, scope, found = MemoryIngests(), tenant_scope(), []
    for second, content in files:
        ingest = worked_ingest(ingest_id(second)[:24] + "000000000000", "source", [])
        pins: Recognition = replace(
            ingest.recognised, sha256=content, targets=(Target(TableName.RESULTS, load, ("source_id",)),)
        )
        ingest = replace(ingest, recognition=pins, state=states.get(second, IngestState.WORKED))
        if await ingests.find(scope, ingest.id) is None:
            await ingests.add(scope, ingest, ())
        standing = await Sources(ingests).enter(scope, ingest, pins)
        again = await Sources(ingests).enter(scope, ingest, pins)
        assert standing is again
        found.append(standing)
    return found


WORKED, DUPLICATE, OVERTAKEN = Standing.ENTERED, Standing.DUPLICATE, Standing.OVERTAKEN


@pytest.mark.parametrize("load", [Load.REPLACE, Load.APPEND, Load.SNAPSHOT])
async def test_what_states_everything_is_a_duplicate_of_committed_facts_and_holds_its_place(
    load: Load,
) -> None:
    committed = {1: IngestState.FOLDED}
    assert await standings(load, committed, (1, "a"), (3, "a"), (2, "b"), (4, "b")) == [
        WORKED,
        DUPLICATE,
        OVERTAKEN,
        WORKED,
    ]
    assert await standings(load, {}, (1, "a"), (3, "a"), (2, "b")) == [WORKED, WORKED, WORKED]


@pytest.mark.parametrize("load", [Load.UPSERT, Load.DELTA])
async def test_what_states_changes_is_worked_whenever_it_comes(load: Load) -> None:
    committed = {1: IngestState.FOLDED}
    assert await standings(load, committed, (1, "a"), (3, "a"), (2, "b")) == [WORKED, WORKED, WORKED]


async def test_a_place_that_was_held_is_held_when_newer_files_have_come() -> None:
    committed = {1: IngestState.FOLDED}
    assert await standings(Load.REPLACE, committed, (1, "a"), (3, "a"), (4, "c"), (2, "b")) == [
        WORKED,
        DUPLICATE,
        WORKED,
        OVERTAKEN,
    ]
