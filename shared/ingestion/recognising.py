"""Recognises a file: tries each feed on its head and gives the best a score with reasons.

Half of the score is the share of columns that the feed knows, four tenths the share of the head's records
that it reads without fault, a tenth the file's name. A feed whose required columns are missing does not fit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.ingestion.file_names import FileIdentity, identify
from shared.ingestion.layouts import Fit, Misfit, fit
from shared.ingestion.loads import Load, Target
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Chunk, Layout, Recognition
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.sniffing import Head
from shared.ingestion.tables import TableName
from shared.ingestion.working import ENGINE_VERSION, Task, normalise
from shared.kernel.errors import Violation

_ENOUGH: Final = 0.5
_LISTED_COLUMNS: Final = 20


@dataclass(frozen=True, slots=True)
class Recognised:
    """The feed that fits best, and how it lies over the file."""

    mapping: Mapping
    identity: FileIdentity
    layout: Layout
    first_record: int
    score: float
    reasons: tuple[str, ...]
    unread: tuple[str, ...]
    """Labels of columns that the feed does not know."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of."""
        return _drift(self.unread)


def recognise(head: Head, file_name: str, mappings: Sequence[Mapping]) -> Recognised:
    """Return the best feed; `FileRefused` with the reason of each feed when none fits well enough."""
    fits: list[Recognised] = []
    misfits: list[Violation] = []
    for mapping in mappings:
        for found in _tried(head, file_name, mapping):
            if isinstance(found, Recognised):
                fits.append(found)
            else:
                misfits.append(Violation(f"feed {mapping.id}", found.reason))
    best = max(fits, key=lambda found: found.score, default=None)
    if best is not None and best.score >= _ENOUGH:
        return best
    misfits += [
        Violation(f"feed {f.mapping.id}", f"score {f.score:.2f}: {'; '.join(f.reasons)}") for f in fits
    ]
    raise FileRefused(FailureCode.UNRECOGNISED, "the file fits no known feed", *misfits)


def _tried(head: Head, file_name: str, mapping: Mapping) -> Iterator[Recognised | Misfit]:
    """Yield what came of the separators under which the feed fits, or one misfit when there is none."""
    identity = identify(mapping, file_name)
    if head.encoding not in mapping.encodings:
        yield Misfit(f"the feed is never in {head.encoding}", len(mapping.require))
        return
    found = [fit(head, mapping, separator, identity.constants) for separator in mapping.separators]
    fits = [one for one in found if isinstance(one, Fit)]
    yield from (_judged(head, file_name, mapping, identity, one) for one in fits)
    if not fits:
        yield min((one for one in found if isinstance(one, Misfit)), key=lambda one: one.missing)


def _judged(head: Head, file_name: str, mapping: Mapping, identity: FileIdentity, found: Fit) -> Recognised:
    shares = {mark: _readable_share(head, mapping, found, mark) for mark in (".", ",")}
    decimal = "," if shares[","] > shares["."] else "."
    known = 1 - len(found.unread) / len(found.layout.header)
    named = any(re.search(pattern, file_name) for pattern in mapping.names)
    return Recognised(
        mapping=mapping,
        identity=identity,
        layout=_with_decimal(found.layout, decimal),
        first_record=found.first_record,
        score=0.5 * known + 0.4 * shares[decimal] + 0.1 * named,
        reasons=(
            f"{known:.0%} of the columns are known",
            f"{shares[decimal]:.0%} of {len(found.sample)} sampled records read without fault",
            f"the name is {'' if named else 'not '}usual for the feed",
        ),
        unread=found.unread,
    )


def _readable_share(head: Head, mapping: Mapping, found: Fit, decimal: str) -> float:
    """Return the share of sample records without fault when decimals are written with `decimal`."""
    if not found.sample:
        return 1.0
    start, end = found.sample[0].start, found.sample[-1].end
    task = Task(
        ingest_id="",
        chunk=Chunk(0, start, end - start, found.first_record, len(found.sample)),
        layout=_with_decimal(found.layout, decimal),
        recognition=Recognition(
            sha256="",
            feed=mapping.id,
            mapping_version=mapping.version,
            engine_version=ENGINE_VERSION,
            source="",
            targets=(Target(TableName.RESULTS, Load.REPLACE),),
        ),
        mapping=mapping,
    )
    done = normalise(head.text[start:end], task)
    return done.accepted / done.records


def _with_decimal(layout: Layout, decimal: str) -> Layout:
    # Whether all quotes of the file are well placed is known after the whole file was read, not here.
    return replace(layout, dialect=replace(layout.dialect, decimal=decimal, regular=False))


def _drift(unread: Sequence[str]) -> tuple[str, ...]:
    if not unread:
        return ()
    listed = ", ".join(unread[:_LISTED_COLUMNS])
    more = f" and {len(unread) - _LISTED_COLUMNS} more" if len(unread) > _LISTED_COLUMNS else ""
    return (f"columns that the feed does not know were not read: {listed}{more}",)
