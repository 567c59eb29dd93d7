"""The work on one chunk: a pure function of bytes, plan, mapping and tenant key; nothing is read or written.

The same inputs give the same facts and rejects in any process at any time, which is what lets a chunk be
worked twice, or by two workers at once, without harm.
"""

import io
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part
from shared.ingestion.model import Chunk, LineFormat, PlannedMember, Recognition, RejectCode
from shared.ingestion.reading.chunks import read
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES, Table
from shared.ingestion.working.binding import Binding
from shared.ingestion.working.people import pseudonymised
from shared.ingestion.working.sealing import Sealing
from shared.ingestion.working.shapes import facts_of
from shared.ingestion.working.stated_names import sealed
from shared.ingestion.working.stated_people import people_of
from shared.ingestion.working.verdicts import REJECTS, Verdicts

ENGINE_VERSION: Final = 4
"""Raised whenever the same bytes and mapping would give other facts or rejects."""

_MALFORMED: Final = {
    LineFormat.DELIMITED: (RejectCode.QUOTING, "a quotation mark stands where none may"),
    LineFormat.JSON_LINES: (RejectCode.JSON, "not a JSON object"),
    LineFormat.FIXED_WIDTH: (RejectCode.WIDTH, "not as wide as the layout of the feed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What decides the result besides the bytes."""

    ingest_id: str
    chunk: Chunk
    member: PlannedMember
    recognition: Recognition
    mapping: Mapping
    known: pl.DataFrame | None = None
    """The facts of the part that this one looks up in, without pseudonyms."""
    keeps_codes: bool = False
    """Whether texts of facts that repeat may come as codes of them (`pl.Enum`), to be written as they are."""
    sealing: Sealing | None = None
    """Seals names of people; without it none are kept, as where the work is done in the district."""

    @property
    def part(self) -> Part:
        """The part of the feed that reads the member."""
        return self.mapping.by_part[self.member.part]


@dataclass(frozen=True, slots=True)
class Work:
    """The result: `facts` by the schema of the table, `rejects` by `REJECTS` in the order of the file.

    Where the task keeps codes, texts of the facts may be codes of them.
    """

    facts: pl.DataFrame
    rejects: pl.DataFrame
    records: int
    people: pl.DataFrame | None = None
    """Rows of the person table: each learner once, by the identities that the part states; None where it
    states none."""

    @property
    def accepted(self) -> int:
        """Records that were read without fault, including those that give no fact."""
        return self.records - self.rejects.height

    @property
    def reject_counts(self) -> Keyed[str, int]:
        """Rejected records by code."""
        return dict(self.rejects.group_by("code").len().sort("code").iter_rows())

    def reject_lines(self) -> bytes:
        """Return the rejects as JSON lines."""
        out = io.BytesIO()
        self.rejects.write_ndjson(out)
        return out.getvalue()


def work(data: bytes, task: Task, pseudonym_key: bytes) -> Work:
    """Work a chunk; `FileRefused` when its records are not as many as the plan counted."""
    named = _read(data, task)
    system = task.mapping.system
    people = named.people
    if people is not None:
        people = pseudonymised(people, TABLES[TableName.PERSON], pseudonym_key, system)
        people = sealed(people, task.sealing)
    facts = pseudonymised(named.facts, task.part.canonical, pseudonym_key, system)
    if task.part.table is TableName.PERSON:
        facts = sealed(facts, task.sealing)
    return replace(named, facts=facts, people=people)


def normalise(data: bytes, task: Task) -> Work:
    """Work a chunk, but leave people under the identifiers of the file: for eyes that see the file too.

    What people are called is left out.
    """
    named = _read(data, task)
    people = None if named.people is None else sealed(named.people, None)
    facts = sealed(named.facts, None) if task.part.table is TableName.PERSON else named.facts
    return replace(named, facts=facts, people=people)


def _read(data: bytes, task: Task) -> Work:
    """Work a chunk, people and their names as the file states them."""
    layout = task.member.layout
    binding = Binding(task.part, task.mapping.missing, layout, task.keeps_codes)
    table = read(data, task.chunk, layout, binding.needed, binding.codable)
    verdicts = Verdicts(binding.skipped(table.rows))
    width = len(layout.header)
    verdicts.reject(table.rows["fields"] != width, RejectCode.RAGGED, None, f"not {width} fields")
    facts = facts_of(binding, table.rows, verdicts, task.known)
    malformed = _malformed(table.malformed, layout.dialect.lines)
    rejects = pl.concat([verdicts.rejects(table.rows), malformed]).sort("record")
    return Work(
        stamped(facts, task),
        rejects,
        table.rows.height + table.malformed.height,
        _people(binding, table.rows, verdicts, task),
    )


def _people(binding: Binding, rows: pl.DataFrame, verdicts: Verdicts, task: Task) -> pl.DataFrame | None:
    if not task.part.identities:
        return None
    return stamped(people_of(binding, rows.filter(verdicts.kept)), task, TABLES[TableName.PERSON])


def stamped(facts: pl.DataFrame, task: Task, table: Table | None = None) -> pl.DataFrame:
    """Return facts with the columns that say of which ingest, chunk and member they are.

    They are of the table of the part, or of `table`.
    """
    stamps = {
        "ingest_id": task.ingest_id,
        "feed": task.recognition.feed,
        "source": task.recognition.source,
        "member": task.member.name,
    }
    return facts.with_columns(
        pl.lit(task.chunk.n, dtype=pl.Int32).alias("chunk"),
        *(
            pl.lit(text, dtype=pl.Enum([text]) if task.keeps_codes else pl.String()).alias(name)
            for name, text in stamps.items()
        ),
    ).select((table or task.part.canonical).schema.names())


def _malformed(places: pl.DataFrame, lines: LineFormat) -> pl.DataFrame:
    code, message = _MALFORMED[lines]
    return places.with_columns(
        column=pl.lit(None, dtype=pl.String), code=pl.lit(code.value), message=pl.lit(message)
    ).select(REJECTS.names())
