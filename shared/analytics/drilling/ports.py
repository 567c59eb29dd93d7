"""What drill-down needs from outside: versions of fact tables, read in place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from shared.analytics.drilling.model import DataFile, Shape, Versions
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

    from shared.analytics.drilling.people import People


class TableVersion(Protocol):
    """One version of a table of a tenant, with the people of the same moment."""

    @property
    def versions(self) -> Versions:
        """What to ask for to see the same again."""
        ...

    @property
    def files(self) -> tuple[DataFile, ...]:
        """The files that make up the version, by path."""
        ...

    @property
    def people(self) -> "People":
        """Who stands behind the pseudonyms of the rows."""
        ...

    async def scan(self, files: Sequence[DataFile], first_place: int) -> "pl.LazyFrame":
        """Return the rows of files without tombstones, numbered from `first_place` in the column `PLACE`."""
        ...

    async def collect(self, frame: "pl.LazyFrame") -> "pl.DataFrame":
        """Compute a frame made from a scan, off the event loop; `NotFound` for a file that is gone."""
        ...


class FactTables(Protocol):
    """The fact tables of tenants."""

    def shape(self, table: str) -> Shape:
        """Return the shape of a table; `NotFound`."""
        ...

    async def open(self, scope: TenantScope, table: str, at: Versions | None = None) -> TableVersion:
        """Return the newest version, or that of a moment; `NotFound` when it is not kept any more.

        A table without any commit has version -1 and no files.
        """
        ...
