"""What an inspection says about one file, and how it is written down as JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.ingestion.loads import Load
from shared.ingestion.model import Dialect, Failure, LineFormat
from shared.ingestion.reading.containers import Container
from shared.ingestion.reading.swapped_quotes import DOUBLE
from shared.kernel.clock import rfc3339
from shared.kernel.events import Json


@dataclass(frozen=True, slots=True)
class Match:
    """The part that fits a table best.

    `unknown` are labels that it doesn't know, `missing` its columns that are not there.
    """

    part: str
    table: str
    load: Load
    shape: str
    score: float
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the records of a table that was read to its end; the first facts are a sample.

    With a feed these are what the pipeline would count. Without one, a record that could be taken apart into
    the table's columns is accepted, a repaired one among them.
    """

    records: int
    rejects: Mapping[str, int]
    repaired: Mapping[str, int]
    facts: int
    sample: Sequence[Mapping[str, object]]

    @property
    def rejected(self) -> int:
        """Records that were not accepted."""
        return sum(self.rejects.values())

    @property
    def accepted(self) -> int:
        """All other records."""
        return self.records - self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInspection:
    """Everything known about one table of a file; what could not be found out is None."""

    name: str
    container: Container
    match: Match | None = None
    columns: tuple[str, ...] = ()
    dialect: Dialect | None = None
    quote: str = DOUBLE
    """What the cells are quoted by."""
    counts: Counts | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the JSON object of the table."""
        return {
            "member": self.name,
            "container": self.container,
            **_match(self.match),
            **_dialect(self.dialect, self.quote),
            "columns": list(self.columns),
            **_counts(self.counts),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Everything known about a file; what could not be found out is None."""

    file: str
    size: int
    container: Container | None = None
    feed: str | None = None
    version: int | None = None
    format_version: str | None = None
    """Which version of the feed's format the file is."""
    score: float | None = None
    reasons: tuple[str, ...] = ()
    """Why the feed fits, or of each feed why not."""
    sha256: str | None = None
    warnings: tuple[str, ...] = ()
    members: tuple[MemberInspection, ...] = ()
    refused: Failure | None = None

    @property
    def counts(self) -> Counts | None:
        """The counts of all tables together; None where none was read to its end."""
        read = [member.counts for member in self.members if member.counts]
        return _together(read) if read else None

    def as_json(self) -> dict[str, Json]:
        """Return the JSON object of the file; its keys are always the same.

        What is said of a table stands at the top where the file is one table, and is null there otherwise.
        """
        only = self.members[0] if len(self.members) == 1 else None
        return {
            "file": self.file,
            "bytes": self.size,
            "sha256": self.sha256,
            "feed": self.feed,
            "version": self.version,
            "formatVersion": self.format_version,
            **_match(only.match if only else None),
            "score": None if self.score is None else round(self.score, 3),
            "reasons": list(self.reasons),
            "container": self.container,
            **(_dialect(only.dialect, only.quote) if only else _dialect(None, DOUBLE)),
            "columns": list(only.columns) if only else [],
            **_counts(self.counts),
            "members": [member.as_json() for member in self.members] if only is None else [],
            "warnings": list(self.warnings),
            "refused": _failure(self.refused) if self.refused else None,
        }


def _together(every: Iterable[Counts]) -> Counts:
    every = list(every)
    rejects, repaired = Counter[str](), Counter[str]()
    for counts in every:
        rejects.update(counts.rejects)
        repaired.update(counts.repaired)
    return Counts(
        records=sum(counts.records for counts in every),
        rejects=rejects,
        repaired=repaired,
        facts=sum(counts.facts for counts in every),
        sample=[row for counts in every for row in counts.sample],
    )


def _match(match: Match | None) -> dict[str, Json]:
    if match is None:
        return dict.fromkeys(("part", "table", "load", "shape", "score", "drift"))
    return {
        "part": match.part,
        "table": match.table,
        "load": match.load,
        "shape": match.shape,
        "score": round(match.score, 3),
        "drift": {"unknown": list(match.unknown), "missing": list(match.missing)},
    }


def _dialect(dialect: Dialect | None, quote: str) -> dict[str, Json]:
    if dialect is None:
        return {"encoding": None, "dialect": None}
    delimited: dict[str, Json] = {
        "separator": dialect.separator,
        "quote": quote,
        "decimal": dialect.decimal,
        "quotesWellPlaced": dialect.regular,
    }
    own = delimited if dialect.lines is LineFormat.DELIMITED else {}
    return {"encoding": dialect.encoding, "dialect": {"lines": dialect.lines, **own}}


def _counts(counts: Counts | None) -> dict[str, Json]:
    if counts is None:
        return dict.fromkeys(("records", "accepted", "rejects", "repaired", "facts", "sample"))
    return {
        "records": counts.records,
        "accepted": counts.accepted,
        "rejects": dict(counts.rejects),
        "repaired": dict(counts.repaired),
        "facts": counts.facts,
        "sample": [{name: _plain(value) for name, value in row.items()} for row in counts.sample],
    }


def _failure(failure: Failure) -> dict[str, Json]:
    places: list[Json] = [
        {"place": violation.place, "message": violation.message} for violation in failure.violations
    ]
    return {"code": failure.code, "detail": failure.detail, "places": places}


def _plain(value: object) -> Json:
    match value:
        case None | str() | int():
            return value
        case datetime():
            return rfc3339(value)
        case Decimal():
            return format(value.normalize(), "f")
        case _:
            raise TypeError(f"no fact column holds a {type(value).__name__}")
