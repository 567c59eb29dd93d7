"""What the simulator writes for each feed of the catalogue is read back exactly as its truth says."""

import io
from dataclasses import replace

import polars as pl
import pytest

from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.files import Wish, all_singles, write_file
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.truth import FileTruth
from shared.ingestion.catalogue import Catalogue
from shared.ingestion.mapping import Mapping, Part
from shared.ingestion.tables import TABLES
from tests.fixtures.inspections import Inspected, inspect_bytes

KINDS = [
    pytest.param(mapping, part, id=f"{mapping.id}-{part.name}")
    for mapping in Catalogue.built_in().newest
    for part in all_singles(mapping)
]
STYLES = {
    "plain": Style(),
    "windows": Style(line_end="\r\n", bom=True, blank_lines=True),
    "decimal-comma": Style(separator=";", decimal=",", translated=True),
    "full": Style(points=True, posting=True, totals=True, appended=1, repeated_labels=True),
}
ROWS = 120


def wish_of(mapping: Mapping, part: Part) -> Wish:
    return Wish(mapping=mapping, parts=(part,), rows=ROWS, seed=7, style=Style(points=True))


async def read_back(wish: Wish) -> tuple[FileTruth, Inspected]:
    out = io.BytesIO()
    truth = write_file(wish, out)
    return truth, await inspect_bytes(out.getvalue(), truth.name, chunk_bytes=4000)


def assert_equal(truth: FileTruth, read: Inspected) -> None:
    """Compare counts, each reject with its place, and each fact with its lineage."""
    (member,) = truth.members
    assert read.found.refused is None
    assert read.found.feed == truth.feed
    rejects = [
        (found["record"], found["byte"], found["code"]) for found in read.records if found["code"] is not None
    ]
    assert rejects == [(reject.record, reject.byte, reject.code.value) for reject in member.rejects]
    table = TABLES[member.table]
    schema = {name: kind for name, kind in table.schema.items() if name in {*table.from_record, "member"}}
    expected = pl.DataFrame(member.facts, schema=schema, orient="row")
    found = (
        pl.concat([frame.select(list(schema)) for frame in read.facts]) if read.facts else expected.clear()
    )
    assert found.rows() == expected.rows()


@pytest.mark.parametrize(("mapping", "part"), KINDS)
@pytest.mark.parametrize("style", STYLES)
async def test_a_file_without_faults_is_read_as_it_was_meant(
    mapping: Mapping, part: Part, style: str
) -> None:
    assert_equal(*await read_back(replace(wish_of(mapping, part), style=STYLES[style])))


@pytest.mark.parametrize(("mapping", "part"), KINDS)
@pytest.mark.parametrize("fault", RECORD_FAULTS)
async def test_records_with_a_fault_come_to_what_the_truth_says(
    mapping: Mapping, part: Part, fault: str
) -> None:
    assert_equal(*await read_back(replace(wish_of(mapping, part), faults=(fault,))))


@pytest.mark.parametrize(("mapping", "part"), KINDS)
@pytest.mark.parametrize("seed", range(3))
async def test_a_mixture_of_faults_comes_to_what_the_truth_says(
    mapping: Mapping, part: Part, seed: int
) -> None:
    assert_equal(*await read_back(replace(wish_of(mapping, part), faults=tuple(RECORD_FAULTS), seed=seed)))
