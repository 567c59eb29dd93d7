"""A file is taken in once more after its mapping was mended; nothing newer is ever covered by it."""

import tomllib
from collections.abc import Mapping as Keyed
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shared.ingestion.committing.committer import Committer
from shared.ingestion.committing.merger import Merger
from shared.ingestion.committing.rules import sequence
from shared.ingestion.keeping.horizons import TOMBSTONES_FOR
from shared.ingestion.loads import Load, Target
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Ingest, IngestState, Progress
from shared.ingestion.ports import PlannedFile
from shared.ingestion.resuming.replaying import Replays
from shared.ingestion.table_names import TableName
from shared.ingestion.working.work import ENGINE_VERSION
from shared.kernel.errors import Conflict
from shared.kernel.ids import id_after
from tests.fixtures.commits import MemoryLedger, MemoryTables, chunk_done, worked_ingest
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import scope_of
from tests.fixtures.ingestion import Pipeline
from tests.fixtures.keeping import id_of_age
from tests.fixtures.messaging import FixedClock

HEADER = b"student_id,course_id,assessment_id,assessment_title,status,score\n"
CONTENT = HEADER + b"7,alg,q,Quiz,done,5\n8,alg,q,Quiz,graded,5\n"


def mended() -> Catalogue:
    """The built-in feed and a newer version of it, which knows the code `done`."""
    text = Path("shared/ingestion/feeds/attempts.toml").read_text(encoding="utf-8")
    better = text.replace("version = 1", "version = 2").replace(
        "codes = { submitted", 'codes = { done = "fully-graded", submitted'
    )
    return Catalogue((Catalogue.built_in().get("attempts", 1), Mapping.model_validate(tomllib.loads(better))))


async def failed(pipeline: Pipeline) -> str:
    """Return an ingest of which half was rejected."""
    ingest = await pipeline.run("attempts.csv", CONTENT)
    assert (ingest.state, ingest.progress.rejects) == (IngestState.FAILED, {"unknown-code": 1})
    return ingest.id


async def test_what_was_rejected_comes_through_by_the_mended_mapping() -> None:
    pipeline = Pipeline()
    old = await failed(pipeline)
    catalogue = mended()
    pipeline.use(catalogue)

    new = await Replays(pipeline.ingests, catalogue, pipeline.clock).replay(pipeline.scope, old)
    await pipeline.carry()

    ingest = (await pipeline.ingests.get(pipeline.scope, new.id)).value
    assert (ingest.state, ingest.replays, ingest.progress.rejected) == (IngestState.WORKED, old, 0)
    assert ingest.recognised.mapping_version == 2
    assert pipeline.facts(ingest).height == 2


async def test_a_replay_never_covers_a_newer_file_of_its_source() -> None:
    pipeline = Pipeline()
    old = await failed(pipeline)
    await pipeline.run("attempts.csv", CONTENT.replace(b"done", b"graded"))

    with pytest.raises(Conflict, match="newer file"):
        await Replays(pipeline.ingests, mended(), pipeline.clock).replay(pipeline.scope, old)


async def test_a_replay_covers_no_file_that_was_being_uploaded_meanwhile() -> None:
    pipeline = Pipeline()
    old = await failed(pipeline)
    granted = await pipeline.uploads.request_upload(pipeline.scope, "attempts.csv", None, None)
    catalogue = mended()
    pipeline.use(catalogue)
    new = await Replays(pipeline.ingests, catalogue, pipeline.clock).replay(pipeline.scope, old)
    await pipeline.carry()
    pipeline.blobs.put(granted.upload.blob, CONTENT.replace(b"done", b"graded"))
    await pipeline.receive(granted.upload)
    await pipeline.carry()

    replayed, newer = [
        (await pipeline.ingests.get(pipeline.scope, each)).value for each in (new.id, granted.upload.id)
    ]
    assert replayed.recognised.source == newer.recognised.source
    assert sequence(replayed) < sequence(newer)


async def test_a_replay_that_was_cut_off_anywhere_is_begun_by_the_next_call_and_only_once() -> None:
    async def scenario(power: Power) -> None:
        pipeline = Pipeline()
        replays = Replays(pipeline.ingests, mended(), pipeline.clock)
        old = await failed(pipeline)
        pipeline.ingests.power = power
        with suppress(PowerCut):
            await replays.replay(pipeline.scope, old)
        pipeline.ingests.power = Power()
        with suppress(Conflict):
            await replays.replay(pipeline.scope, old)
        assert await pipeline.ingests.find(pipeline.scope, id_after(old))
        with pytest.raises(Conflict, match=f"already, as {id_after(old)}"):
            await replays.replay(pipeline.scope, old)

    assert await at_every_crash_point(scenario) == 3


async def test_a_file_stated_again_meanwhile_does_not_keep_its_rejects_from_being_replayed() -> None:
    pipeline = Pipeline()
    good = CONTENT.replace(b"done", b"graded")
    sound = await pipeline.run("attempts.csv", good)
    await pipeline.commit(sound)
    again = await pipeline.run("attempts.csv", good)
    assert again.state is IngestState.DUPLICATE
    catalogue = mended()
    pipeline.use(catalogue)

    new = await Replays(pipeline.ingests, catalogue, pipeline.clock).replay(pipeline.scope, sound.id)
    await pipeline.carry()

    assert (await pipeline.ingests.get(pipeline.scope, new.id)).value.state is IngestState.WORKED


