"""Whether real files of known kinds are recognised and read to the letter, and all others refused rightly.

Measured on a folder of files that others have published. `KNOWN` states which of them are of a feed; their
records and identifiers are held against those that Python's `csv` and `zipfile` read. Every other file has to
be refused as `expected_code` says, and where no feed fits, with the reason of each feed.
"""

import asyncio
import csv
import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path
from typing import Final

import polars as pl

from shared.ingestion.inspecting.inspection import Inspection
from shared.ingestion.inspecting.inspector import Inspector
from shared.ingestion.mapping import feed as mapping
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.refusal import FailureCode
from shared.platform.disk.files import DiskFile
from shared.platform.disk.stage import DiskStage

type Figure = tuple[str, float, str, float | None]
type Rows = Sequence[Sequence[str]]


class Fault(StrEnum):
    """What must not happen to a file, as its figure is called."""

    MISSED = "Known files not recognised"
    MISCOUNTED = "Records counted otherwise than by csv"
    REJECTED = "Records rejected in known files"
    CELLS = "Records with other cells than by csv"
    IDENTIFIERS = "Identifiers with another text than by csv"
    TAKEN = "Other files not refused"
    REASON = "Other files refused for another reason"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a known file: the part that takes it, and the labels of the identifiers in its facts."""

    part: str
    identifiers: Mapping[str, str]
    leading: int = 1
    """Records before the first that counts: the header, and what belongs to it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file of a known kind: its feed, and all tables that the feed takes."""

    feed: str
    tables: Mapping[str, Table]


_ROSTER: Final = {
    "orgs.csv": Table("orgs", {"org": "sourcedId", "identifier": "identifier", "parent": "parentSourcedId"}),
    "classes.csv": Table(
        "classes",
        {"class": "sourcedId", "course": "courseSourcedId", "org": "schoolSourcedId", "code": "classCode"},
    ),
    "users.csv": Table("users", {"learner": "sourcedId", "org": "orgSourcedIds", "sis_id": "identifier"}),
    "enrollments.csv": Table(
        "enrollments",
        {
            "source_id": "sourcedId",
            "class": "classSourcedId",
            "learner": "userSourcedId",
            "org": "schoolSourcedId",
        },
    ),
}
_SESSIONS: Final = {
    "academicSessions.csv": Table("academicSessions", {"period": "sourcedId", "parent": "parentSourcedId"})
}
_COURSES: Final = {"courses.csv": Table("courses", {"course": "sourcedId", "org": "orgSourcedId"})}
_GRADEBOOK: Final = {
    # Its only assignment has no number, by which the feed knows one: there are records and no facts.
    "gradebook_last_first.csv": Table("gradebook", {}, leading=2)
}
KNOWN: Final = {
    "canvas/gradebook_last_first.csv": Known("canvas-gradebook", _GRADEBOOK),
    "oneroster/moodle-enrol/Test_minimal_data_set.zip": Known("oneroster-csv", _ROSTER | _SESSIONS),
    **{
        f"{folder}/{name}": Known("oneroster-csv", {name: table})
        for folder, tables in {
            "oneroster/oat-base-1.1": _ROSTER,
            "lms-toolkit/oneroster-1.0": _ROSTER | _SESSIONS | _COURSES,
        }.items()
        for name, table in tables.items()
    },
}
"""The files of known kinds.

