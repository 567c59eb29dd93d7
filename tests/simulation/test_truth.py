"""The truth of simulated deliveries, where it depends on more than the newest file."""

import hashlib
from dataclasses import replace

from shared.ingestion.model import Ingest, IngestState
from tests.fixtures.commits import worked_ingest
from tests.fixtures.facts import ingest_id
from tests.simulation.catalogues import MENDED
from tests.simulation.files import Content, Fate
from tests.simulation.senders import Sent
from tests.simulation.truth import accepted_files

FILE = Content(b"the same bytes each time", Fate.ACCEPTED, 11, frozenset({6}), frozenset({6}))


def became(second: int, state: IngestState, mapping_version: int) -> Ingest:
    """Return what became of the file, by a version of its mapping: the second rejects no record."""
    ingest = worked_ingest(ingest_id(second), "source", [])
    digest = hashlib.sha256(FILE.data).hexdigest()
    pins = replace(ingest.recognised, sha256=digest, feed=next(iter(MENDED)), mapping_version=mapping_version)
    return replace(ingest, recognition=pins, state=state)


def newest(*ingests: Ingest) -> Content:
    """Return the newest of the files that ingests were made of."""
    sent = [Sent("harbor", "source", "source.csv", ingest.id, [FILE]) for ingest in ingests]
    _, content = accepted_files(sent, {ingest.id: ingest for ingest in ingests})[-1]
    return content


def test_a_duplicate_stands_for_the_file_that_was_committed_not_for_one_that_was_superseded() -> None:
    committed = became(1, IngestState.FOLDED, 1)
    superseded = became(2, IngestState.SUPERSEDED, 2)

    assert newest(committed, superseded, became(3, IngestState.DUPLICATE, 1)).rejected == {6}


def test_a_duplicate_stands_for_the_file_that_it_restates_as_that_was_replayed() -> None:
    read, replayed = became(1, IngestState.FOLDED, 1), became(2, IngestState.FOLDED, 2)

    assert newest(read, replayed, became(3, IngestState.DUPLICATE, 1)).rejected == frozenset()
