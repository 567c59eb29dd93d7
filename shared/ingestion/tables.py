"""The canonical fact tables: what each row says, and its way back to the file, record and byte it came from.

Each worker writes Parquet parts of exactly these schemas; the committer checks their footers against them. A
table is partitioned by `source`; a part's file holds that column too, so that a part can be read alone. The
vocabulary is that of OneRoster 1.2 for people and structure, and of Ed-Fi for measures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from shared.ingestion.table_names import TableName

DECIMAL: Final = pl.Decimal(18, 4)
TIMESTAMP: Final = pl.Datetime("us", "UTC")
PARTITION: Final = "source"


_OF_INGEST: Final = {"ingest_id": pl.String(), "feed": pl.String(), "source": pl.String()}
_OF_RECORD: Final = {
    "chunk": pl.Int32(),
    "record": pl.Int64(),
    "byte": pl.Int64(),
    "member": pl.String(),
    "source_id": pl.String(),
    "updated_at": TIMESTAMP,
    "deleted": pl.Boolean(),
}
"""`record` is the 1-based ordinal of the record in its member of the file, a header being record 1; `byte` is
the offset of the record's first byte there; `chunk` is 0-based. `source_id` is the row's own id at its
source, `updated_at` when it last changed there. A row with `deleted` is a tombstone: it says that its key is
gone, may be empty otherwise, and keeps late news about the key from bringing it back."""


@dataclass(frozen=True)
class Table:
    """One canonical table. `stated` are the columns that a file states, with their types."""

    name: TableName
    stated: Mapping[str, pl.DataType]
    required: frozenset[str]
    """Columns that are never null, tombstones aside."""
    people: frozenset[str]
    """Columns that hold pseudonyms of people."""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The further columns by which people are known."""
        return IDENTIFIERS if self.name is TableName.PERSON else ()

    @cached_property
    def schema(self) -> pl.Schema:
        """All columns in order."""
        return pl.Schema({**_OF_INGEST, **self.stated, **_OF_RECORD})

    @cached_property
    def never_null(self) -> frozenset[str]:
        """The columns that are filled in every row that is no tombstone."""
        return self.required | {*_OF_INGEST, "chunk", "record", "byte", "member", "deleted"}

    @cached_property
    def from_record(self) -> tuple[str, ...]:
        """The columns that a record or its file's name fills, and its place: all but those of the ingest."""
        return tuple(name for name in self.schema if name not in {*_OF_INGEST, "chunk", "member"})


def _table(
    name: TableName, required: str, people: str = "", *, texts: str, **others: pl.DataType
) -> tuple[TableName, Table]:
    stated = dict.fromkeys(texts.split(), pl.String()) | others
    return name, Table(name, stated, frozenset(required.split()), frozenset(people.split()))


RESULTS: Final = Table(
    TableName.RESULTS,
    {
        "learner": pl.String(),
        "course": pl.String(),
        "section": pl.String(),
        "line_item": pl.String(),
        "line_item_title": pl.String(),
        "attempt": pl.Int32(),
        "status": pl.String(),
        "score": DECIMAL,
        "max_score": DECIMAL,
        "occurred_at": TIMESTAMP,
    },
    frozenset({"learner", "course", "line_item", "line_item_title", "attempt", "status"}),
    frozenset({"learner"}),
)

TABLES: Final[Mapping[TableName, Table]] = dict(
    [
        _table(TableName.ORG, "org title", texts="org title type identifier parent"),
        _table(
            TableName.ACADEMIC_SESSION,
            "period title",
            texts="period title type parent school_year",
            begins_at=TIMESTAMP,
            ends_at=TIMESTAMP,
        ),
        _table(TableName.COURSE, "course title", texts="course title code org"),
        _table(
            TableName.CLASS,
            "class title",
            texts="class title type code course course_title org periods",
        ),
        _table(
            TableName.PERSON,
            "learner",
            "learner",
            texts="learner role org grade_level sis_id district_id state_id username email name_sealed",
            enabled=pl.Boolean(),
        ),
        _table(
            TableName.ENROLMENT,
            "class learner role",
            "learner",
            texts="class learner role org",
            begins_at=TIMESTAMP,
            ends_at=TIMESTAMP,
            primary=pl.Boolean(),
        ),
        _table(
            TableName.LINE_ITEM,
            "line_item line_item_title",
            texts="line_item line_item_title course category period",
            max_score=DECIMAL,
            assigned_at=TIMESTAMP,
            due_at=TIMESTAMP,
        ),
        _table(
            TableName.ALIGNMENT,
            "line_item standard",
            texts="line_item standard standard_source",
        ),
        (TableName.RESULTS, RESULTS),
        _table(
            TableName.RESULT_ALIGNMENT,
            "result standard",
            texts="result standard standard_source text_score",
            score=DECIMAL,
        ),
        _table(
            TableName.MEASURE,
            "learner line_item measure",
            "learner",
            texts="learner org grade_level line_item line_item_title measure value level status period",
            number=DECIMAL,
            percent=DECIMAL,
            occurred_at=TIMESTAMP,
        ),
        _table(
            TableName.ITEM_RESPONSE,
            "line_item item",
            "learner",
            texts="learner course section line_item line_item_title item item_version item_title "
            "response status",
            attempt=pl.Int32(),
            score=DECIMAL,
            max_score=DECIMAL,
            occurred_at=TIMESTAMP,
        ),
        _table(
            TableName.EVENT,
            "type",
            "learner",
            texts="type learner course line_item body",
            occurred_at=TIMESTAMP,
        ),
    ]
)
"""Every table by name, in the order of `TableName`.

Scores, `max_score` and `number` are points, `percent` is 0 to 100. The identifiers of a person other than
`learner` (`sis_id`, `district_id`, `state_id`, `username`, `email`) are pseudonyms too, so that people can be
matched by them and nobody can be read from them; `name_sealed` opens with the tenant's key only. An answer in
an anonymous survey has no learner.

Alignments say by which standards work is measured: `standard` is the identifier of a learning objective as
`standard_source` has it, `case` for a CFItem. `result` is the `source_id` of a row of `results`.
"""

IDENTIFIERS: Final = ("sis_id", "district_id", "state_id", "username", "email")
"""The columns of `person` by which people of different systems are matched."""

NAME: Final = "name_sealed"
"""The column of `person` that says what somebody is called, sealed. No column of a file fills it as it is."""
