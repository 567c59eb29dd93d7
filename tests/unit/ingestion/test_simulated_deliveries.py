"""Whatever goes wrong with whole files, the tables end as the simulator says that they must."""

from pathlib import Path

import polars as pl
import pytest

from scripts.lib.simulation.deliveries import DELIVERY_FAULTS, delivered
from scripts.lib.simulation.finals import unlike_final
from scripts.lib.simulation.settling import Settling
from scripts.lib.simulation.structures import STRUCTURES
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.wishes import Container, Wish, all_tables, containers_of
from scripts.lib.simulation.writing import write
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part
from shared.ingestion.model import IngestState
from tests.fixtures.ingestion import KEY
from tests.fixtures.whole_runs import WholeRun

TABLES = [
    pytest.param(
        mapping,
        parts,
        container,
        id=f"{mapping.id}-{parts[0].name if len(parts) == 1 else 'bundle'}-{container}",
    )
    for mapping in Catalogue.built_in().newest
    for parts in all_tables(mapping)
    for at, container in enumerate(containers_of(parts))
    if at == 0 or container in STRUCTURES
]
ROWS = 30


def sound(mapping: Mapping, parts: tuple[Part, ...], container: Container) -> Wish:
    return Wish(
        mapping=mapping, parts=parts, rows=ROWS, seed=3, style=Style(points=True), container=container
    )


@pytest.mark.parametrize(("mapping", "parts", "container"), TABLES)
async def test_the_tables_end_as_they_must_whatever_goes_wrong_with_files(
    mapping: Mapping, parts: tuple[Part, ...], container: Container, tmp_path: Path
) -> None:
    settling, district = Settling(tmp_path), WholeRun()
    ends = {}
    for fault, wish in delivered(sound(mapping, parts, container), tuple(DELIVERY_FAULTS)):
        written = write(wish, tmp_path / fault)
        settling.take(written)
        ingest = await district.send(written.truth.name, written.path.read_bytes())
        code = ingest.failure.code if ingest.failure else None
        assert (fault, code) == (fault, written.truth.failure)
        assert (ingest.state is IngestState.DUPLICATE) == written.truth.repeats, fault
        ends[fault] = ingest.state

    assert ends["empty"] is IngestState.FAILED
    for table, path in settling.write_final().items():
        final = pl.read_parquet(path)
        assert unlike_final(district.live(table), final, table, KEY, mapping.system) == []