TARGETS = (Target(TableName.ORG, Load.DELTA, ("org",)),)


class Roster:
    """Organisations that files of changes state and delete, committed one after the other."""

    def __init__(self) -> None:
        self.tables, self.ledger = MemoryTables(), MemoryLedger()

    async def commit(self, ingest: str, *rows: Keyed[str, object]) -> None:
        part = self.tables.put_rows("oneroster-csv", ingest, 0, rows, TableName.ORG)
        done = chunk_done(0, part, rejected=0)
        self.ledger.add(worked_ingest(ingest, "oneroster-csv", [done], TARGETS), [done])
        committer = Committer(self.tables, self.ledger, Merger(self.tables), FixedClock())
        await committer.commit(scope_of("north-district"), ingest)
        assert self.ledger.states()[ingest] == IngestState.COMMITTED

    def titles(self) -> dict[str, str]:
        rows = self.tables.rows(TableName.ORG).filter(~pl.col("deleted")).sort("org")
        return dict(rows.select("org", "title").iter_rows())


async def replayed(old: str, *targets: Target, **known: Any) -> Ingest:  # noqa: ANN401 - whatever is known of the old one
    """Return the replay of an ingest that was folded by another release."""
    pipeline = Pipeline()
    moment = pipeline.clock.now()
    worked = worked_ingest(old, "oneroster-csv", (), targets)
    folded = worked.committed({}, None, moment).to(IngestState.FOLDED, moment)
    pipeline.ingests.put(pipeline.scope, replace(folded, **known))
    await pipeline.ingests.note_planned(
        pipeline.scope, "oneroster-csv", PlannedFile(id_of_age(0), "other bytes"), None
    )
    return await Replays(pipeline.ingests, Catalogue.built_in(), pipeline.clock).replay(pipeline.scope, old)


async def test_a_replay_of_changes_resurrects_nothing_and_covers_nothing_newer() -> None:
    first, second, third = (id_of_age(days) for days in (3, 2, 1))
    roster = Roster()
    await roster.commit(first, {"org": "a", "title": "A"}, {"org": "b", "title": "B"})
    await roster.commit(second, {"org": "a", "deleted": True}, {"org": "b", "title": "Newer"})
    again = await replayed(first, *TARGETS)

    await roster.commit(again.id, *({"org": name, "title": f"{name} of old"} for name in ("a", "b", "c")))
    assert roster.titles() == {"b": "Newer", "c": "c of old"}
    await roster.commit(third, {"org": "c", "title": "Newest"})
    assert roster.titles() == {"b": "Newer", "c": "Newest"}
    assert first < again.id < second


async def test_what_was_replaced_since_or_is_too_old_is_not_replayed() -> None:
    with pytest.raises(Conflict, match="newer file"):
        await replayed(id_of_age(3), Target(TableName.ORG, Load.REPLACE))
    with pytest.raises(Conflict, match="so old"):
        await replayed(id_of_age(TOMBSTONES_FOR.days + 1), *TARGETS)


async def test_a_file_whose_records_referred_to_what_was_not_known_yet_is_replayed_as_it_is() -> None:
    newest = next(feed for feed in Catalogue.built_in().newest if feed.id == "oneroster-csv")
    known = replace(
        worked_ingest("", "oneroster-csv", (), TARGETS).recognised,
        feed=newest.id,
        mapping_version=newest.version,
        engine_version=ENGINE_VERSION,
    )
    with pytest.raises(Conflict, match="has changed"):
        await replayed(id_of_age(3), *TARGETS, recognition=known)
    lacking = Progress(records=1, rejected=1, rejects={"unknown-reference": 1})
    assert (await replayed(id_of_age(3), *TARGETS, recognition=known, progress=lacking)).replays


async def test_a_file_under_way_is_not_replayed() -> None:
    pipeline = Pipeline()
    ingest_id = await pipeline.upload("attempts.csv", CONTENT)

    with pytest.raises(Conflict, match="landed"):
        await Replays(pipeline.ingests, mended(), pipeline.clock).replay(pipeline.scope, ingest_id)


async def test_a_file_that_would_be_read_alike_is_not_replayed() -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run("attempts.csv", CONTENT.replace(b"done", b"graded"))
    found = await pipeline.ingests.get(pipeline.scope, ingest.id)
    now = pipeline.clock.now()
    committed = found.value.to(IngestState.COMMITTED, now).to(IngestState.FOLDED, now)
    pipeline.ingests.put(pipeline.scope, committed)

    with pytest.raises(Conflict, match="has changed"):
        await Replays(pipeline.ingests, Catalogue.built_in(), pipeline.clock).replay(
            pipeline.scope, ingest.id
        )
    again = await Replays(pipeline.ingests, mended(), pipeline.clock).replay(pipeline.scope, ingest.id)
    assert again.replays == ingest.id