Demographics of a roster are no canonical table, and a manifest alone states nothing. Microsoft's school data
is another kind, although two of its formats share names and labels with OneRoster.
"""
_HEADER_ALONE: Final = ("oneroster/oat-base-1.1/academicSessions.csv", "oneroster/oat-base-1.1/courses.csv")
"""Files of known kinds without a record."""

_TELLING: Final = (
    ("*/demographics.csv", "oneroster-csv", "does not take it"),
    ("*/SDS_v2/*.csv", "oneroster-csv", "deleted, updated_at"),
    ("*.json", "attempts", "read as json-lines"),
    ("*.jsonl", "attempts", "read as json-lines"),
    ("*.xml", "attempts", "read as json-lines"),
)
"""Of files that nearly fit, or that cannot: what a feed has to say among its reasons."""

_NO_DATA: Final = (
    "NOTICE*",
    "MANIFEST*",
    "README*",
    "*/params.json",
    "csv-robustness/pollock/clean/*",
    "csv-robustness/pollock/parameters/*",
)
"""What describes the files, and the truth beside polluted ones."""

_UNREAD: Final = {b"%PDF": 0, b"PAR1": 0, b"\xd0\xcf\x11\xe0": 0, b"ustar": 257}
"""The signatures of containers that no feed comes in, with the bytes where they stand."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an inspection told of a file; `cells` are those of all records of each table."""

    found: Inspection
    facts: list[pl.DataFrame] = field(default_factory=list)
    cells: dict[str, list[list[str]]] = field(default_factory=dict)


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    names = sorted({*files_of(data), *KNOWN})
    feeds = Catalogue.built_in().newest
    total, compared = Counter[Fault](), Counter[str]()
    for name in names:
        faults = _judged(data / name, name, feeds, compared)
        total += faults
        for fault, times in faults.items():
            sys.stderr.write(f"{name}: {fault} ({times})\n")
    return [
        ("Real files inspected", float(len(names)), "files", None),
        ("Real files of known kinds", float(len(KNOWN)), "files", None),
        ("Records compared", float(compared["records"]), "records", None),
        ("Identifiers compared", float(compared["identifiers"]), "texts", None),
        ("Of these with a leading zero", float(compared["zeros"]), "texts", None),
        *((fault.value, float(total[fault]), "", 0.0) for fault in Fault),
    ]


def files_of(data: Path) -> Iterator[str]:
    """Yield the names of the files of data, relative to their folder."""
    for path in data.rglob("*"):
        name = path.relative_to(data).as_posix()
        if path.is_file() and not any(fnmatch(name, pattern) for pattern in _NO_DATA):
            yield name


def _judged(
    path: Path, name: str, feeds: Sequence[mapping.Mapping], compared: Counter[str]
) -> Counter[Fault]:
    known = KNOWN.get(name)
    if known is None:
        return refusal_faults(path, name, inspected(path, feeds).found, [feed.id for feed in feeds])
    if not path.is_file():
        return Counter({Fault.MISSED: 1})
    truth = tables_of(path)
    for member, table in known.tables.items():
        rows = truth.get(member, [])[table.leading :]
        compared["records"] += len(rows)
        texts = [text for _, _, text in _identifiers(table, truth.get(member, [])) if text]
        compared["identifiers"] += len(texts)
        compared["zeros"] += sum(text.startswith("0") for text in texts)
    return reading_faults(known, truth, inspected(path, feeds))


def inspected(path: Path, feeds: Sequence[mapping.Mapping]) -> Seen:
    """Inspect a file; people keep the identifiers that the file has for them."""
    facts: list[pl.DataFrame] = []
    lines: list[bytes] = []
    with DiskStage() as stage, DiskFile(path) as file:
        inspector = Inspector(
            feeds=feeds, stage=stage, facts=lambda _, rows: facts.append(rows), records=lines.append
        )
        seen = Seen(asyncio.run(inspector.inspect(file, path.name)), facts)
    for record in map(json.loads, b"".join(lines).splitlines()):
        seen.cells.setdefault(record["member"], []).append(record["cells"])
    return seen


def tables_of(path: Path) -> dict[str, Rows]:
    """Return the rows of each CSV file in a zip, or of the file itself, by the standard library."""
    if not zipfile.is_zipfile(path):
        return {path.name: _rows(path.read_bytes())}
    with zipfile.ZipFile(path) as archive:
        return {name: _rows(archive.read(name)) for name in archive.namelist()}


