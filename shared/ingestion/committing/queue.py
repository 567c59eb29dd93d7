"""Whose turn it is among the ingests that wait to be committed, decided from the tables' logs alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.ingestion.committing.rules import ingest_transaction, sequence, source_transaction
from shared.ingestion.loads import Target
from shared.ingestion.model import Ingest
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName

type Reached = Mapping[TableName, Mapping[str, int]]
"""By table, the versions that applications reached."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with the ingests that wait: close some, announce some, commit at most one per source."""

    superseded: tuple[Versioned[Ingest], ...]
    finished: tuple[Versioned[Ingest], ...]
    following: tuple[Versioned[Ingest], ...]


def versions(ingest: Ingest, reached: Reached) -> dict[TableName, int]:
    """Return in which version of its tables the ingest was committed, as far as it was."""
    transaction = ingest_transaction(ingest)
    found = {target.table: reached[target.table].get(transaction) for target in ingest.recognised.targets}
    return {table: version for table, version in found.items() if version is not None}


def open_targets(ingest: Ingest, reached: Reached) -> list[Target]:
    """Return the targets that are still to be committed, in the order of `TableName`."""
    done = versions(ingest, reached)
    waiting = [
        target
        for target in ingest.recognised.targets
        if target.table not in done and not _overtaken(ingest, target, reached)
    ]
    order = list(TableName)
    return sorted(waiting, key=lambda target: order.index(target.table))


def turn(ready: Sequence[Versioned[Ingest]], reached: Reached) -> Turn:
    """Decide about all of `ready`.

    A file that replaces another's rows waits for no older one: it supersedes it. Files that merge go oldest
    first. One that a crash left half committed is finished before any other of its source.
    """
    superseded, finished = [], []
    by_source: dict[str, list[Versioned[Ingest]]] = {}
    for entry in sorted(ready, key=lambda entry: entry.value.id):
        if _superseded(entry.value, reached):
            superseded.append(entry)
        elif open_targets(entry.value, reached):
            by_source.setdefault(entry.value.recognised.source, []).append(entry)
        else:
            finished.append(entry)
    following = tuple(_first(waiting, reached) for waiting in by_source.values())
    return Turn(tuple(superseded), tuple(finished), following)


def _first(waiting: Sequence[Versioned[Ingest]], reached: Reached) -> Versioned[Ingest]:
    begun = [entry for entry in waiting if versions(entry.value, reached)]
    if begun:
        return begun[0]
    return waiting[0] if any(merges(entry.value) for entry in waiting) else waiting[-1]


def merges(ingest: Ingest) -> bool:
    """Tell whether an ingest merges into any of its tables; such a one is never superseded."""
    return any(target.load.merges for target in ingest.recognised.targets)


def _superseded(ingest: Ingest, reached: Reached) -> bool:
    if versions(ingest, reached) or merges(ingest):
        return False
    return any(_overtaken(ingest, target, reached) for target in ingest.recognised.targets)


def _overtaken(ingest: Ingest, target: Target, reached: Reached) -> bool:
    last = reached[target.table].get(source_transaction(ingest), -1)
    return not target.load.merges and last >= sequence(ingest)
