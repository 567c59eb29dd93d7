"""The versions that applications reached in a table: its log is read once, then followed commit by commit.

delta-rs reads the whole log for each application that it is asked for, and a commit asks for three.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Final

import polars as pl

from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.errors import translated

_MOST: Final = 5_000
"""Applications that are remembered: a table with more is asked through delta-rs."""
_AT_ONCE: Final = 8
_BEFORE_ALL: Final = -1
_CHECKPOINT: Final = re.compile(r"/(\d{20})\.checkpoint\.parquet$")


class ReachedVersions:
    """What applications reached in one table of one tenant, for one who asks at a time.

    Past the retention of application transactions it may know more than delta-rs tells.
    """

    def __init__(self, access: LakeAccess, scope: TenantScope, table: str) -> None:
        self._access = access
        self._scope = scope
        self._log = f"{table}/_delta_log/"
        self._version: int | None = None
        self._reached: dict[str, int] = {}
        self._is_known = True

    async def at(self, version: int) -> Mapping[str, int] | None:
        """Return what every application reached in a version, none older than asked for before.

        None where the log is not of commits and single checkpoints, or holds too many applications.
        """
        if self._is_known:
            try:
                since = await self._begun(version) if self._version is None else self._version
                await self._follow(since, version)
            except NotFound:
                self._is_known = False
        if len(self._reached) > _MOST:
            self._is_known, self._reached = False, {}
        return self._reached if self._is_known else None

    def committed(self, version: int, transactions: Mapping[str, int]) -> None:
        """Take note of the commit right upon what was asked for last."""
        if self._version == version - 1:
            self._reached |= transactions
            self._version = version

    async def _follow(self, since: int, version: int) -> None:
        """Read the commits after a version, up to another."""
        for numbers in batched(range(since + 1, version + 1), _AT_ONCE, strict=False):
            for content in await asyncio.gather(*map(self._commit, numbers)):
                self._reached |= _transactions(content)
        self._version = version

    async def _begun(self, version: int) -> int:
        """Read the newest checkpoint up to a version, and return its version; -1 where there is none."""
        found = map(_CHECKPOINT.search, await self._access.stored(self._scope, self._log))
        numbers = [int(match[1]) for match in found if match is not None and int(match[1]) <= version]
        newest = max(numbers, default=_BEFORE_ALL)
        if numbers:
            self._reached = await self._of_checkpoint(f"{self._log}{newest:020}.checkpoint.parquet")
        return newest

    async def _of_checkpoint(self, path: str) -> dict[str, int]:
        options = await self._access.options(self._scope)
        rows = pl.scan_parquet(f"az://{container_of(self._scope)}/{path}", storage_options=options)
        txn = pl.col("txn").struct
        found = rows.select(txn.field("appId"), txn.field("version")).drop_nulls()
        with translated():
            return dict((await asyncio.to_thread(found.collect)).iter_rows())

    async def _commit(self, number: int) -> bytes:
        blob = self._access.blob(self._scope, f"{self._log}{number:020}.json")
        with translated():
            return await (await blob.download_blob()).readall()


def _transactions(commit: bytes) -> dict[str, int]:
    """Return what applications reached in a commit: its `txn` actions, one JSON document a line."""
    return dict(_named(json.loads(line) for line in commit.splitlines() if b'"txn"' in line))


def _named(actions: Iterable[Mapping[str, Mapping[str, object]]]) -> Iterator[tuple[str, int]]:
    for action in actions:
        if "txn" in action:
            yield str(action["txn"]["appId"]), int(str(action["txn"]["version"]))