def _rows(data: bytes) -> Rows:
    return [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row]


def reading_faults(known: Known, truth: Mapping[str, Rows], seen: Seen) -> Counter[Fault]:
    """Hold what was read of a known file against its true rows; of one that was missed, nothing."""
    found = seen.found
    parts = {member.name: member.match.part for member in found.members if member.match}
    wanted = {name: table.part for name, table in known.tables.items()}
    if found.refused or found.feed != known.feed or parts != wanted:
        return Counter({Fault.MISSED: 1})
    faults = Counter[Fault]()
    for member in found.members:
        rows, table = truth[member.name], known.tables[member.name]
        counted = member.counts.records if member.counts else 0
        faults[Fault.MISCOUNTED] += abs(counted - len(rows[table.leading :]))
        faults[Fault.REJECTED] += member.counts.rejected if member.counts else 0
        faults[Fault.CELLS] += other_cells(rows, seen.cells.get(member.name, []))
        faults[Fault.IDENTIFIERS] += other_identifiers(table, rows, _facts_of(member.name, seen))
    return +faults


def _facts_of(member: str, seen: Seen) -> list[dict[str, object]]:
    return [fact for facts in seen.facts for fact in facts.filter(pl.col("member") == member).to_dicts()]


def other_cells(rows: Rows, cells: Rows) -> int:
    """Count the records, the header among them, that are not made of the very cells of their row."""
    return sum(true is None or read is None or [*true] != [*read] for true, read in zip_longest(rows, cells))


def other_identifiers(table: Table, rows: Rows, facts: Sequence[Mapping[str, object]]) -> int:
    """Count the identifiers that are not to the letter in the fact of their record; a blank one is none."""
    by_record = {fact["record"]: fact for fact in facts}
    return sum(
        by_record.get(record, {}).get(column) != text for record, column, text in _identifiers(table, rows)
    )


def _identifiers(table: Table, rows: Rows) -> Iterator[tuple[int, str, str | None]]:
    """Yield record, column of the fact and text of each identifier; a blank one has no text."""
    for record, row in enumerate(rows[table.leading :], start=table.leading + 1):
        cells = dict(zip(rows[table.leading - 1], row, strict=False))
        for column, label in table.identifiers.items():
            yield record, column, cells.get(label) or None


def refusal_faults(path: Path, name: str, found: Inspection, feeds: Sequence[str]) -> Counter[Fault]:
    """Tell whether a file of no known kind was taken, or refused for another reason than the right one."""
    if found.refused is None:
        return Counter({Fault.TAKEN: 1})
    code = expected_code(path, name)
    right = found.refused.code == code
    if code is FailureCode.UNRECOGNISED:
        reasons = {why.place.removeprefix("feed "): why.message for why in found.refused.violations}
        right = right and _all_told(name, reasons, feeds)
    return Counter() if right else Counter({Fault.REASON: 1})


def _all_told(name: str, reasons: Mapping[str, str], feeds: Sequence[str]) -> bool:
    """Tell whether each feed has said why not, and those that had something special to say have said it."""
    return all(reasons.get(feed) for feed in feeds) and all(
        words in reasons[feed] for pattern, feed, words in _TELLING if fnmatch(name, pattern)
    )


def expected_code(path: Path, name: str) -> FailureCode:
    """Return why a file that is not known, or has no records, has to be refused.

    A header alone is an empty file only where a feed takes its table; all others are of no feed in the first
    place.
    """
    first = path.read_bytes()
    if not first.strip() or name in _HEADER_ALONE:
        return FailureCode.EMPTY
    if any(first.startswith(signature, at) for signature, at in _UNREAD.items()):
        return FailureCode.CONTAINER
    if first.startswith(b"PK") and not zipfile.is_zipfile(path):
        return FailureCode.DAMAGED
    return FailureCode.UNRECOGNISED
