"""Works out what the tables of a district must hold when all that was sent has settled.

It is told the truth about one file after the other, in the order in which they are sent, and holds no more in
memory than one table of one source. What is there lies in Parquet files, a row for each key, tombstones too.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from scripts.lib.simulation.truth import MemberTruth
from scripts.lib.simulation.wishes import Wish, file_name
from scripts.lib.simulation.writing import Written
from shared.ingestion.loads import Load
from shared.ingestion.mapping.parts import Part
from shared.ingestion.table_names import TableName

HELD: Final = "too-many-vanished"
_NTH: Final = "nth"
"""The column that says which file of the source a row came with."""


@dataclass(frozen=True, slots=True)
class _After:
    """What a table of a source holds after a file; `gone` of the `before` rows or keys vanish."""

    rows: pl.DataFrame
    before: int
    gone: int


@dataclass(slots=True)
class Settling:
    """The tables of one feed."""

    folder: Path
    _sent: dict[str, int] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _tables: dict[TableName, dict[str, Path]] = field(default_factory=dict)

    def take(self, written: Written) -> None:
        """Let a file join what is there. Its truth learns whether it is held for what it makes vanish."""
        wish, truth = written.wish, written.truth
        source = _source(wish)
        nth = self._sent[source] = self._sent.get(source, 0) + 1
        if truth.failure is not None:
            return
        loads = {part.name: _load(wish, part) for part in wish.parts}
        digest = _digest(written.path)
        restates = all(load.states_everything for load in loads.values())
        truth.repeats = restates and self._digests.get(source) == digest
        if truth.repeats:
            return
        found = {member.part: self._after(written, member, source, nth) for member in truth.members}
        share = wish.mapping.max_vanished_share
        guarded = (after for part, after in found.items() if loads[part] in _GUARDED)
        if any(_too_many(after, share) for after in guarded):
            truth.failure = HELD
            return
        self._digests[source] = digest
        for member in truth.members:
            found[member.part].rows.write_parquet(self._path(member.table, source))

    def write_final(self) -> dict[TableName, Path]:
        """Write what each table must hold, without tombstones: `TABLE.final.parquet`."""
        return {table: self._write_final(table, paths) for table, paths in self._tables.items()}

    def _write_final(self, table: TableName, paths: dict[str, Path]) -> Path:
        final = self.folder / f"{table}.final.parquet"
        live = pl.concat([pl.scan_parquet(path) for path in paths.values()]).filter(~pl.col("deleted"))
        live.drop(_NTH).sink_parquet(final)
        for path in paths.values():
            path.unlink()
        return final

    def _path(self, table: TableName, source: str) -> Path:
        of_table = self._tables.setdefault(table, {})
        return of_table.setdefault(source, self.folder / f"{table}.{len(of_table)}.parquet")

    def _after(self, written: Written, member: MemberTruth, source: str, nth: int) -> _After:
        part = written.wish.mapping.by_part[member.part]
        new = pl.read_parquet(written.notes.facts(part.name)).with_columns(pl.lit(nth).alias(_NTH))
        path = self._tables.get(part.table, {}).get(source)
        old = pl.read_parquet(path) if path else new.clear()
        load = _load(written.wish, part)
        if not load.merges:
            return _After(new, old.height, old.height - new.height)
        return _merged(old, new, list(part.key), nth, snapshot=load is Load.SNAPSHOT)


_GUARDED: Final = frozenset({Load.REPLACE, Load.APPEND, Load.SNAPSHOT})


def _merged(old: pl.DataFrame, new: pl.DataFrame, key: list[str], nth: int, *, snapshot: bool) -> _After:
    """Let the newest news of each key win: by the time that the source states, then by the order of files."""
    order = ["updated_at", _NTH, "record"]
    rows = pl.concat([old, new]).sort(order, nulls_last=False).unique(key, keep="last", maintain_order=True)
    live = old.filter(~pl.col("deleted"))
    if not snapshot:
        return _After(rows, live.height, 0)
    absent = live.join(new, on=key, how="anti", nulls_equal=True)
    others = rows.join(absent, on=key, how="anti", nulls_equal=True)
    said = {*key, "updated_at"}
    empty = [pl.lit(None, kind).alias(name) for name, kind in new.schema.items() if name not in said]
    stones = absent.with_columns(empty).with_columns(pl.lit(nth).alias(_NTH), deleted=pl.lit(value=True))
    return _After(pl.concat([others, stones]), live.height, absent.height)


def _too_many(after: _After, most: float) -> bool:
    return after.gone > 0 and (after.gone >= after.before or after.gone / after.before > most)


def _load(wish: Wish, part: Part) -> Load:
    return wish.load or part.load


def _source(wish: Wish) -> str:
    group = wish.mapping.file_name.source
    return "" if group is None else file_name(wish).constants[group]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
