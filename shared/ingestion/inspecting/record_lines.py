"""Writes the records of a chunk as JSON lines: place, cells, and what became of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.inspecting.examining import VERDICTS, Status
from shared.ingestion.model import Chunk, Layout, LineFormat, RejectCode
from shared.ingestion.reading.chunks import locate
from shared.ingestion.reading.json_lines import cells_of
from shared.ingestion.reading.records import split_literally, split_record, text_of
from shared.ingestion.reading.swapped_quotes import DOUBLE, swapped

_KEYS: Final = ("status", "code", "column", "message")


@dataclass(frozen=True, slots=True)
class RecordLines:
    """The lines of one file. `first_record` is the ordinal of the first record behind the header."""

    file: str
    member: str
    layout: Layout
    header_record: int
    """The ordinal of the header; 0 when there is none."""
    first_record: int
    quote: str = DOUBLE
    """What the cells of the file are quoted by; with single quotes, it is read with both kinds swapped."""

    def lines(self, data: bytes, chunk: Chunk, verdicts: pl.DataFrame) -> bytes:
        """Return a line for each record of a chunk; one that `verdicts` does not name is ok.

        The cells of a record whose quotes are misplaced are a guess: its text cut at each separator.
        """
        places = locate(data, chunk, self.layout)
        judged = places.join(
            verdicts.select(VERDICTS.names()), on="record", how="left", maintain_order="left"
        )
        starts = (judged["byte"] - chunk.offset).to_list()
        ends = (judged["byte"] - chunk.offset + judged["length"]).to_list()
        return b"".join(
            self._line(data[start:end], row)
            for start, end, row in zip(starts, ends, judged.iter_rows(named=True), strict=True)
        )

    def _line(self, line: bytes, row: dict[str, object]) -> bytes:
        text = text_of(line, self.layout.dialect.encoding)
        cells = self._cells(text, well_formed=row["fields"] is not None)
        if (row["status"], row["code"]) == (Status.REPAIRED, RejectCode.RAGGED):
            cells = cells[:-1]
        described = {
            "file": self.file,
            "member": self.member,
            "record": row["record"],
            "byte": row["byte"],
            "length": row["length"],
            "part": self._part(int(str(row["record"]))),
            "cells": self._as_in_file(cells),
            **{key: row[key] for key in _KEYS},
            "status": row["status"] or Status.OK,
        }
        try:
            return json.dumps(described, ensure_ascii=False).encode() + b"\n"
        except UnicodeEncodeError:
            # A text with half of a surrogate pair is written as in the file, by its escape.
            return json.dumps(described).encode() + b"\n"

    def _as_in_file(self, cells: Sequence[str | None]) -> Sequence[str | None]:
        return cells if self.quote == DOUBLE else [cell and swapped(cell) for cell in cells]

    def _cells(self, text: str, *, well_formed: bool) -> list[str | None] | list[str]:
        separator, lines = self.layout.dialect.separator, self.layout.dialect.lines
        if lines is LineFormat.JSON_LINES:
            return cells_of(text, self.layout.header) if well_formed else [text]
        if lines is LineFormat.FIXED_WIDTH:
            return [text[start : start + length] for start, length in self.layout.slices]
        if well_formed:
            return split_record(text, separator)
        return split_literally(text, separator) or text.split(separator)

    def _part(self, record: int) -> str:
        if record == self.header_record:
            return "header"
        return "preamble" if record < self.first_record else "body"
