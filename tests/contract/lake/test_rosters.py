"""Rosters from a real lake into a Cosmos dialect: sealed, in step with results and people."""

import asyncio
import json
from collections.abc import Mapping

import polars as pl
import pytest
from deltalake import write_deltalake

from shared.analytics.rosters.folding import RosterFolder
from shared.analytics.rosters.ports import Basis, SealedName
from shared.analytics.serving.last_folds import LIFETIME, LastFolds
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.sealing import NameKeys, Sealing
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed
from shared.kernel.secrets import Keyring
from shared.platform.cosmos.folds import CosmosFoldLedger
from shared.platform.cosmos.roster_documents import HEAD, MOST_NAMES, level_of
from shared.platform.cosmos.roster_names import RosterNames
from shared.platform.cosmos.rosters import CosmosRosters
from shared.platform.lake.access import table_uri
from shared.platform.lake.names import LakeNames
from shared.platform.lake.people import LakePeople
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import fact, ingest_id, learner_id
from tests.fixtures.mortal import Mortal
from tests.fixtures.tenancy import FixedClock

A, B = ingest_id(0), ingest_id(1)
ANN, BO, KIM = (learner_id(n) for n in (1, 2, 3))
RING = Keyring("1", {"1": b"r" * 32})
# No part of a name is so short that sealed bytes could hold it by chance.
EVERYBODY = {ANN: "Annabel Poehler", BO: "Boniface Raymond", KIM: "Kimberly Newcomb"}


async def _ring() -> Keyring:
    return RING


def _store(district: District) -> CosmosRosters:
    return CosmosRosters(district.identity, NameKeys(_ring))


def _reader(district: District, clock: Clock = CLOCK) -> RosterNames:
    return RosterNames(district.identity, NameKeys(_ring), LastFolds(district.rollups, clock), clock)


async def _names(district: District, course: str, learner: str | None = None) -> dict[str, str]:
    """Return names as who has read none of them before."""
    return await _reader(district).names(district.scope, course, learner)


def _folder(district: District, power: Power | None = None) -> RosterFolder:
    store = Mortal(_store(district), power or Power())
    return RosterFolder(district.facts, LakeNames(district.access), store)


async def _touched(district: District, ingest: str) -> None:
    """Write the rosters that an ingest touched, as its delivery does; it is not noted as folded yet."""
    waiting = await CosmosFoldLedger(district.ingests, CLOCK).waiting(district.scope, ingest)
    assert waiting is not None
    await _folder(district).touch(district.scope, waiting.results)


async def _called(
    district: District, names: Mapping[str, str], *, gone: frozenset[str] = frozenset()
) -> None:
    """Make these all the people that files state."""
    sealing = Sealing.of(RING, district.scope.tenant_id)
    rows = [
        {
            "ingest_id": A,
            "learner": who,
            "name_sealed": sealing.seal(name, who),
            "chunk": 0,
            "record": record,
            "deleted": who in gone,
        }
        for record, (who, name) in enumerate(names.items())
    ]
    people = pl.DataFrame(rows, schema=TABLES[TableName.PERSON].schema)
    await district.access.ensure_container(district.scope)
    options = await district.access.options(district.scope, write=True)
    uri = table_uri(district.scope, TableName.PERSON)
    await asyncio.to_thread(write_deltalake, uri, people, mode="overwrite", storage_options=options)


async def _committed(district: District, ingest: str, course: str, *learners: str) -> None:
    await district.work(ingest, f"gradebook.{course}", [fact(ingest, who, course) for who in learners])
    await district.commit(ingest)


async def _documents(district: District) -> str:
    found = [
        {name: value for name, value in document.items() if not name.startswith("_")}
        async for document in district.identity.walk(district.scope, "", {}, level=None)
    ]
    return json.dumps(sorted(found, key=lambda one: f"{one['personId']} {one['id']}"))


async def test_a_fold_seals_the_names_of_touched_courses_and_a_rebuild_writes_the_same(
    districts: Districts,
) -> None:
    district, other = districts.new(), districts.new()
    await _called(district, EVERYBODY)
    await _committed(district, A, "algebra", ANN, BO)
    await _folder(district).follow(district.scope)
    await _committed(district, B, "biology", KIM, learner_id(9))
    await _touched(district, B)

    assert await _names(district, "algebra") == {ANN: "Annabel Poehler", BO: "Boniface Raymond"}
    assert await _names(district, "biology") == {KIM: "Kimberly Newcomb"}
    assert await _names(district, "algebra", BO) == {BO: "Boniface Raymond"}
    assert await _names(district, "history") == {}
    assert await _names(other, "algebra") == {}
    folded = await _documents(district)
    assert not any(word in folded for name in EVERYBODY.values() for word in name.split())
    sealed = await _sealed(district)
    await _folder(district).rebuild(district.scope)
    assert await _sealed(district) == sealed


async def _sealed(district: District) -> list[object]:
    return [one.get("sealed") for one in json.loads(await _documents(district))]


