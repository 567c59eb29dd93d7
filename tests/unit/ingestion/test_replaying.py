"""A file is taken in once more after its mapping was mended; nothing newer is ever covered by it."""

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from shared.ingestion.catalogue import Catalogue
from shared.ingestion.commit_rules import sequence
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import IngestState
from shared.ingestion.replaying import Replays
from shared.kernel.errors import Conflict
from shared.kernel.ids import id_after
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.ingestion import Pipeline

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

    assert await at_every_crash_point(scenario) == 4


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
