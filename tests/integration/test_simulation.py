"""What the simulator sends by every way in comes, on the whole local cloud, to its truth to the row."""

from pathlib import Path

import polars as pl
import pytest

from scripts.lib.simulation.batches import Batch, write_batch
from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.running import Pace, Plan, run
from scripts.lib.simulation.sending import WAYS
from scripts.lib.simulation.wishes import Wish, all_tables, containers_of
from shared.ingestion.mapping.catalogue import Catalogue
from tests.fixtures.local_cloud import RunningCloud

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(240)]

FEEDS = ("attempts", "powerschool-test-scores", "oneroster-csv")
DELIVERIES = ("renamed", "too-few")


def batch_of(feed: str, folder: Path, deliveries: tuple[str, ...]) -> Batch:
    """Write a feed's last kind of file, a bundle where there is one, and what goes wrong after it."""
    mapping = Catalogue.built_in().get(feed, 1)
    *_, parts = all_tables(mapping)
    (container, *_), faults = containers_of(parts), tuple(RECORD_FAULTS)
    wish = Wish(mapping=mapping, parts=parts, rows=40, seed=3, faults=faults, container=container)
    return write_batch(mapping, [wish], deliveries, folder / feed, lambda _: None)


async def test_files_of_every_way_in_come_to_their_truth(cloud: RunningCloud, tmp_path: Path) -> None:
    batches = [batch_of(feed, tmp_path, DELIVERIES) for feed in FEEDS]
    plan = Plan("simulated-district", WAYS, Pace(6000), check=True)

    assert sum(len(batch.files) for batch in batches) >= len(WAYS)
    assert await run(batches, plan, cloud.options) == 0


@pytest.mark.parametrize("wrong", ["file", "final"])
async def test_a_wrong_truth_is_found(cloud: RunningCloud, tmp_path: Path, wrong: str) -> None:
    batch = batch_of("attempts", tmp_path, ())
    (written,), (final,) = batch.files, batch.finals.values()
    path = written.notes.facts(written.truth.members[0].part) if wrong == "file" else final
    pl.read_parquet(path).with_columns(section=pl.lit("another")).write_parquet(path)
    plan = Plan(f"simulated-wrong-{wrong}", WAYS[:1], Pace(6000), check=True)

    assert await run([batch], plan, cloud.options) == 1
