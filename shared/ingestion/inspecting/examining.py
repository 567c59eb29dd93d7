"""Examines the records of a chunk: by the rules of its feed, or only by the form of its table."""

from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import polars as pl

from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Chunk, Layout, LineFormat, PlannedMember, Recognition, RejectCode
from shared.ingestion.reading.chunks import locate
from shared.ingestion.reading.records import split_literally, text_of
from shared.ingestion.recognising.table_forms import TableForm
from shared.ingestion.working.work import Task, Work, normalise, work

PREAMBLE: Final = "preamble"
"""The code of a record that precedes the header of a table and belongs to no column of it."""


class Status(StrEnum):
    """What became of a record."""

    OK = "ok"
    REJECTED = "rejected"
    REPAIRED = "repaired"
    """Its quotes are misplaced, or it ends by a separator, but there is only one way to read it."""


VERDICTS: Final = pl.Schema(
    {
        "record": pl.Int64(),
        "status": pl.String(),
        "code": pl.String(),
        "column": pl.String(),
        "message": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a chunk came to. `verdicts` by `VERDICTS` has a row for each record that is not simply ok."""

    verdicts: pl.DataFrame
    facts: pl.DataFrame | None

    def counts(self, status: Status, first_record: int) -> Keyed[str, int]:
        """Return how many records from `first_record` on have a status, by code."""
        found = self.verdicts.filter(pl.col("status") == status, pl.col("record") >= first_record)
        return dict(found.group_by("code").len().sort("code").iter_rows())


class Examiner(Protocol):
    """Examines chunk after chunk of one file."""

    def examine(self, data: bytes, chunk: Chunk) -> Examined:
        """Examine a chunk's bytes; `FileRefused` when its records are not as many as were counted."""
        ...


@dataclass(frozen=True, slots=True)
class FeedExaminer:
    """Does what a worker does. Without a key learners stay under the identifiers of the file."""

    mapping: Mapping
    member: PlannedMember
    pins: Recognition
    pseudonym_key: bytes | None
    known: pl.DataFrame | None = None
    """The facts of the part that the member's part looks up in, without pseudonyms."""

    def examine(self, data: bytes, chunk: Chunk) -> Examined:
        """Work the chunk."""
        done = self._worked(data, chunk)
        verdicts = done.rejects.with_columns(status=pl.lit(Status.REJECTED.value)).select(VERDICTS.names())
        return Examined(verdicts, done.facts)

    def _worked(self, data: bytes, chunk: Chunk) -> Work:
        task = Task(
            ingest_id=self.pins.sha256,
            chunk=chunk,
            member=self.member,
            recognition=self.pins,
            mapping=self.mapping,
            known=self.known,
        )
        if self.pseudonym_key is None:
            return normalise(data, task)
        return work(data, task, self.pseudonym_key)


@dataclass(frozen=True, slots=True)
class TableExaminer:
    """Takes the records of a table apart; nothing is known about its columns."""

    form: TableForm
    layout: Layout

    def examine(self, data: bytes, chunk: Chunk) -> Examined:
        """Judge each record by its quotes and its number of cells."""
        places = locate(data, chunk, self.layout)
        odd = places.filter(
            (pl.col("fields") != self.form.width).fill_null(value=True)
            | (pl.col("record") < self.form.first_record - 1)
        )
        verdicts = [
            (record, *self._verdict(data[byte - chunk.offset : byte - chunk.offset + length], record, fields))
            for record, byte, length, fields in odd.iter_rows()
        ]
        return Examined(pl.DataFrame(verdicts, schema=VERDICTS, orient="row"), None)

    def _verdict(self, line: bytes, record: int, fields: int | None) -> tuple[str, str, None, str]:
        if record < self.form.first_record - 1:
            return Status.REJECTED, PREAMBLE, None, "stands before the header"
        if self._is_trailing(line, fields):
            return Status.REPAIRED, RejectCode.RAGGED, None, "nothing stands behind its last separator"
        if fields is not None:
            return Status.REJECTED, RejectCode.RAGGED, None, f"{fields} cells, not {self.form.width}"
        if self.layout.dialect.lines is not LineFormat.DELIMITED:
            return Status.REJECTED, RejectCode.JSON, None, "not a JSON object"
        if len(split_literally(self._text(line), self.form.separator) or ()) == self.form.width:
            return Status.REPAIRED, RejectCode.QUOTING, None, "a quotation mark was read as text"
        return Status.REJECTED, RejectCode.QUOTING, None, "a quotation mark stands where none may"

    def _is_trailing(self, line: bytes, fields: int | None) -> bool:
        if not self.form.trailing or fields != self.form.width + 1:
            return False
        return self._text(line).endswith(self.form.separator)

    def _text(self, line: bytes) -> str:
        return text_of(line, self.layout.dialect.encoding)
