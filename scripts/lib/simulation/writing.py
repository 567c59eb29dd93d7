"""Writes simulated files into folders, each with its truth beside it."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scripts.lib.simulation.files import Wish, file_name, write_file
from scripts.lib.simulation.truth import FileTruth
from shared.ingestion.tables import TABLES


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, with the truth about it."""

    wish: Wish
    path: Path
    truth: FileTruth


def write(wish: Wish, folder: Path) -> Written:
    """Write a file into a folder, and its truth beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(wish).text
    with (folder / name).open("wb") as out:
        truth = write_file(wish, out)
    text = json.dumps(truth.as_json(), ensure_ascii=False, indent=1)
    (folder / f"{name}.truth.json").write_text(text, encoding="utf-8")
    _write_facts(truth, folder)
    return Written(wish, folder / name, truth)


def _write_facts(truth: FileTruth, folder: Path) -> None:
    for member in truth.members:
        table = TABLES[member.table]
        names = {*table.from_record, "member"}
        schema = {name: kind for name, kind in table.schema.items() if name in names}
        facts = pl.DataFrame(member.facts, schema=schema, orient="row")
        facts.write_parquet(folder / f"{truth.name}.{member.part}.parquet")
