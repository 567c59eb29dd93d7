"""What a feed's mapping file may say: declarative, versioned, validated; no code and no templates.

One TOML file per feed and version lies in `feeds/`. A feed has parts: each recognises one kind of table among
the members of a file and says how its columns become a canonical table. The same file decides recognition,
reading, casts and rejection, and what the simulator emits.
"""

from collections.abc import Mapping as Keyed
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.ingestion.loads import Load, Target
from shared.ingestion.mapping.columns import Closed, Regex
from shared.ingestion.mapping.parts import Lookup, Part
from shared.ingestion.table_names import TableName


class Identity(Closed):
    """What the name of a file without extension says: the named groups of the first pattern that matches."""

    patterns: tuple[Regex, ...] = Field(min_length=1)
    source: str | None = None
    """The group that names the source within the feed; without one all files of the feed are one source."""


class Manifest(Closed):
    """A member that says of the others what they are: a property and its value in each record."""

    member: Regex
    loads: dict[str, Load] = Field(default_factory=dict)
    """How the rows of a member join, by the value of the property that ends in `.` and the part's name."""


def _parts(stated: object) -> object:
    """Accept `[parts.NAME]` for a part of that name."""
    if not isinstance(stated, dict):
        return stated
    return [{**rules, "name": name} if isinstance(rules, dict) else rules for name, rules in stated.items()]


def _with_shared(part: object, shared: Keyed[str, Any]) -> object:
    if not isinstance(part, dict):
        return part
    columns = {**shared.get("columns", {}), **part.get("columns", {})}
    return {**shared, **part, "columns": columns}


class Sign(Closed):
    """What suggests that a file is of a version: a member by its name, or the label of a column."""

    version: str
    member: Regex | None = None
    label: str | None = None


class Versions(Closed):
    """The versions of the format that are known, and how a file is told to be of one."""

    known: tuple[str, ...] = Field(min_length=1)
    manifest: str | None = None
    """The property of the manifest that declares the version."""
    signs: tuple[Sign, ...] = ()


class Mapping(Closed):
    """One version of one feed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: int = Field(ge=1)
    title: str
    system: str
    """The system whose identifiers name people."""
    names: tuple[Regex, ...] = ()
    """Patterns of usual file names: a weak hint."""
    roster: bool = False
    """Whether its people are the roster, with whom people of other systems are linked."""
    encodings: tuple[Literal["utf-8", "cp1252"], ...] = ("utf-8",)
    missing: tuple[str, ...] = ("",)
    """Cell texts that mean: no value."""
    max_rejected_share: float = Field(default=0.25, gt=0, le=1)
    """An ingest with a greater share of rejected records fails as a whole."""
    max_vanished_share: float = Field(default=0.5, gt=0, le=1)
    """A file that takes more than this share of what was there away is held."""
    retention_days: int = Field(default=2555, ge=1)
    """How long facts of the feed are kept."""
    file_name: Identity
    manifest: Manifest | None = None
    versions: Versions | None = None
    leaves: Regex = r"(?!)"
    """Names of members that are known and not read."""
    left_because: str = ""
    """Why they are not read."""
    loads: dict[Regex, Load] = Field(default_factory=dict)
    """How the rows of a file or member join where its name matches, in place of what the part says."""
    parts: Annotated[tuple[Part, ...], BeforeValidator(_parts), Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _share(cls, stated: object) -> object:
        """Give each part what `[shared]` says of all, unless it says otherwise; columns come together."""
        match stated:
            case {"shared": dict(shared), "parts": parts, **own} if isinstance(named := _parts(parts), list):
                return {**own, "parts": [_with_shared(part, shared) for part in named]}
            case _:
                return stated

    @cached_property
    def by_part(self) -> dict[str, Part]:
        """The parts by name."""
        return {part.name: part for part in self.parts}

    def target(self, part: Part, load: Load | None = None) -> Target:
        """Return where the rows of a part go, and how they join those that are there."""
        return Target(part.table, load or part.load, part.key, self.max_vanished_share)

    def people_target(self, load: Load) -> Target:
        """Return how what files say of people besides their facts joins the table of people."""
        key = ("learner",) if load.merges else ()
        return Target(TableName.PERSON, load, key, self.max_vanished_share)

    def _names_people(self, lookup: Lookup) -> bool:
        other = self.by_part[lookup.part].canonical
        return not {*other.people, *other.identifiers}.isdisjoint({lookup.on, *lookup.take.values()})

    @model_validator(mode="after")
    def _parts_go_together(self) -> Self:
        if len(self.by_part) != len(self.parts):
            raise ValueError("two parts have the same name")
        for part in self.parts:
            if part.lookup and part.lookup.part not in self.by_part:
                raise ValueError(f"part {part.name} looks up in a part that does not exist")
            if part.lookup and self._names_people(part.lookup):
                raise ValueError(f"part {part.name} looks up people, whom committed rows do not name")
        ways = {(part.table, part.load, part.key) for part in self.parts}
        if len(ways) != len({table for table, _, _ in ways}):
            raise ValueError("two parts fill one table in different ways")
        return self
