"""What the simulator writes for each feed of the catalogue is read back exactly as its truth says."""

import io
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.simulation.drafts import Drawing
from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.files import write_file
from scripts.lib.simulation.forms import lay
from scripts.lib.simulation.notes import MemoryNotes
from scripts.lib.simulation.structures import STRUCTURES
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.truth import FileTruth
from scripts.lib.simulation.wishes import (
    Container,
    Wish,
    all_singles,
    all_tables,
    containers_of,
    encodings_of,
)
from shared.ingestion.loads import Load
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part
from tests.fixtures.inspections import Inspected, inspect_bytes

SINGLES = [(mapping, part) for mapping in Catalogue.built_in().newest for part in all_singles(mapping)]
KINDS = [pytest.param(mapping, part, id=f"{mapping.id}-{part.name}") for mapping, part in SINGLES]
DOCUMENTS = [
    pytest.param(mapping, part, container, way, id=f"{mapping.id}-{part.name}-{container}-{way}")
    for mapping, part in SINGLES
    for container in containers_of((part,))
    for way in range(len(STRUCTURES.get(container, ())))
]
BUNDLES = [pytest.param(one, id=one.id) for one in Catalogue.built_in().newest if len(one.parts) > 1]
TABLES = [(mapping, parts) for mapping in Catalogue.built_in().newest for parts in all_tables(mapping)]
STYLES = {
    "plain": Style(),
    "windows": Style(line_end="\r\n", bom=True, blank_lines=True),
    "decimal-comma": Style(separator=";", decimal=",", translated=True),
    "full": Style(points=True, posting=True, totals=True, appended=1, repeated_labels=True),
}
ROWS = 60


def faults_of(mapping: Mapping, part: Part) -> Iterator[str]:
    """Yield the faults that some record of a part can have; sown elsewhere, they leave a file without any."""
    form, random = lay(mapping, part, Style(points=True), "any", 7), Random(7)  # noqa: S311 - not a secret
    drafts = list(Drawing(form, random).records(0, ROWS))
    for name, fault in RECORD_FAULTS.items():
        if any(fault.spoil(form, draft, random) for draft in drafts):
            yield name


FAULTS = [
    pytest.param(mapping, part, fault, id=f"{mapping.id}-{part.name}-{fault}")
    for mapping, part in SINGLES
    for fault in faults_of(mapping, part)
]


def wish_of(mapping: Mapping, part: Part) -> Wish:
    return Wish(mapping=mapping, parts=(part,), rows=ROWS, seed=7, style=Style(points=True))


async def assert_read_back(wish: Wish) -> tuple[FileTruth, Inspected]:
    """Compare counts, each reject with its place, each fact with its lineage, and what is left unread."""
    out, notes = io.BytesIO(), MemoryNotes()
    truth = write_file(wish, out, notes)
    read = await inspect_bytes(out.getvalue(), truth.name, chunk_bytes=6000, read_bytes=1500)
    assert (read.found.refused, read.found.feed) == (None, truth.feed)
    assert read.found.counts is not None
    assert (read.found.counts.records, read.found.counts.facts) == (truth.records, truth.facts)
    for member in truth.members:
        found = [one for one in read.records if one["member"] == member.name and one["code"] is not None]
        rejects = [(reject.record, reject.byte, reject.code.value) for reject in notes.rejects[member.part]]
        assert [(one["record"], one["byte"], one["code"]) for one in found] == rejects
        expected = notes.facts(member.part, member.table)
        facts = [frame for frame in read.facts if not frame.is_empty() and frame["member"][0] == member.name]
        parts = [frame.select(expected.columns) for frame in facts]
        assert (pl.concat(parts) if parts else expected.clear()).rows() == expected.rows()
    warned = " ".join(read.found.warnings)
    assert [name for name in truth.unread if name not in warned] == []
    return truth, read


@pytest.mark.parametrize(("mapping", "part"), KINDS)
@pytest.mark.parametrize("style", STYLES)
async def test_a_file_without_faults_is_read_as_it_was_meant(
    mapping: Mapping, part: Part, style: str
) -> None:
    await assert_read_back(replace(wish_of(mapping, part), style=STYLES[style]))


@pytest.mark.parametrize(("mapping", "part", "fault"), FAULTS)
async def test_records_with_a_fault_come_to_what_the_truth_says(
    mapping: Mapping, part: Part, fault: str
) -> None:
    # By this seed each of the faults comes into each of its files.
    truth, _ = await assert_read_back(replace(wish_of(mapping, part), faults=(fault,), seed=17))
    assert truth.rejects_in_all or fault == "quoted-newline"


@pytest.mark.parametrize(("mapping", "part"), KINDS)
async def test_a_mixture_of_faults_comes_to_what_the_truth_says(mapping: Mapping, part: Part) -> None:
    await assert_read_back(replace(wish_of(mapping, part), faults=tuple(RECORD_FAULTS)))


@pytest.mark.parametrize(("mapping", "part", "container", "way"), DOCUMENTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_objects_come_as_the_records_of_documents_too(
    mapping: Mapping, part: Part, container: Container, way: int, encoding: str
) -> None:
    style = Style(encoding=encoding, bom=True, blank_lines=True, line_end="\r\n")
    wish = replace(wish_of(mapping, part), rows=200, container=container, seed=way, style=style)

    truth, read = await assert_read_back(replace(wish, faults=tuple(RECORD_FAULTS)))

    assert read.found.container == container
    assert truth.rejects_in_all


@pytest.mark.parametrize("mapping", BUNDLES)
@pytest.mark.parametrize("load", [None, Load.SNAPSHOT])
async def test_every_table_of_a_bundle_is_read_and_every_other_member_reported(
    mapping: Mapping, load: Load | None
) -> None:
    wish = Wish(
        mapping=mapping,
        parts=mapping.parts,
        rows=ROWS,
        seed=5,
        container="zip",
        load=load,
        surprises=True,
        faults=tuple(RECORD_FAULTS),
    )
    truth, read = await assert_read_back(wish)

    assert {member.part for member in truth.members} == {part.name for part in mapping.parts}
    if load and any(mapping.loads) | (mapping.manifest is not None):
        assert {member.match.load for member in read.found.members if member.match} == {load}


@st.composite
def packed(draw: st.DrawFn) -> Wish:
    """Draw a file in any container and encoding that its feed takes."""
    mapping, parts = draw(st.sampled_from(TABLES))
    style = Style(
        encoding=draw(st.sampled_from(encodings_of(mapping))),
        bom=draw(st.booleans()),
        line_end=draw(st.sampled_from(("\n", "\r\n"))),
        points=True,
        translated=draw(st.booleans()),
    )
    return Wish(
        mapping=mapping,
        parts=parts,
        rows=30,
        seed=draw(st.integers(0, 1 << 20)),
        style=style,
        faults=draw(st.sampled_from(((), tuple(RECORD_FAULTS)))),
        container=draw(st.sampled_from(containers_of(parts))),
    )


@given(packed())
@settings(max_examples=25, deadline=None)
async def test_a_file_is_read_alike_in_every_container_and_encoding(wish: Wish) -> None:
    await assert_read_back(wish)
