"""Tells what is in files as the pipeline would read them: prints one JSON object per file.

Needs no services and stores nothing. A refused file is an answer; the exit status is 2 when a path cannot be
read, or when something is wrong with the command.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Self

import polars as pl

from scripts.lib.connected import connected
from shared.ingestion.inspecting.inspector import Inspector
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.pseudonyms import tenant_key
from shared.kernel.errors import InvalidInput, TermtideError
from shared.kernel.ids import is_tenant_id
from shared.platform.disk.files import DiskFile
from shared.platform.disk.stage import DiskStage

_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    """Inspect the files and return the exit status."""
    wish = _parse(arguments)
    try:
        return asyncio.run(_inspect(wish))
    except TermtideError as error:
        return _failed(error)
    except BrokenPipeError:
        # Whoever reads the output has seen enough, as `head` has; nothing more is to be written at the exit.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/inspect", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--feed", choices=[feed.id for feed in Catalogue.built_in().newest], help="the only feed to try"
    )
    parser.add_argument(
        "--tenant",
        type=_tenant_id,
        help="name learners by their pseudonyms at this tenant, as its facts do; otherwise as the file does",
    )
    parser.add_argument("--facts", type=Path, metavar="OUT.parquet", help="write all canonical rows there")
    parser.add_argument(
        "--records",
        type=Path,
        metavar="OUT.jsonl",
        help="write every record of every table there, whether or not a feed matches",
    )
    return parser.parse_args(arguments)


def _tenant_id(text: str) -> str:
    if not is_tenant_id(text):
        raise argparse.ArgumentTypeError("not a tenant id")
    return text


async def _inspect(wish: argparse.Namespace) -> int:
    key = await _pseudonym_key(wish.tenant) if wish.tenant else None
    status = 0
    with ExitStack() as outputs:
        stage = outputs.enter_context(DiskStage())
        facts = outputs.enter_context(FactsFile(wish.facts)) if wish.facts else None
        records = outputs.enter_context(RecordsFile(wish.records)) if wish.records else None
        inspector = Inspector(
            feeds=_feeds(wish.feed),
            stage=stage,
            pseudonym_key=key,
            facts=facts.add if facts else None,
            records=records.add if records else None,
        )
        for path in wish.files:
            try:
                await _print(inspector, path)
            except InvalidInput as error:
                status = _failed(error)
    return status


async def _print(inspector: Inspector, path: Path) -> None:
    with DiskFile(path) as file:
        found = await inspector.inspect(file, str(path))
    print(json.dumps(found.as_json(), ensure_ascii=False), flush=True)


def _feeds(only: str | None) -> Sequence[Mapping]:
    return [feed for feed in Catalogue.built_in().newest if only in {None, feed.id}]


async def _pseudonym_key(tenant_id: str) -> bytes:
    # Settings name the file of secrets from the project's folder, which need not be the current one.
    with chdir(_ROOT):
        async with connected() as services:
            return tenant_key(await services.current_key("pseudonym"), tenant_id)


def _writable(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise InvalidInput.at(str(path), error.strerror or "cannot be written") from None


class RecordsFile:
    """A file of JSON lines that grows."""

    def __init__(self, path: Path) -> None:
        """Open the file; `InvalidInput` says why it can't be written."""
        self._file = _writable(path)

    def __enter__(self) -> Self:
        return self

    def add(self, lines: bytes) -> None:
        """Take the next lines."""
        self._file.write(lines)

    def __exit__(self, *_: object) -> None:
        self._file.close()


class FactsFile:
    """A Parquet file that grows by frames of facts in bounded memory: each is a part until the end.

    The facts of one table come in its schema; those of several have the columns of all, and `table` first.
    """

    def __init__(self, path: Path) -> None:
        """Check that the file can be written; `InvalidInput` says why not."""
        _writable(path).close()
        self._path = path
        self._parts = TemporaryDirectory(prefix="termtide-inspect-")
        self._tables: list[TableName] = []

    def __enter__(self) -> Self:
        return self

    def add(self, table: TableName, facts: pl.DataFrame) -> None:
        """Take the next facts of a table."""
        facts.write_parquet(self._part(len(self._tables)))
        self._tables.append(table)

    def __exit__(self, *_: object) -> None:
        tables = set(self._tables) or {TableName.RESULTS}
        with self._parts:
            parts = [pl.scan_parquet(self._part(n)) for n in range(len(self._tables))]
            if len(tables) == 1:
                every = pl.concat([pl.LazyFrame(schema=TABLES[tables.pop()].schema), *parts])
            else:
                named = zip(parts, self._tables, strict=True)
                every = pl.concat(
                    [part.select(pl.lit(table.value).alias("table"), pl.all()) for part, table in named],
                    how="diagonal",
                )
            every.sink_parquet(self._path)

    def _part(self, n: int) -> Path:
        return Path(self._parts.name) / f"{n:06d}.parquet"


def _failed(error: TermtideError) -> int:
    print(f"termtide: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
