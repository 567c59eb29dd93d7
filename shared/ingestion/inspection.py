"""What an inspection says about one file, and how it is written down as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.ingestion.containers import Container
from shared.ingestion.model import Dialect, Failure
from shared.kernel.clock import rfc3339
from shared.kernel.events import Json


@dataclass(frozen=True, slots=True)
class Match:
    """The feed that fits best. `unknown` are labels that it doesn't know, `missing` its columns not there."""

    feed: str
    version: int
    shape: str
    score: float
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the records of a file that was read to its end; the first facts are a sample.

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
class Inspection:
    """Everything known about a file; what could not be found out is None."""

    file: str
    size: int
    container: Container | None = None
    match: Match | None = None
    reasons: tuple[str, ...] = ()
    """Why the feed fits, or of each feed why not."""
    columns: tuple[str, ...] = ()
    sha256: str | None = None
    dialect: Dialect | None = None
    warnings: tuple[str, ...] = ()
    counts: Counts | None = None
    refused: Failure | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the JSON object of the file; its keys are always the same."""
        return {
            "file": self.file,
            "bytes": self.size,
            "sha256": self.sha256,
            **_match(self.match),
            "reasons": list(self.reasons),
            "container": self.container,
            **_dialect(self.dialect),
            "columns": list(self.columns),
            **_counts(self.counts),
            "warnings": list(self.warnings),
            "refused": _failure(self.refused) if self.refused else None,
        }


def _match(match: Match | None) -> dict[str, Json]:
    if match is None:
        return dict.fromkeys(("feed", "version", "shape", "score", "drift"))
    return {
        "feed": match.feed,
        "version": match.version,
        "shape": match.shape,
        "score": round(match.score, 3),
        "drift": {"unknown": list(match.unknown), "missing": list(match.missing)},
    }


def _dialect(dialect: Dialect | None) -> dict[str, Json]:
    if dialect is None:
        return {"encoding": None, "dialect": None}
    return {
        "encoding": dialect.encoding,
        "dialect": {
            "separator": dialect.separator,
            "quote": '"',
            "decimal": dialect.decimal,
            "quotesWellPlaced": dialect.regular,
        },
    }


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
