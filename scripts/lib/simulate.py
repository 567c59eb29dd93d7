"""Writes files of every feed as a district would send them, with seeded faults, and the truth beside them.

The same seed gives the same bytes: files of every kind of table and of bundles, in all containers and
encodings, each followed by files that go wrong as a whole. Beside each lie `NAME.truth.json` with its counts,
`NAME.PART.parquet` with every fact in order, and `NAME.PART.rejects.parquet` with every record that must be
rejected; `FEED/TABLE.final.parquet` is what a table must hold in the end.

With --tenant the files also go to the running local cloud, by every way in, at the rate asked for; with
--check what comes of each is compared with its truth, to the row, and so is what the tables hold in the end.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.options import PORT_BASE, Options, port_base
from scripts.lib.complaints import complain
from scripts.lib.connected import run_connected
from scripts.lib.simulation.batches import Batch, write_batch
from scripts.lib.simulation.deliveries import DELIVERY_FAULTS, delivered
from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.running import Pace, Plan, run
from scripts.lib.simulation.sending import WAYS
from scripts.lib.simulation.wishing import Order
from scripts.lib.simulation.writing import Written
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Way

_ROWS = 200


def main(arguments: Sequence[str]) -> int:
    """Write the files and return the exit status."""
    wish = _parse(arguments)
    try:
        batches = _written(wish)
        if wish.tenant is None:
            return 0
        plan = Plan(wish.tenant, wish.ways, Pace(wish.rate), wish.check)
        return run_connected(run(batches, plan, _cloud()))
    except OSError as error:
        complain(error)
        return 2


def _cloud() -> Options:
    """Return where the local cloud runs: TERMTIDE_PORTS_BASE moves it."""
    return Options(endpoints=Endpoints.at(port_base(os.environ))) if PORT_BASE in os.environ else Options()


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    feeds = [feed.id for feed in Catalogue.built_in().newest]
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write to")
    parser.add_argument("--feeds", type=_names(feeds), default=feeds, metavar="a,b", help="these feeds only")
    parser.add_argument("--files", type=_count, default=1, metavar="N", help="how many files of each table")
    parser.add_argument(
        "--multiplier",
        type=_multiplier,
        default=1,
        metavar="N",
        help="1 to 100 times the rows in each file",
    )
    parser.add_argument("--rows", type=_count, default=_ROWS, metavar="N", help=f"rows of a table, {_ROWS}")
    parser.add_argument(
        "--faults",
        type=_faults_of(RECORD_FAULTS),
        default=tuple(RECORD_FAULTS),
        metavar="all|none|NAME,…",
        help="of records. " + "; ".join(f"{fault.name}: {fault.says}" for fault in RECORD_FAULTS.values()),
    )
    parser.add_argument(
        "--deliveries",
        type=_faults_of(DELIVERY_FAULTS),
        default=tuple(DELIVERY_FAULTS),
        metavar="all|none|NAME,…",
        help="faults of whole files, each sent after a sound one. "
        + "; ".join(f"{fault.name}: {fault.says}" for fault in DELIVERY_FAULTS.values()),
    )
    parser.add_argument("--tenant", metavar="T", help="send the files as this tenant, made when not known")
    parser.add_argument(
        "--ways",
        type=_ways,
        default=list(WAYS),
        metavar="sas,sftp,mail",
        help="by which ways in they go, in turn",
    )
    parser.add_argument("--rate", type=_rate, default=60.0, metavar="N", help="files in a minute, default 60")
    parser.add_argument("--check", action="store_true", help="wait for each, and compare it with its truth")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other files")
    return parser.parse_args(arguments)


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"not known: {', '.join(sorted(unknown))}")
        return names

    return read


def _faults_of(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    plain = {"all": tuple(known), "none": tuple[str, ...]()}

    def read(text: str) -> tuple[str, ...]:
        return plain[text] if text in plain else tuple(_names(plain["all"])(text))

    return read


def _ways(text: str) -> list[Way]:
    return [Way(name) for name in _names([way.value for way in WAYS])(text)]


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 100_000:
        raise argparse.ArgumentTypeError("more than 0 and at most 100000")
    return rate


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("not a whole number from 1")
    return int(text)


def _multiplier(text: str) -> int:
    count = _count(text)
    if count > 100:
        raise argparse.ArgumentTypeError("at most 100")
    return count


def _written(wish: argparse.Namespace) -> list[Batch]:
    """Write the files, with a bar of those that are to come."""
    wishes = _order(wish).by_feed()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        total = sum(len([*delivered(one, wish.deliveries)]) for _, some in wishes for one in some)
        task = progress.add_task("writing", total=total)

        def tell(written: Written) -> None:
            progress.advance(task)
            sys.stdout.write(f"{_told(written, wish.out)}\n")

        return [
            write_batch(mapping, some, wish.deliveries, wish.out / mapping.id, tell)
            for mapping, some in wishes
        ]


def _order(wish: argparse.Namespace) -> Order:
    return Order(
        mappings=[mapping for mapping in Catalogue.built_in().newest if mapping.id in wish.feeds],
        files=wish.files,
        rows=wish.rows * wish.multiplier,
        seed=wish.seed,
        faults=wish.faults,
    )


def _told(written: Written, out: Path) -> str:
    truth = written.truth
    counts = f"{truth.records} records, {truth.facts} facts, {truth.rejects_in_all} rejects"
    end = truth.failure or ("says nothing new" if truth.repeats else counts)
    return f"{written.path.relative_to(out)}  {end}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
