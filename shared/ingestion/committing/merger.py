"""Merges the rows of an ingest into those of its source: copy-on-write, in one transaction of the table.

Only keys and times are read at first, a share of the keys at a time. Then each live file that holds rows
which lost is replaced by a part with the rest of it, and so is each part of the ingest itself.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from shared.ingestion.committing import rules
from shared.ingestion.committing.merge_ports import RowStore
from shared.ingestion.committing.merging import READ, Contest, Verdict, judge, tombstones
from shared.ingestion.committing.ports import Effect, LiveFile
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import Failure, Ingest
from shared.kernel.errors import Violation
from shared.kernel.scope import TenantScope

ROWS_AT_ONCE: Final = 2_000_000
"""Keys held in memory together, an estimated 400 MB at the peak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """An ingest that is to merge into the rows of its source in one table."""

    ingest: Ingest
    target: Target
    incoming: tuple[LiveFile, ...]
    live: tuple[LiveFile, ...]
    """All files of the source."""
    late: bool
    """Whether a newer snapshot of the source was committed."""

    @property
    def snapshot(self) -> bool:
        """Whether the ingest states every key of its source."""
        return self.target.load is Load.SNAPSHOT


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge comes to before anything is written: the effect is a matter of `Merger.write`."""

    merge: Merge
    verdict: Verdict

    @property
    def vanishing(self) -> Violation | None:
        """That a snapshot lacks too many keys of its source; None where it does not."""
        if not self.merge.snapshot:
            return None
        return rules.vanishing(self.merge.target, self.verdict.keys, self.verdict.absent.height)


class Merger:
    """Merges. Nothing it writes is visible before it is committed, and writing twice is writing once."""

    def __init__(self, store: RowStore, rows_at_once: int = ROWS_AT_ONCE) -> None:
        self._store = store
        self._limit = rows_at_once

    async def judge(self, scope: TenantScope, merge: Merge) -> Merged:
        """Find out which rows lose and which keys vanish."""
        merge = await self._pruned(scope, merge)
        files = [*merge.incoming, *merge.live]
        shares = 1 + sum(file.rows for file in files) // self._limit
        verdicts = [await self._judge_share(scope, merge, share, shares) for share in range(shares)]
        return Merged(
            merge,
            Verdict(
                pl.concat([verdict.lost for verdict in verdicts]),
                pl.concat([verdict.absent for verdict in verdicts]),
                sum(verdict.keys for verdict in verdicts),
            ),
        )

    async def write(self, scope: TenantScope, merged: Merged) -> Effect | Failure:
        """Write what is left of files that lose rows, and return the effect of the merge.

        A failure when rows were found that nobody accounts for.
        """
        merge = merged.merge
        files = [*merge.incoming, *merge.live]
        lost = dict(merged.verdict.lost.group_by("file").agg("row").sort("file").iter_rows())
        additions = [file for at, file in enumerate(merge.incoming) if at not in lost]
        for at, rows in lost.items():
            rest = await self._rest(scope, merge, files[at], rows)
            kept = sum(file.rows for file in rest)
            if kept + len(rows) != files[at].rows:
                told = f"{kept} rows are left and {len(rows)} superseded of {files[at].rows}"
                return rules.unlike_manifest([Violation(files[at].path, told)])
            additions += rest
        additions += await self._absent(scope, merge, merged.verdict.absent)
        removals = [files[at] for at in lost if at >= len(merge.incoming)]
        return Effect(
            merge.target.table,
            tuple(sorted(additions, key=lambda file: file.path)),
            tuple(sorted(removals, key=lambda file: file.path)),
        )

    async def _pruned(self, scope: TenantScope, merge: Merge) -> Merge:
        """Leave out live files that cannot hold a key of the ingest, by the extremes of its first column."""
        if merge.snapshot or not merge.incoming:
            return merge if merge.snapshot else replace(merge, live=())
        first = merge.target.key[0]
        paths = [file.path for file in merge.incoming]
        found = await self._store.read(
            scope, merge.target.table, paths, lambda rows: rows.select(first).unique()
        )
        values = found.to_series()
        if values.dtype != pl.String or values.null_count():
            return merge
        stated = values.sort().to_list()
        return replace(merge, live=tuple(file for file in merge.live if file.may_hold(first, stated)))

    async def _judge_share(self, scope: TenantScope, merge: Merge, share: int, shares: int) -> Verdict:
        key = list(merge.target.key)
        mine = pl.struct(key).hash(seed=0) % shares == share
        new = await self._keys(scope, merge, merge.incoming, mine)
        stated = None if merge.snapshot else new.select(key)
        live = await self._keys(scope, merge, merge.live, mine, stated)
        at = pl.col("file") + pl.lit(len(merge.incoming), dtype=pl.UInt32)
        return judge(
            Contest(
                rows=pl.concat([new, live.with_columns(at)]),
                key=key,
                incoming=len(merge.incoming),
                ingest_id=merge.ingest.id,
                snapshot=merge.snapshot,
                late=merge.late,
            )
        )

    async def _keys(
        self,
        scope: TenantScope,
        merge: Merge,
        files: Sequence[LiveFile],
        mine: pl.Expr,
        stated: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """Return keys and times of rows that are `mine`, and whose key is among the `stated` ones."""
        key = list(merge.target.key)

        def keys(rows: pl.LazyFrame) -> pl.LazyFrame:
            columns = dict.fromkeys((*key, *READ, "file", "row"))
            found = rows.select(*columns).with_columns(pl.col("deleted").fill_null(value=False)).filter(mine)
            return (
                found if stated is None else found.join(stated.lazy(), on=key, how="semi", nulls_equal=True)
            )

        return await self._store.read(scope, merge.target.table, [file.path for file in files], keys)

    async def _rest(
        self, scope: TenantScope, merge: Merge, file: LiveFile, lost: Sequence[int]
    ) -> list[LiveFile]:
        """Write what is left of a file; no part at all when nothing is."""
        if len(lost) == file.rows:
            return []
        table = merge.target.table
        gone = pl.col("row").is_in(pl.Series(sorted(lost), dtype=pl.UInt32).implode())
        left = await self._store.read(
            scope, table, [file.path], lambda rows: rows.filter(~gone).drop("file", "row")
        )
        mark = hashlib.sha256(f"{file.path}:{sorted(lost)}".encode()).hexdigest()[:16]
        return [await self._write(scope, merge, f"rest-{mark}", left)]

    async def _absent(self, scope: TenantScope, merge: Merge, absent: pl.DataFrame) -> list[LiveFile]:
        if absent.is_empty():
            return []
        pins = merge.ingest.recognised
        rows = tombstones(absent, merge.target.table, merge.ingest.id, pins.feed, pins.source)
        keys = rows.select(merge.target.key).write_csv()
        mark = hashlib.sha256(keys.encode()).hexdigest()[:16]
        return [await self._write(scope, merge, f"absent-{mark}", rows)]

    async def _write(self, scope: TenantScope, merge: Merge, name: str, rows: pl.DataFrame) -> LiveFile:
        source, table = merge.ingest.recognised.source, merge.target.table
        path = f"source={source}/{merge.ingest.id}-{name}.parquet"
        seen = await self._store.write(scope, table, path, rows, rules.indexed(merge.target))
        return LiveFile(path, seen.size, seen.rows, source, seen.extremes)
