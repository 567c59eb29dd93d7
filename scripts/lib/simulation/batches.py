"""The files of one feed in the order in which they are sent, and what the tables hold in the end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.lib.simulation.deliveries import delivered
from scripts.lib.simulation.settling import Settling
from scripts.lib.simulation.wishes import Wish
from scripts.lib.simulation.writing import Written, write, write_counts
from shared.ingestion.mapping import feed as feeds
from shared.ingestion.table_names import TableName


@dataclass(frozen=True, slots=True)
class Batch:
    """Files of a feed. `finals` are the Parquet files with the rows of each table in the end."""

    mapping: feeds.Mapping
    files: Sequence[Written]
    finals: Mapping[TableName, Path]


def write_batch(
    mapping: feeds.Mapping,
    wishes: Iterable[Wish],
    deliveries: tuple[str, ...],
    folder: Path,
    tell: Callable[[Written], None],
) -> Batch:
    """Write the files of a feed, each with those that go wrong after it: `KIND-N/FAULT/NAME`."""
    settling, files = Settling(folder), list[Written]()
    folder.mkdir(parents=True, exist_ok=True)
    for wish in wishes:
        kind = wish.single.name if wish.single else "bundle"
        for fault, one in delivered(wish, deliveries):
            written = write(one, folder / f"{kind}-{wish.series}" / fault)
            settling.take(written)
            write_counts(written)
            files.append(written)
            tell(written)
    return Batch(mapping, files, settling.write_final())
