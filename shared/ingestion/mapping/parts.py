"""What a mapping file may say of one kind of table: its columns, and how its records become facts."""

from functools import cached_property
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import BeforeValidator, Field, model_validator

from shared.ingestion.loads import Load
from shared.ingestion.mapping.columns import STATUSES, Closed, Column, Pii, Regex
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import NAME, TABLES, Table

type Identifier = Literal["sis_id", "district_id", "state_id", "username", "email"]
type LinesName = Literal["delimited", "json-lines", "fixed-width"]


class Lookup(Closed):
    """Columns that another part states for the value of a column here: in the same file, or in an older one.

    A record whose value the other part does not know is rejected.
    """

    part: str
    on: str
    """The canonical column that is the same in both."""
    take: dict[str, str]
    """Canonical columns here, by the canonical column there that fills them."""


class Unpivot(Closed):
    """How a wide record becomes facts: each measure gives one, or none where all its cells are missing.

    The measures are listed (`measures`), or are the columns whose label matches `label`; its named groups are
    canonical columns. Where a record states the points possible, a column that has words there or, without
    points, in its cells is no measure.
    """

    after: str | None = None
    """The known column that all measure columns stand right of."""
    label: Regex | None = None
    least: int = Field(default=0, ge=0)
    """How many measures a table has at least to be of this part, unless its records state points possible."""
    unless: tuple[str, ...] = ()
    """Known columns that no other table has: one with any of them may have fewer measures, too."""
    value: str = "score"
    """The canonical column that the matched column fills."""
    beside: tuple[str, Regex] | None = None
    """The column right of a matched one belongs to it: the column it fills, and what its label says."""
    ignore: Regex = r"(?!)"
    """Labels right of `after` that are known and not read, such as totals."""
    preamble: str | None = None
    """Leading records without a value in any known column come before the data, and so does the one without a
    value in this column that states the points possible."""
    points: Regex = r"(?!)"
    """What a known column says in that record."""
    codes: dict[str, str] = Field(default_factory=dict)
    """Cell texts that give a status without a value."""
    status: str | None = None
    """The status of a fact whose cell holds a value, where no cell says another."""
    blank: tuple[str, ...] = ()
    """Canonical columns that hold nothing in a fact that is suppressed or not tested, whatever their cells
    say: a void code never becomes 0."""
    measures: tuple[dict[str, str], ...] = ()
    """Each measure: canonical columns by the label that fills them, or `=text` for a constant."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.label is None) == (not self.measures):
            raise ValueError("measures are either listed or recognised by their label")
        return self


class Case(Closed):
    """What holds in place of the usual in the records whose columns all match; the file has them all."""

    where: dict[str, Regex] = Field(min_length=1)
    then: dict[str, str] = Field(min_length=1)
    """Text, or `true` and `false`, by canonical column; an empty text is no value."""


def _several(stated: object) -> object:
    return (stated,) if isinstance(stated, str) else stated


def _columns(stated: object) -> object:
    """Accept `field = "Label"` and `field = ["Label", …]` for a column without rules of its own."""
    if not isinstance(stated, dict):
        return stated
    return [_column(name, rules) for name, rules in stated.items()]


def _column(name: str, rules: object) -> object:
    match rules:
        case str():
            return {"name": name, "labels": [rules]}
        case list():
            return {"name": name, "labels": rules}
        case dict():
            labels = rules.get("labels")
            return {**rules, "name": name, "labels": [labels] if isinstance(labels, str) else labels}
        case _:
            return rules


class Part(Closed):
    """One kind of table in the files of a feed."""

    name: str = Field(pattern=r"^[a-zA-Z][a-zA-Z0-9-]*$")
    table: TableName
    load: Load
    member: Regex = ""
    """Matches the name of the member, or of a plain file: a hint for recognition."""
    lines: Annotated[tuple[LinesName, ...], BeforeValidator(_several), Field(min_length=1)] = ("delimited",)
    """The format of its lines, or formats, where the source writes the same columns in each."""
    separators: tuple[Literal[",", ";", "\t", "|"], ...] = (",",)
    layout: str | None = None
    """The file in `feeds/layouts/` that says where the columns of a fixed-width line stand."""
    header_rows: int = Field(default=1, ge=1, le=5)
    """Records that make up the header; the cells of a column are joined by spaces."""
    order: tuple[str, ...] = ()
    """The labels in the order of a file without a header, where the feed may come without one."""
    require: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Of each group of columns the file must have one."""
    key: tuple[str, ...] = ()
    """The columns that name a row in its source, for loads that merge."""
    columns: Annotated[tuple[Column, ...], BeforeValidator(_columns)]
    constants: dict[str, str] = Field(default_factory=dict)
    """Canonical columns with the same text in every record, such as a title that the file does not state."""
    same: dict[str, str] = Field(default_factory=dict)
    """Canonical columns that repeat another where they have no value of their own."""
    unpivot: Unpivot | None = None
    lookup: Lookup | None = None
    cases: tuple[Case, ...] = ()
    """Exceptions, each over those before it: an excused score, a row that is deleted by its state."""
    identities: dict[Identifier, str] = Field(default_factory=dict)
    """Columns that hold further identifiers of the learner, by the column of `person` that they fill: besides
    its facts, each file states who its people are."""
    called: tuple[tuple[str, ...], ...] = ()
    """Columns that together say what the learner is called: of the ways that a file has whole, the first. The
    table of people keeps it sealed."""
    skip: tuple[dict[str, Regex], ...] = ()
    """Records not about a learner: all columns named by one entry match, and the file has them."""
    ignore: Regex = r"(?!)"
    """Labels of columns that are known and not read."""

    @property
    def canonical(self) -> Table:
        """The table that the rows go to."""
        return TABLES[self.table]

    @property
    def shape(self) -> Literal["wide", "long"]:
        """Whether a record states many facts or one."""
        return "wide" if self.unpivot else "long"

    @cached_property
    def by_label(self) -> dict[str, Column]:
        """The known columns by their normalised labels."""
        return {label: column for column in self.columns for label in column.known_as}

    @cached_property
    def needed(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """What each group is called of whose columns a file must have one, and their labels."""
        return tuple(
            (" or ".join(group), frozenset(label for label, c in self.by_label.items() if c.name in group))
            for group in self.require
        )

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The known columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def read(self) -> frozenset[str]:
        """The columns that are read: those that fill others, and those that rules name."""
        named = {name for rule in self.skip for name in rule} | {n for case in self.cases for n in case.where}
        named |= {name for way in self.called for name in way} | set(self.identities.values())
        return self.filled | named

    @cached_property
    def filled(self) -> frozenset[str]:
        """The canonical columns that records fill."""
        names = {column.name for column in self.columns}
        return frozenset(names & set(self.canonical.from_record))

    @model_validator(mode="after")
    def _names_known_columns(self) -> Self:
        known = {column.name for column in self.columns}
        named = {name for group in self.require for name in group} | {n for rule in self.skip for n in rule}
        named |= {name for case in self.cases for name in case.where} | set(self.identities.values())
        if self.unpivot:
            named |= {name for name in (self.unpivot.after, self.unpivot.preamble) if name}
            named |= {*self.unpivot.unless}
        if self.lookup:
            named.add(self.lookup.on)
        if len(known) != len(self.columns) or not named <= known:
            raise ValueError(f"columns named twice or not at all: {sorted(named - known)}")
        return self

    @model_validator(mode="after")
    def _fills_its_table(self) -> Self:
        stated = set(self.canonical.from_record)
        given = {*self.constants, *self.same, *(self.lookup.take if self.lookup else ())}
        if NAME in given or not given | set(self.key) <= stated:
            raise ValueError(
                f"the table {self.table} has no column {sorted((given | set(self.key)) - stated)}"
            )
        if self.load.merges != bool(self.key):
            raise ValueError("a load that merges, and no other, has a key")
        if (self.lines == ("fixed-width",)) != (self.layout is not None):
            raise ValueError("a fixed-width part, and no other, has a layout")
        for column in self.columns:
            column.check_for(self.canonical)
        return self

    @model_validator(mode="after")
    def _says_what_can_be(self) -> Self:
        schema = self.canonical.schema
        for name, text in (pair for case in self.cases for pair in case.then.items()):
            texts = {pl.String(): {text}, pl.Boolean(): {"true", "false"}}.get(
                schema.get(name, pl.Null()), set()
            )
            if name == NAME or name not in self.canonical.from_record or text not in {"", *texts}:
                raise ValueError(f"no case can make {name} {text!r}")
            if name == "status" and text not in {"", *STATUSES}:
                raise ValueError("a case makes a status that does not exist")
        for name in self.identities.values():
            if self.by_name[name].pii is not Pii.IDENTIFIER or "learner" not in self.by_name:
                raise ValueError(f"{name} is no identifier of a learner")
        for name in (name for way in self.called for name in way):
            if name not in self.by_name or self.by_name[name].pii is not Pii.NAME:
                raise ValueError(f"{name} is no name of a learner")
        if self.called and not (self.identities or self.table is TableName.PERSON):
            raise ValueError("a part that says what people are called says who they are")
        return self
