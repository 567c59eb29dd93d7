"""Writes files of every feed as a district would send them, with seeded faults, and the truth beside them.

Needs no services. The same seed gives the same bytes. Each kind of table has a folder. Beside each file lie
`NAME.truth.json`, with its counts and every record that must be rejected, and `NAME.PART.parquet` with every
fact in the order of the file.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import polars as pl

from scripts.lib.complaints import complain
from scripts.lib.simulation.faults import RECORD_FAULTS
from scripts.lib.simulation.files import Wish, all_singles, file_name, write_file
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.truth import FileTruth
from shared.ingestion.catalogue import Catalogue
from shared.ingestion.tables import TABLES

_ROWS = 200


def main(arguments: Sequence[str]) -> int:
    """Write the files and return the exit status."""
    wish = _parse(arguments)
    try:
        for one in _wishes(wish):
            _write(one, wish.out / one.mapping.id / one.parts[0].name)
    except OSError as error:
        complain(error)
        return 2
    return 0


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
        help=f"1 to 100 times {_ROWS} rows in a file",
    )
    parser.add_argument(
        "--faults",
        type=_faults,
        default=list(RECORD_FAULTS),
        metavar="all|none|NAME,…",
        help="; ".join(f"{fault.name}: {fault.says}" for fault in RECORD_FAULTS.values()),
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other files")
    return parser.parse_args(arguments)


def _names(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"not known: {', '.join(sorted(unknown))}")
        return names

    return read


def _faults(text: str) -> list[str]:
    plain = {"all": list(RECORD_FAULTS), "none": list[str]()}
    return plain[text] if text in plain else _names(list(RECORD_FAULTS))(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("not a whole number from 1")
    return int(text)


def _multiplier(text: str) -> int:
    count = _count(text)
    if count > 100:
        raise argparse.ArgumentTypeError("at most 100")
    return count


def _wishes(wish: argparse.Namespace) -> Iterator[Wish]:
    """Yield the files to write, each in a style of its own."""
    for mapping in Catalogue.built_in().newest:
        if mapping.id not in wish.feeds:
            continue
        for part in all_singles(mapping):
            for n in range(wish.files):
                random = Random(f"{wish.seed} {mapping.id} {part.name} {n}")  # noqa: S311 - not a secret
                yield Wish(
                    mapping=mapping,
                    parts=(part,),
                    rows=_ROWS * wish.multiplier,
                    seed=random.getrandbits(32),
                    series=n,
                    style=_style(random),
                    faults=tuple(wish.faults),
                )


def _style(random: Random) -> Style:
    commas = random.random() < 0.3
    return Style(
        separator=";" if commas else None,
        decimal="," if commas else ".",
        line_end=random.choice(("\n", "\r\n")),
        bom=random.random() < 0.2,
        translated=random.random() < 0.3,
        points=True,
        posting=random.random() < 0.5,
        totals=random.random() < 0.5,
        appended=random.choice((0, 0, 0, 1)),
        blank_lines=random.random() < 0.1,
    )


def _write(wish: Wish, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(wish).text
    with (folder / name).open("wb") as out:
        truth = write_file(wish, out)
    text = json.dumps(truth.as_json(), ensure_ascii=False, indent=1)
    (folder / f"{name}.truth.json").write_text(text, encoding="utf-8")
    _write_facts(truth, folder)
    print(
        f"{truth.feed}  {name}  {truth.records} records, {truth.facts} facts, {truth.rejects_in_all} rejects"
    )


def _write_facts(truth: FileTruth, folder: Path) -> None:
    for member in truth.members:
        table = TABLES[member.table]
        names = {*table.from_record, "member"}
        schema = {name: kind for name, kind in table.schema.items() if name in names}
        facts = pl.DataFrame(member.facts, schema=schema, orient="row")
        facts.write_parquet(folder / f"{truth.name}.{member.part}.parquet")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
