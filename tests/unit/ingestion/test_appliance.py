"""A district whose files come through its own appliance only: what is taken, and what ends in quarantine."""

import io
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from scripts.lib.demo_files import Truth, write_attempts, write_gradebook
from shared.ingestion.bundles.manifest import BundleManifest, Content, PackedFacts, digest_of, facts_name
from shared.ingestion.following.lineage import Lineage
from shared.ingestion.model import Ingest, IngestState, Way
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Forbidden, NotFound
from tests.fixtures.appliances import Contents, District, Stamp, bound
from tests.fixtures.crash_points import Power, at_every_crash_point
from tests.fixtures.feed_files import packed
from tests.fixtures.ingestion import Pipeline


def attempts(seed: int = 1, rows: int = 200) -> tuple[bytes, Truth]:
    out = io.BytesIO()
    truth = write_attempts(out, seed=seed, rows=rows, courses=["alg", "bio", "geo"])
    return out.getvalue(), truth


def gradebook() -> bytes:
    out = io.BytesIO()
    write_gradebook(out, seed=1, rows=60, course="ALG_1")
    return out.getvalue()


async def assert_put_aside(stamp: Stamp, ingest: Ingest, code: str, records: int = 1) -> None:
    """Check that an ingest was refused for `code`, put aside, audited, and that nothing of it can be seen."""
    assert ingest.failure is not None
    assert (ingest.state, ingest.failure.code) == (IngestState.FAILED, code)
    assert [held.reason for held in stamp.held] == [code] * records
    assert (ingest.id, code) in await stamp.refusals()
    assert not stamp.pipeline.lake.blobs


@pytest.mark.parametrize(
    ("name", "content"),
    [("attempts.csv", attempts()[0]), ("Grades-ALG_1.csv", gradebook())],
    ids=["attempts", "gradebook"],
)
async def test_a_bundle_gives_the_facts_and_rejects_that_the_file_would_give(
    district: District, stamp: Stamp, name: str, content: bytes
) -> None:
    content += b'x,"stray quote,1\n'
    whole = Pipeline()
    plain = await whole.run(name, content)

    ingest = await stamp.send(await district.bundle(name, content))

    assert (ingest.state, ingest.failure, ingest.way) == (IngestState.WORKED, None, Way.APPLIANCE)
    # What a file says of people beside its facts stays in the district.
    facts_only = tuple(it for it in plain.recognised.targets if it.table is TableName.RESULTS)
    pins = replace(plain.recognised, targets=facts_only)
    assert (ingest.progress, ingest.recognition) == (plain.progress, pins)
    assert ingest.progress.chunks > 3
    assert ingest.progress.rejected > 0
    facts = stamp.pipeline.facts(ingest)
    assert facts["ingest_id"].unique().to_list() == [ingest.id]
    assert facts.drop("ingest_id").equals(whole.facts(plain).drop("ingest_id"))
    rejects = [path for _, path in whole.lake.blobs if path.startswith("rejects/")]
    for path in rejects:
        taken = path.replace(plain.id, ingest.id)
        assert stamp.pipeline.lake.blobs["harbor", taken] == whole.lake.blobs["harbor", path]
    assert stamp.held == []


async def test_a_bundle_of_an_archive_is_of_the_courses_that_its_members_name(
    district: District, stamp: Stamp
) -> None:
    archive = packed({f"Grades-{course}.csv": gradebook().decode() for course in ("ALG", "BIO")})

    ingest = await stamp.send(await district.bundle("all.zip", archive))

    assert (ingest.state, ingest.failure) == (IngestState.WORKED, None)
    assert set(stamp.pipeline.facts(ingest)["course"]) == {"ALG", "BIO"}


async def test_a_direct_upload_is_refused_before_anything_is_written(stamp: Stamp) -> None:
    with pytest.raises(Forbidden):
        await stamp.send(attempts()[0], way=Way.SAS)

    assert not stamp.pipeline.ingests.documents


@pytest.mark.parametrize("way", [Way.SAS, Way.SFTP, Way.MAIL])
async def test_a_file_that_was_granted_before_the_policy_is_put_aside(stamp: Stamp, way: Way) -> None:
    stamp.pipeline.rules.direct = True
    ingest_id = await stamp.pipeline.upload("attempts.csv", attempts()[0], way=way)
    stamp.pipeline.rules.direct = False

    await stamp.settle()

    await assert_put_aside(stamp, await stamp.ingest(ingest_id), "direct-upload")


async def test_a_bundle_is_taken_from_a_tenant_that_takes_files_too(district: District, stamp: Stamp) -> None:
    stamp.pipeline.rules.direct = True

    ingest = await stamp.send(await district.bundle("attempts.csv", attempts()[0]))

    assert ingest.state is IngestState.WORKED


async def test_a_plain_file_in_the_place_of_a_bundle_is_unsigned(stamp: Stamp) -> None:
    await assert_put_aside(stamp, await stamp.send(attempts()[0]), "unsigned-bundle")


async def test_a_truncated_bundle_is_damaged_and_the_whole_one_is_taken_afterwards(
    district: District, stamp: Stamp
) -> None:
    bundle = await district.bundle("attempts.csv", attempts()[0])

    await assert_put_aside(stamp, await stamp.send(bundle[:-100]), "damaged-bundle")

    assert (await stamp.send(bundle)).state is IngestState.WORKED


async def test_a_bundle_signed_by_a_key_that_is_not_registered_is_foreign(
    district: District, stamp: Stamp
) -> None:
    manifest, contents = await district.pack("attempts.csv", attempts()[0])
    stranger = District()

    await assert_put_aside(
        stamp, await stamp.send(bound(manifest, contents, stranger.key)), "foreign-signature"
    )