async def test_rosters_follow_whoever_is_called_otherwise_linked_or_gone(district: District) -> None:
    await _called(district, EVERYBODY)
    await _committed(district, A, "algebra", ANN, BO)
    await _committed(district, B, "biology", KIM)
    folder, scope = _folder(district), district.scope
    await folder.follow(scope)
    untouched = (await district.identity.read(scope, HEAD, level_of("biology"))).etag

    await _called(district, EVERYBODY | {ANN: "Annabel Roebuck"}, gone=frozenset({BO}))
    await folder.follow(scope)
    assert await _names(district, "algebra") == {ANN: "Annabel Roebuck"}
    assert (await district.identity.read(scope, HEAD, level_of("biology"))).etag == untouched

    links = pl.DataFrame([("canvas", KIM, learner_id(7), "sis_id", "sis_id")], schema=LINKS, orient="row")
    await LakePeople(district.access).replace_links(scope, links)
    await folder.follow(scope)
    assert await _names(district, "biology") == {learner_id(7): "Kimberly Newcomb"}

    await _called(district, {})
    await folder.follow(scope)
    assert await _names(district, "algebra") == await _names(district, "biology") == {}


async def test_names_that_were_read_are_given_until_a_fold_ends_and_so_is_that_there_are_none(
    district: District,
) -> None:
    scope, clock = district.scope, FixedClock()
    await _called(district, EVERYBODY)
    await _committed(district, A, "algebra", ANN)
    await _folder(district).follow(scope)
    reader = _reader(district, clock)
    assert await reader.names(scope, "algebra") == {ANN: "Annabel Poehler"}
    assert await reader.names(scope, "biology") == {}

    await _committed(district, B, "biology", KIM)
    await _touched(district, B)
    await _called(district, EVERYBODY | {ANN: "Annabel Roebuck"})
    await _folder(district).follow(scope)
    assert await reader.names(scope, "algebra") == {ANN: "Annabel Poehler"}
    assert await reader.names(scope, "biology") == {}

    await district.fold(B)
    clock.advance(LIFETIME.total_seconds())
    assert await reader.names(scope, "algebra") == {ANN: "Annabel Roebuck"}
    assert await reader.names(scope, "biology") == {KIM: "Kimberly Newcomb"}


async def test_names_that_were_read_for_one_tenant_are_not_given_to_another(districts: Districts) -> None:
    district, other = districts.new(), districts.new()
    await _called(district, EVERYBODY)
    await _committed(district, A, "algebra", ANN)
    await _folder(district).follow(district.scope)
    reader = _reader(district)

    assert await reader.names(district.scope, "algebra") == {ANN: "Annabel Poehler"}
    assert await reader.names(other.scope, "algebra") == {}


async def test_a_course_that_lost_its_results_names_nobody(district: District) -> None:
    await _called(district, EVERYBODY)
    await _committed(district, A, "algebra", ANN, BO)
    await _folder(district).follow(district.scope)
    await district.work(B, "gradebook.algebra", [fact(B, BO, "algebra")])
    await district.commit(B)
    await _touched(district, B)
    assert await _names(district, "algebra") == {BO: "Boniface Raymond"}


async def test_an_older_roster_never_takes_the_place_of_a_newer_one(district: District) -> None:
    store, sealing = _store(district), Sealing.of(RING, district.scope.tenant_id)
    newer = [SealedName(ANN, ANN, sealing.seal("Annabel Roebuck", ANN))]
    await store.write(district.scope, "algebra", Basis(2, 1, 0), newer)
    for older in (Basis(1, 1, 0), Basis(3, 0, 0)):
        with pytest.raises(PreconditionFailed):
            await store.write(district.scope, "algebra", older, [])
    assert await _names(district, "algebra") == {ANN: "Annabel Roebuck"}


async def test_a_large_roster_lies_in_parts_that_vanish_with_it(district: District) -> None:
    store, sealing = _store(district), Sealing.of(RING, district.scope.tenant_id)
    people = [learner_id(n) for n in range(MOST_NAMES + 1)]
    names = [SealedName(who, who, sealing.seal(f"Pupil {who}", who)) for who in people]
    await store.write(district.scope, "algebra", Basis(1, 1, 0), names)
    assert await _names(district, "algebra") == {who: f"Pupil {who}" for who in people}
    assert await _names(district, "algebra", people[5]) == {people[5]: f"Pupil {people[5]}"}
    await store.write(district.scope, "algebra", Basis(2, 1, 0), names[:1])
    assert await _names(district, "algebra") == {people[0]: f"Pupil {people[0]}"}
    assert len(json.loads(await _documents(district))) == 1


async def test_a_crash_at_any_point_ends_as_an_undisturbed_run(districts: Districts) -> None:
    outcomes: set[tuple[str, ...]] = set()

    async def scenario(power: Power) -> None:
        district = districts.new()
        await _called(district, EVERYBODY)
        await _committed(district, A, "algebra", ANN, BO)
        try:
            await _folder(district, power).follow(district.scope)
        except PowerCut:
            await _folder(district).follow(district.scope)
        names = await _names(district, "algebra")
        outcomes.add((*sorted(names.values()), str(await _store(district).followed(district.scope))))

    assert await at_every_crash_point(scenario) >= 4
    assert len(outcomes) == 1
