"""Keeps the truth about single records: in memory for a small file, in Parquet files for any other."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import polars as pl

from scripts.lib.simulation.drafts import Row
from scripts.lib.simulation.lines import RejectedRecord
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES

REJECTS: Final = pl.Schema(
    {"record": pl.Int64(), "byte": pl.Int64(), "code": pl.String(), "column": pl.String()}
)
ROWS_AT_ONCE: Final = 5_000
"""Rows held in memory, and of a row group."""


def fact_schema(table: TableName) -> pl.Schema:
    """Return the columns of a table that a file states, with the member that states them."""
    names = {*TABLES[table].from_record, "member"}
    return pl.Schema({name: kind for name, kind in TABLES[table].schema.items() if name in names})


def _of(reject: RejectedRecord) -> Row:
    return {
        "record": reject.record,
        "byte": reject.byte,
        "code": reject.code.value,
        "column": reject.column,
    }


@dataclass(slots=True)
class MemoryNotes:
    """Keeps everything, by part."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    rejects: dict[str, list[RejectedRecord]] = field(default_factory=lambda: defaultdict(list))
    tables: dict[str, TableName] = field(default_factory=dict)

    def fact(self, part: str, table: TableName, row: Row) -> None:
        """Keep a fact."""
        self.tables[part] = table
        self.rows[part].append(row)

    def reject(self, part: str, reject: RejectedRecord) -> None:
        """Keep a reject."""
        self.rejects[part].append(reject)

    def facts(self, part: str, table: TableName) -> pl.DataFrame:
        """Return the facts of a part."""
        return pl.DataFrame(self.rows[part], schema=fact_schema(table), orient="row")


class NoteFiles:
    """The Parquet files beside a sent file: `NAME.PART.parquet` and `NAME.PART.rejects.parquet`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def facts(self, part: str) -> Path:
        """Return where the facts of a part lie."""
        return self._path.with_name(f"{self._path.name}.{part}.parquet")

    def rejects(self, part: str) -> Path:
        """Return where the rejects of a part lie."""
        return self._path.with_name(f"{self._path.name}.{part}.rejects.parquet")


class ParquetNotes:
    """Writes notes into Parquet files, in memory bounded by `ROWS_AT_ONCE` rows of each."""

    def __init__(self, path: Path, parts: Mapping[str, TableName]) -> None:
        files = NoteFiles(path)
        self._facts = {part: _Rows(files.facts(part), fact_schema(table)) for part, table in parts.items()}
        self._rejects = {part: _Rows(files.rejects(part), REJECTS) for part in parts}

    def fact(self, part: str, _table: TableName, row: Row) -> None:
        """Write a fact."""
        self._facts[part].add(row)

    def reject(self, part: str, reject: RejectedRecord) -> None:
        """Write a reject."""
        self._rejects[part].add(_of(reject))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Complete the files, whatever became of the one that they are about."""
        for rows in (*self._facts.values(), *self._rejects.values()):
            rows.close()


class _Rows:
    """One Parquet file that grows by row groups. They are files of their own until it is complete."""

    def __init__(self, path: Path, schema: pl.Schema) -> None:
        self._path = path
        self._schema = schema
        self._pending: list[dict[str, Any]] = []
        self._groups: list[Path] = []

    def add(self, row: Row) -> None:
        """Take a row."""
        self._pending.append(row)
        if len(self._pending) >= ROWS_AT_ONCE:
            self._write(self._path.with_name(f"{self._path.name}.{len(self._groups)}"))

    def _write(self, path: Path) -> None:
        pl.DataFrame(self._pending, schema=self._schema, orient="row").write_parquet(path)
        self._pending.clear()
        self._groups.append(path)

    def close(self) -> None:
        """Join the row groups."""
        if not self._groups:
            self._write(self._path)
            return
        self._write(self._path.with_name(f"{self._path.name}.{len(self._groups)}"))
        pl.scan_parquet(self._groups).sink_parquet(self._path, row_group_size=ROWS_AT_ONCE)
        for group in self._groups:
            group.unlink()