async def test_a_revoked_appliance_is_a_stranger(district: District, stamp: Stamp) -> None:
    stamp.pipeline.rules.appliances.clear()

    ingest = await stamp.send(await district.bundle("attempts.csv", attempts()[0]))

    await assert_put_aside(stamp, ingest, "foreign-signature")


async def test_a_bundle_of_another_tenant_is_refused_even_when_its_appliance_is_registered_here(
    stamp: Stamp,
) -> None:
    lakeside = District(tenant="lakeside")
    bundle = await lakeside.bundle("attempts.csv", attempts()[0])
    await assert_put_aside(stamp, await stamp.send(bundle), "foreign-signature")

    stamp.register(lakeside)
    ingest = await stamp.send(bundle)

    assert ingest.failure is not None
    assert ingest.failure.code == "foreign-tenant"
    assert not stamp.pipeline.lake.blobs
    assert not stamp.pipeline.chains.taken


def raw_names(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(learner=pl.lit("0000123"))


def no_learner(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(learner=pl.lit(None, dtype=pl.String))


def one_more_column(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(name=pl.lit("Ada"))


def other_records(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.with_columns(pl.col("record") + 100_000)


def fewer(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.head(1)


def with_facts(
    manifest: BundleManifest, contents: Contents, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> BundleManifest:
    """Change the facts of the last chunk, and what the manifest says of them but for their number."""
    n = len(manifest.chunks) - 1
    chunk = manifest.chunks[n]
    assert chunk.facts is not None
    out = io.BytesIO()
    change(pl.read_parquet(contents[facts_name(n)])).write_parquet(out)
    contents[facts_name(n)] = out.getvalue()
    stated = PackedFacts(rows=chunk.facts.rows, **Content.of(out.getvalue()).model_dump())
    changed = chunk.model_copy(update={"facts": stated})
    return manifest.model_copy(update={"chunks": (*manifest.chunks[:n], changed)})


@pytest.mark.parametrize("change", [raw_names, no_learner, one_more_column, other_records, fewer])
async def test_a_genuine_bundle_that_does_not_hold_what_it_may_is_unsound(
    district: District, stamp: Stamp, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    district.chunk_bytes = 10**6
    manifest, contents = await district.pack("attempts.csv", attempts()[0])
    manifest = with_facts(manifest, contents, change)

    await assert_put_aside(stamp, await stamp.send(bound(manifest, contents, district.key)), "unsound-bundle")


@pytest.mark.parametrize("content", [b"x", b"PAR1" * 50, b"PAR1" + b"\xff" * 400 + b"PAR1"])
async def test_genuine_facts_and_rejects_that_cannot_be_read_are_unsound(
    district: District, stamp: Stamp, content: bytes
) -> None:
    district.chunk_bytes = 10**6
    manifest, contents = await district.pack("attempts.csv", attempts()[0])
    (chunk,) = manifest.chunks
    assert chunk.facts is not None
    stated = Content.of(content).model_dump()
    without: dict[str, object] = {"reject_counts": {}, "rejects": None}
    for changes in (
        {"facts": PackedFacts(rows=chunk.facts.rows, **stated)},
        {"rejects": Content(**stated)},
        {**without, "facts": PackedFacts(rows=chunk.facts.rows, **stated)},
    ):
        changed = manifest.model_copy(update={"chunks": (chunk.model_copy(update=changes),)})
        filled = {name: contents.get(name, content) for name, _ in changed.contents()}
        for name, it in changed.contents():
            if it.sha256 == stated["sha256"]:
                filled[name] = content
        ingest = await stamp.send(bound(changed, filled, district.key))
        assert ingest.failure is not None
        assert ingest.failure.code == "unsound-bundle"
        manifest = manifest.model_copy(
            update={"serial": manifest.serial + 1, "previous": digest_of(changed.to_bytes())}
        )
    assert not stamp.pipeline.lake.blobs


@pytest.mark.parametrize(
    "wrong", [{"source": "../../elsewhere"}, {"targets": ()}, {"records": 1}, {"serial": 2}]
)
async def test_a_genuine_manifest_that_the_engine_would_never_write_is_refused(
    district: District, stamp: Stamp, wrong: dict[str, object]
) -> None:
    manifest, contents = await district.pack("attempts.csv", attempts()[0])

    ingest = await stamp.send(bound(manifest.model_copy(update=wrong), contents, district.key))

    await assert_put_aside(stamp, ingest, "unsound-bundle")


async def test_the_records_of_a_bundle_are_in_the_district_and_not_to_be_shown(
    district: District, stamp: Stamp
) -> None:
    ingest = await stamp.send(await district.bundle("attempts.csv", attempts()[0]))
    it = stamp.pipeline

    with pytest.raises(NotFound, match="in the district"):
        await Lineage(it.ingests, it.blobs, it.lake).origin(it.scope, ingest.id, 0, 2)


@pytest.mark.parametrize("damage", [0, 1])
async def test_a_bundle_comes_to_its_end_wherever_the_power_is_cut(district: District, damage: int) -> None:
    bundle = await district.bundle("attempts.csv", attempts(rows=30)[0])

    async def scenario(power: Power) -> None:
        stamp = Stamp(district)
        content = bundle[: len(bundle) - damage]
        ingest_id = await stamp.pipeline.upload("harbor.bundle.zip", content, way=Way.APPLIANCE)
        stamp.powered_by(power)
        await stamp.settle()
        ingest = await stamp.ingest(ingest_id)
        if damage:
            await assert_put_aside(stamp, ingest, "damaged-bundle")
        else:
            assert (ingest.state, ingest.failure) == (IngestState.WORKED, None)
            assert len(stamp.pipeline.chains.taken["harbor", district.appliance.id]) == 1

    assert await at_every_crash_point(scenario) > 2
