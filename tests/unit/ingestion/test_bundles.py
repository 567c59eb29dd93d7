"""The form of bundles: ordinary archives, in which no byte can change without being found out and named."""

import io
import json
import zipfile

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.demo_files import write_attempts
from shared.ingestion.bundles.framing import LARGEST_ARCHIVE, Entry, Frame
from shared.ingestion.bundles.manifest import LARGEST_CONTENT, MANIFEST, SIGNATURE
from shared.ingestion.bundles.opening import OpenBundle, check_contents, open_bundle
from shared.ingestion.bundles.refusals import BundleRefused
from shared.ingestion.bundles.signing import sign
from tests.fixtures.appliances import District, MemoryFile, bound, members, rearranged

DISTRICT = District(key=Ed25519PrivateKey.from_private_bytes(b"d" * 32))
CHANGED = {"unsigned-bundle", "damaged-bundle", "foreign-signature"}


def attempts(seed: int = 1, rows: int = 40) -> bytes:
    out = io.BytesIO()
    write_attempts(out, seed=seed, rows=rows, courses=["alg", "bio"])
    return out.getvalue()


async def opened(bundle: bytes, tenant: str = "harbor", district: District = DISTRICT) -> OpenBundle:
    file = MemoryFile("harbor.bundle.zip", bundle)
    found = await open_bundle(file, tenant, [district.public])
    await check_contents(file, found)
    return found


async def refusal(bundle: bytes, tenant: str = "harbor", district: District = DISTRICT) -> str:
    with pytest.raises(BundleRefused) as refused:
        await opened(bundle, tenant, district)
    return refused.value.code


@pytest.fixture
async def bundle() -> bytes:
    district = District(key=DISTRICT.key)
    return await district.bundle("attempts.csv", attempts() + b"x,ragged\n")


async def test_a_bundle_is_an_archive_that_any_tool_opens_and_that_names_nobody(bundle: bytes) -> None:
    found = await opened(bundle)

    with zipfile.ZipFile(io.BytesIO(bundle)) as archived:
        assert archived.testzip() is None
        names = archived.namelist()
    assert names[:2] == [MANIFEST, SIGNATURE]
    assert names[2:] == [name for name, _ in found.manifest.contents()]
    assert any(name.startswith("rejects/") for name in names)
    facts = [pl.read_parquet(content) for name, content in members(bundle) if name.startswith("facts/")]
    named = set(pl.concat(facts).select(pl.col(pl.String)).unpivot()["value"])
    learners = {line.split(b",")[0].decode() for line in attempts().splitlines()[1:]} - {""}
    assert len(learners) > 5
    assert not learners & named


@pytest.fixture(scope="module")
async def small() -> bytes:
    """A bundle for every example to damage."""
    return await District(key=DISTRICT.key).bundle("attempts.csv", attempts(rows=12))


@settings(max_examples=150)
@given(data=st.data())
async def test_any_changed_byte_is_found_and_named(small: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(small) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = small[:at] + bytes([small[at] ^ 1 << bit]) + small[at + 1 :]

    assert await refusal(changed) in CHANGED


@settings(max_examples=100)
@given(data=st.data())
async def test_any_truncation_and_any_addition_is_found_and_named(small: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(small) - 1))

    assert await refusal(small[:end]) in CHANGED
    assert await refusal(small + small[end:]) == "damaged-bundle"


async def test_members_in_another_order_or_other_members_are_damage(bundle: bytes) -> None:
    first, second, *rest = members(bundle)

    assert await refusal(rearranged([first, second, *reversed(rest)])) == "damaged-bundle"
    assert await refusal(rearranged([first, second, *rest[:-1]])) == "damaged-bundle"
    assert await refusal(rearranged([first, second, *rest, ("more", b"x")])) == "damaged-bundle"
    assert await refusal(rearranged([second, first, *rest])) == "unsigned-bundle"
    assert rearranged([first, second, *rest]) == bundle


async def test_a_genuine_bundle_of_more_than_its_form_holds_is_refused_before_it_is_read() -> None:
    manifest, _ = await District(key=DISTRICT.key).pack("attempts.csv", attempts())
    (chunk, *_), most = manifest.chunks, LARGEST_ARCHIVE // LARGEST_CONTENT + 1
    assert chunk.facts is not None
    large = chunk.model_copy(update={"facts": chunk.facts.model_copy(update={"size": LARGEST_CONTENT})})
    update = {"chunks": (large,) * most, "records": large.records * most}

    data = manifest.model_copy(update=update).to_bytes()
    signature = sign(data, DISTRICT.key)
    opening = [(MANIFEST, data), (SIGNATURE, signature)]

    assert await refusal(rearranged(opening)) == "damaged-bundle"


@pytest.mark.parametrize(
    ("entries", "fits"),
    [
        ([Entry("a", 5, 1), Entry("bcd", 7, 2)], True),
        ([Entry(f"{n:02}", LARGEST_CONTENT, 1) for n in range(63)], True),
        ([Entry(f"{n:02}", LARGEST_CONTENT, 1) for n in range(64)], False),
        ([Entry("a", 1, 1)] * (2**16 - 1), True),
        ([Entry("a", 1, 1)] * 2**16, False),
    ],
)
def test_the_size_of_a_frame_is_known_also_where_its_form_does_not_hold_it(
    entries: list[Entry], *, fits: bool
) -> None:
    frame = Frame(tuple(entries))

    assert frame.fits is fits
    if fits:
        assert frame.size == frame.ends[-1] + len(frame.directory)


async def test_a_bundle_without_a_signature_is_unsigned(bundle: bytes) -> None:
    first, _, *rest = members(bundle)

    assert await refusal(rearranged([first, *rest])) == "unsigned-bundle"
    assert await refusal(attempts()) == "unsigned-bundle"
    assert await refusal(b"") == "unsigned-bundle"


async def test_a_bundle_signed_by_another_key_is_foreign() -> None:
    manifest, contents = await District(key=DISTRICT.key).pack("attempts.csv", attempts())
    thief = Ed25519PrivateKey.generate()

    assert await refusal(bound(manifest, contents, thief)) == "foreign-signature"


async def test_a_manifest_that_was_changed_with_its_checksums_is_foreign(bundle: bytes) -> None:
    (name, manifest), second, *rest = members(bundle)
    changed = json.loads(manifest) | {"records": 1}

    altered = rearranged([(name, json.dumps(changed).encode()), second, *rest])

    assert await refusal(altered) == "foreign-signature"


async def test_a_bundle_for_another_tenant_or_of_another_appliance_is_foreign(bundle: bytes) -> None:
    assert await refusal(bundle, tenant="lakeside") == "foreign-tenant"
    manifest, contents = await District(key=DISTRICT.key).pack("attempts.csv", attempts())
    posing = manifest.model_copy(update={"appliance": "0" * 32})
    assert await refusal(bound(posing, contents, DISTRICT.key)) == "foreign-tenant"


async def test_a_genuine_manifest_that_does_not_add_up_is_unsound() -> None:
    manifest, contents = await District(key=DISTRICT.key).pack("attempts.csv", attempts())
    for wrong in ({"records": manifest.records + 1}, {"previous": "0" * 64}, {"members": ()}):
        changed = manifest.model_copy(update=wrong)
        assert await refusal(bound(changed, contents, DISTRICT.key)) == "unsound-bundle"
