"""The work on one chunk: a pure function of bytes, plan, mapping and tenant key; nothing is read or written.

The same inputs give the same facts and rejects in any process at any time, which is what lets a chunk be
worked twice, or by two workers at once, without harm.
"""

import io
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from shared.ingestion.binding import Binding
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Chunk, Layout, Recognition, RejectCode
from shared.ingestion.pseudonyms import pseudonyms
from shared.ingestion.reading import read
from shared.ingestion.shapes import facts_of
from shared.ingestion.tables import RESULTS
from shared.ingestion.verdicts import REJECTS, Verdicts

ENGINE_VERSION: Final = 1
"""Raised whenever the same bytes and mapping would give other facts or rejects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What decides the result besides the bytes."""

    ingest_id: str
    chunk: Chunk
    layout: Layout
    recognition: Recognition
    mapping: Mapping
    member: str = ""
    """The table of the file that the chunk is cut from."""


@dataclass(frozen=True, slots=True)
class Work:
    """The result: `facts` by the schema of the table, `rejects` by `REJECTS` in the order of the file."""

    facts: pl.DataFrame
    rejects: pl.DataFrame
    records: int

    @property
    def accepted(self) -> int:
        """Records that were read without fault, including those that give no fact."""
        return self.records - self.rejects.height

    @property
    def reject_counts(self) -> Keyed[str, int]:
        """Rejected records by code."""
        return dict(self.rejects.group_by("code").len().sort("code").iter_rows())

    def part(self) -> bytes:
        """Return the facts as a Parquet file."""
        out = io.BytesIO()
        self.facts.write_parquet(out, compression="zstd", compression_level=1)
        return out.getvalue()

    def reject_lines(self) -> bytes:
        """Return the rejects as JSON lines."""
        out = io.BytesIO()
        self.rejects.write_ndjson(out)
        return out.getvalue()


def work(data: bytes, task: Task, pseudonym_key: bytes) -> Work:
    """Work a chunk; `FileRefused` when its records are not as many as the plan counted."""
    named = normalise(data, task)
    learners = _pseudonyms(named.facts["learner"], pseudonym_key, task.mapping.system)
    return replace(named, facts=named.facts.with_columns(learner=learners))


def normalise(data: bytes, task: Task) -> Work:
    """Work a chunk, but leave learners under the identifiers of the file: for eyes that see the file too."""
    binding = Binding(task.mapping, task.layout)
    table = read(data, task.chunk, task.layout, binding.needed)
    verdicts = Verdicts(binding.skipped(table.rows))
    width = len(task.layout.header)
    verdicts.reject(table.rows["fields"] != width, RejectCode.RAGGED, None, f"not {width} fields")
    facts = facts_of(binding, table.rows, verdicts)
    rejects = pl.concat([verdicts.rejects(table.rows), _malformed(table.malformed)]).sort("record")
    return Work(_stamped(facts, task), rejects, table.rows.height + table.malformed.height)


def _stamped(facts: pl.DataFrame, task: Task) -> pl.DataFrame:
    return facts.with_columns(
        ingest_id=pl.lit(task.ingest_id),
        feed=pl.lit(task.recognition.feed),
        source=pl.lit(task.recognition.source),
        chunk=pl.lit(task.chunk.n, dtype=pl.Int32),
        member=pl.lit(task.member),
    ).select(RESULTS.schema.names())


def _pseudonyms(learners: pl.Series, key: bytes, system: str) -> pl.Series:
    distinct = learners.unique()
    names = pl.Series(pseudonyms(key, system, distinct), dtype=pl.String)
    return learners.replace_strict(distinct, names, return_dtype=pl.String)


def _malformed(places: pl.DataFrame) -> pl.DataFrame:
    return places.with_columns(
        column=pl.lit(None, dtype=pl.String),
        code=pl.lit(RejectCode.QUOTING.value),
        message=pl.lit("a quotation mark stands where none may"),
    ).select(REJECTS.names())
