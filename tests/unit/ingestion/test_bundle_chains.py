"""Each bundle of an appliance is taken once and in order, and none that was taken is ever lost."""

import asyncio
import io

from scripts.lib.demo_files import write_attempts
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Ingest, IngestState, Way
from shared.ingestion.refusal import FailureCode
from shared.ingestion.resuming.replaying import Replays
from shared.messaging.envelope import open_envelope
from shared.messaging.quarantine import State
from tests.fixtures.appliances import District, Stamp, bound
from tests.fixtures.bundle_chains import Gate
from tests.fixtures.messaging import RING, STAMP


def attempts(seed: int = 1) -> bytes:
    out = io.BytesIO()
    write_attempts(out, seed=seed, rows=200, courses=["alg", "bio", "geo"])
    return out.getvalue()


def refused_as(ingest: Ingest) -> str | None:
    return ingest.failure.code if ingest.failure else None


async def test_a_bundle_that_comes_again_is_a_replay(district: District, stamp: Stamp) -> None:
    bundle = await district.bundle("attempts.csv", attempts())
    first = await stamp.send(bundle)
    seen = dict(stamp.pipeline.lake.blobs)

    again = await stamp.send(bundle)

    assert first.state is IngestState.WORKED
    assert [held.reason for held in stamp.held] == [refused_as(again)] == ["replayed-bundle"]
    assert (again.id, "replayed-bundle") in await stamp.refusals()
    assert stamp.pipeline.lake.blobs == seen


async def test_bundles_are_taken_in_order_and_one_that_came_early_is_replayed_from_quarantine(
    district: District, stamp: Stamp
) -> None:
    first = await district.bundle("attempts-1.csv", attempts(1))
    second = await district.bundle("attempts-2.csv", attempts(2))
    early = await stamp.send(second)
    assert refused_as(early) == "out-of-order-bundle"
    assert not stamp.pipeline.lake.blobs
    (held,) = stamp.held
    assert held.body is not None
    assert held.state is State.HELD
    assert (await stamp.send(first)).state is IngestState.WORKED

    _, event = open_envelope(held.body, STAMP, RING)
    await stamp.deliver(event, held.queue)
    await stamp.settle()

    taken = await stamp.ingest(early.id)
    assert (taken.state, taken.failure) == (IngestState.WORKED, None)


async def test_one_that_is_still_early_goes_back_to_quarantine(district: District, stamp: Stamp) -> None:
    await district.bundle("attempts-1.csv", attempts(1))
    early = await stamp.send(await district.bundle("attempts-2.csv", attempts(2)))
    (held,) = stamp.held
    assert held.body is not None

    _, event = open_envelope(held.body, STAMP, RING)
    await stamp.deliver(event, held.queue)

    assert await stamp.ingest(early.id) == early
    assert len(stamp.held) == 1


async def test_a_bundle_that_follows_another_history_is_out_of_order(
    district: District, stamp: Stamp
) -> None:
    copy = District(key=district.key)
    await stamp.send(await district.bundle("attempts-1.csv", attempts(1)))
    await copy.bundle("attempts-9.csv", attempts(9))

    ingest = await stamp.send(await copy.bundle("attempts-2.csv", attempts(2)))

    assert refused_as(ingest) == "out-of-order-bundle"


async def test_a_bundle_of_another_release_fails_and_counts_as_taken(
    district: District, stamp: Stamp
) -> None:
    manifest, contents = await district.pack("attempts-1.csv", attempts(1))
    older = manifest.model_copy(update={"engine_version": 1})
    ingest = await stamp.send(bound(older, contents, district.key))

    assert refused_as(ingest) == FailureCode.OTHER_RELEASE
    assert (stamp.pipeline.chains.taken["harbor", district.appliance.id][0][0].serial) == 1


async def test_a_taken_bundle_that_came_to_nothing_can_be_replayed_by_its_own_ingest_only(
    district: District, stamp: Stamp
) -> None:
    stamp.pipeline.use(Catalogue(()))
    failed = await stamp.send(await district.bundle("attempts.csv", attempts()))
    assert failed.state is IngestState.FAILED
    stamp.pipeline.use(Catalogue.built_in())

    replays = Replays(stamp.pipeline.ingests, Catalogue.built_in(), stamp.pipeline.clock)
    again = await replays.replay(stamp.pipeline.scope, failed.id)
    await stamp.settle()

    assert (await stamp.ingest(again.id)).state is IngestState.WORKED


async def test_a_taken_bundle_that_came_to_nothing_can_be_replayed_until_it_comes_to_something(
    district: District, stamp: Stamp
) -> None:
    stamp.pipeline.use(Catalogue(()))
    ingest = await stamp.send(await district.bundle("attempts.csv", attempts()))
    replays = Replays(stamp.pipeline.ingests, Catalogue.built_in(), stamp.pipeline.clock)

    for feeds in (Catalogue(()), Catalogue(()), Catalogue.built_in()):
        assert refused_as(ingest) == FailureCode.OTHER_RELEASE
        stamp.pipeline.use(feeds)
        ingest = await replays.replay(stamp.pipeline.scope, ingest.id)
        await stamp.settle()
        ingest = await stamp.ingest(ingest.id)

    assert (ingest.state, ingest.failure) == (IngestState.WORKED, None)


async def test_a_bundle_is_taken_by_an_upload_though_another_delivery_of_its_message_found_it_early(
    district: District, stamp: Stamp
) -> None:
    it = stamp.pipeline
    first = await district.bundle("attempts-1.csv", attempts(1))
    second = await district.bundle("attempts-2.csv", attempts(2))
    ingest_id = await it.upload("harbor.bundle.zip", second, way=Way.APPLIANCE)
    it.chains.gate = Gate()
    slow = asyncio.create_task(it.planner.plan(it.scope, ingest_id))
    await it.chains.gate.reached.wait()

    await stamp.settle()
    early = await stamp.ingest(ingest_id)
    assert (await stamp.send(first)).state is IngestState.WORKED
    it.chains.gate.opened.set()
    await slow
    await stamp.settle()

    assert refused_as(early) == "out-of-order-bundle"
    taken = await stamp.ingest(ingest_id)
    assert (taken.state, taken.failure) == (IngestState.WORKED, None)
    assert (await stamp.send(await district.bundle("attempts-3.csv", attempts(3)))).failure is None
