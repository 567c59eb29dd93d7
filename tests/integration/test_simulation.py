"""What the simulator sends by every way in comes, on the whole local cloud, to its truth to the row."""

from pathlib import Path

import polars as pl
import pytest

from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.running import Pace, Plan, run
from scripts.lib.simulation.sending import WAYS
from scripts.lib.simulation.wishes import Wish, all_singles
from scripts.lib.simulation.writing import write
from shared.ingestion.catalogue import Catalogue
from tests.fixtures.local_cloud import RunningCloud

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(240)]

FEEDS = ("attempts", "powerschool-test-scores", "canvas-data-2")


async def test_files_of_every_way_in_come_to_their_truth(cloud: RunningCloud, tmp_path: Path) -> None:
    wishes = [
        Wish(mapping=mapping, parts=(part,), rows=60, seed=3, faults=tuple(RECORD_FAULTS))
        for mapping in Catalogue.built_in().newest
        if mapping.id in FEEDS
        for part in all_singles(mapping)[:1]
    ]
    files = [write(wish, tmp_path / wish.mapping.id) for wish in wishes]
    plan = Plan("simulated-district", WAYS, Pace(6000), check=True)

    assert len(files) == len(WAYS)
    assert await run(files, plan, cloud.options) == 0


async def test_a_wrong_truth_is_found(cloud: RunningCloud, tmp_path: Path) -> None:
    mapping = Catalogue.built_in().get("attempts", 1)
    written = write(Wish(mapping=mapping, parts=mapping.parts, rows=20, seed=4), tmp_path)
    facts = pl.read_parquet(path := written.notes.facts(mapping.parts[0].name))
    facts.with_columns(section=pl.lit("another")).write_parquet(path)
    plan = Plan("simulated-wrongly", WAYS[:1], Pace(6000), check=True)

    assert await run([written], plan, cloud.options) == 1
