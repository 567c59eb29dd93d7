"""Commits that wait are folded together, which equals their folds one by one; commits of people wait."""

from dataclasses import replace

import pytest

from shared.analytics.folding.fold import Folder
from shared.analytics.folding.folds import Folds
from shared.analytics.items.folding import ItemFolder
from shared.analytics.rosters.folding import RosterFolder
from shared.ingestion.documents import INGEST, ingest_document, read_ingest
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.sealing import NameKeys
from shared.kernel.errors import Unavailable
from shared.kernel.secrets import Keyring
from shared.platform.cosmos.folds import CosmosFoldLedger
from shared.platform.cosmos.rollups import CosmosRollups
from shared.platform.cosmos.rosters import CosmosRosters
from shared.platform.lake.facts import LakeFacts
from shared.platform.lake.names import LakeNames
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.facts import fact, ingest_id, learner_id

A, B, C = (ingest_id(n) for n in range(3))


async def _ring() -> Keyring:
    return Keyring("1", {"1": b"r" * 32})


def _folds(district: District) -> Folds:
    results = CosmosFoldLedger(district.ingests, CLOCK)
    responses = LakeFacts(district.access, TABLES[TableName.ITEM_RESPONSE], "line_item")
    rosters = CosmosRosters(district.identity, NameKeys(_ring))
    return Folds(
        results,
        ItemFolder(responses, CosmosRollups(district.rollups._rollups, "items-head")),
        RosterFolder(district.facts, LakeNames(district.access), rosters),
        Folder(district.facts, district.rollups),
    )


async def _committed(district: District) -> None:
    """Commit three files, of which the last takes the place of the first."""
    for ingest, course in ((A, "algebra"), (B, "biology"), (C, "algebra")):
        rows = [fact(ingest, learner_id(n), course, record=n + 2) for n in range(3)]
        await district.work(ingest, f"gradebook.{course}", rows)
        await district.commit(ingest)


async def _views(district: District) -> dict[str, object]:
    heads = await district.rollups.heads(district.scope)
    found = await district.rollups.read(district.scope, {shard: head.pages for shard, head in heads.items()})
    return {shard: pages for shard, pages in found.items() if pages}


async def test_commits_that_wait_are_folded_with_the_first_as_they_would_be_one_by_one(
    districts: Districts,
) -> None:
    together, alone = districts.new(), districts.new()
    for district in (together, alone):
        await _committed(district)
    await _folds(together).fold(together.scope, A)
    assert [await together.state(ingest) for ingest in (A, B, C)] == ["folded"] * 3
    for ingest in (A, B, C):
        await alone.fold(ingest)
    assert await _views(together) == await _views(alone)


async def test_the_message_of_a_commit_that_was_folded_with_another_does_nothing(district: District) -> None:
    await _committed(district)
    await _folds(district).fold(district.scope, A)
    before = await district.rollups.heads(district.scope)
    await _folds(district).fold(district.scope, B)
    assert await district.rollups.heads(district.scope) == before


async def test_a_commit_of_people_is_not_folded_with_another(district: District) -> None:
    await _committed(district)
    stored = await district.ingests.read(district.scope, INGEST, B)
    people = replace(read_ingest(stored.document), table_versions={TableName.RESULTS: 2, TableName.PERSON: 1})
    await district.ingests.replace(district.scope, ingest_document(people), B, stored.etag)
    await _folds(district).fold(district.scope, A)
    assert [await district.state(ingest) for ingest in (A, B, C)] == ["folded", "committed", "folded"]
    await _folds(district).fold(district.scope, B)
    assert await district.state(B) == "folded"


async def test_a_commit_that_is_not_visible_yet_is_tried_again(district: District) -> None:
    with pytest.raises(Unavailable):
        await _folds(district).fold(district.scope, A)
    with pytest.raises(Unavailable):
        await district.ledger.get(district.scope, A)
