"""What merging needs of the lake besides committing: rows read lazily, and parts written anew."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from shared.ingestion.committing.ports import Inspection
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

type Query = Callable[[pl.LazyFrame], pl.LazyFrame]
"""What is wanted of the rows of some files."""


class RowStore(Protocol):
    """The rows in the files of a tenant's tables. Paths are relative to the table's folder."""

    async def read(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], query: Query
    ) -> "pl.DataFrame":
        """Compute `query` over the rows of files, off the event loop; `NotFound` for a file that is gone.

        Each row comes with its place: `file`, from 0 by `paths`, and `row`. A file that was written before a
        column existed has nulls in it.
        """
        ...

    async def write(
        self,
        scope: TenantScope,
        table: TableName,
        path: str,
        rows: "pl.DataFrame",
        columns: Collection[str],
    ) -> Inspection:
        """Write a part unless it exists: same path, same rows. Returns what a look into it would show."""
        ...
