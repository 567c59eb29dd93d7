"""What linking needs from outside: the people of a tenant, and where links and what is left over are kept."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from shared.kernel.events import Json
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

NO_LINKS: Final = -1


class PeopleTables(Protocol):
    """The tables `person` and `person_link` of tenants."""

    async def people(self, scope: TenantScope) -> "pl.DataFrame":
        """Return the rows of the table `person`, without tombstones, in a fixed order."""
        ...

    async def links(self, scope: TenantScope) -> "tuple[int, pl.DataFrame]":
        """Return the version and the links in force, by `matching.LINKS`, sorted.

        Before the first links the version is `NO_LINKS`.
        """
        ...

    async def replace_links(self, scope: TenantScope, links: "pl.DataFrame") -> int:
        """Make these the links in force, as a new version of the table; return the version."""
        ...


class LinkReports(Protocol):
    """What a clerk reads of linking."""

    async def write(
        self, scope: TenantScope, summary: Sequence[Mapping[str, Json]], unmatched: bytes
    ) -> None:
        """Replace the summary by system and the JSON lines of people whom nobody of the roster matches."""
        ...

    async def folded(self, scope: TenantScope) -> int:
        """Return the version of links by which the rollups were last rebuilt, `NO_LINKS` before that."""
        ...

    async def note_folded(self, scope: TenantScope, version: int) -> None:
        """Note the version of links by which the rollups were rebuilt."""
        ...

    async def summary(self, scope: TenantScope) -> Sequence[Mapping[str, Json]]:
        """Return the summary, empty before the first linking."""
        ...

    async def unmatched(self, scope: TenantScope, offset: int, length: int) -> bytes:
        """Return at most `length` bytes of the lines from `offset`, none past the end."""
        ...
