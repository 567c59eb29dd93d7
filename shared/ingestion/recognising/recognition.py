"""Recognises a file: tries the parts of each feed on the heads of its members and gives the best a score.

Of a member's score half is the share of columns that the part knows, four tenths the share of the head's
records that it reads without fault, a tenth the names. A part whose required columns are missing does not
fit. Of the feeds, the one that takes the most members counts, then the better scores.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping, Part
from shared.ingestion.mapping.identities import FileIdentity, identify
from shared.ingestion.mapping.layouts import Fit, Misfit, fits
from shared.ingestion.model import Chunk, Layout, LineFormat, PlannedMember, Recognition, RejectCode
from shared.ingestion.reading.sniffing import Head
from shared.ingestion.recognising.format_versions import version_of
from shared.ingestion.recognising.manifests import load_of, properties_of
from shared.ingestion.recognising.members import MemberHead, Taken
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.working.work import ENGINE_VERSION, Task, normalise
from shared.kernel.errors import Violation
from shared.standards.detection import Verdict

_ENOUGH: Final = 0.5
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Recognised:
    """The feed that fits best, the members that it takes, and the names of those that it does not."""

    mapping: Mapping
    identity: FileIdentity
    members: tuple[Taken, ...]
    loads: tuple[Load, ...]
    """How the rows of each member join those of earlier files."""
    left: tuple[str, ...]
    version: Verdict | None = None
    """Which version of the feed's format the file is; None where the feed has none, or nothing tells."""

    @property
    def score(self) -> float:
        """How well the feed fits: the mean over the members that it takes."""
        return sum(taken.score for taken in self.members) / len(self.members)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the score is made of."""
        if len(self.members) == 1 and not self.left:
            return self.members[0].reasons
        return tuple(f"{taken.name}: {reason}" for taken in self.members for reason in taken.reasons)

    @property
    def unread(self) -> tuple[str, ...]:
        """Labels of columns that the feed does not know."""
        return tuple(label for taken in self.members for label in taken.unread)

    def _left(self, *, known: bool) -> list[str]:
        return [name for name in self.left if _leaves(self.mapping, name) == known]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of."""
        return (
            *(self.version.warnings + self.version.contradictions if self.version else ()),
            *_drift("columns that the feed does not know were not read", self.unread),
            *_drift("tables that the feed does not know were not read", self._left(known=False)),
            *_drift("tables that the feed knows and does not take", self._left(known=True)),
        )


def recognise(members: Sequence[MemberHead], file_name: str, mappings: Sequence[Mapping]) -> Recognised:
    """Return the best feed; `FileRefused` with the reason of each feed when none fits well enough."""
    found: list[Recognised] = []
    reasons: list[Violation] = []
    for mapping in mappings:
        recognised, misfit = _tried(members, file_name, mapping)
        if recognised is None:
            reasons.append(Violation(f"feed {mapping.id}", misfit))
        else:
            found.append(recognised)
    best = max(found, key=lambda one: (len(one.members), one.score), default=None)
    if best is None:
        raise _unknown(members, reasons)
    return best


def _unknown(members: Sequence[MemberHead], reasons: Sequence[Violation]) -> FileRefused:
    """Return the refusal of a file that fits no feed, by its columns or because there are no records."""
    empty = [Violation(member.nothing, "it is empty") for member in members if member.nothing is not None]
    if len(empty) == len(members):
        return FileRefused(FailureCode.EMPTY, "the file holds no records", *empty, *reasons)
    return FileRefused(FailureCode.UNRECOGNISED, "the file fits no known feed", *reasons)


def _tried(members: Sequence[MemberHead], file_name: str, mapping: Mapping) -> tuple[Recognised | None, str]:
    """Return what the feed makes of the members, or None and why it fits none."""
    identity = identify(mapping, file_name)
    taken: list[Taken] = []
    misfits: list[Misfit] = []
    for at, member in enumerate(members):
        best = _best_part(at, member, file_name, mapping, identity, misfits)
        if best is not None:
            taken.append(best)
    if not taken:
        return None, min(misfits, key=lambda misfit: misfit.missing).reason
    manifest = properties_of(members, mapping)
    loads = tuple(load_of(mapping, one.part, one.name, file_name, manifest) for one in taken)
    known = {one.at for one in taken}
    left = tuple(
        member.name
        for at, member in enumerate(members)
        if at not in known and not manifest.is_in(member.name)
    )
    version = version_of(mapping.versions, members, taken, manifest) if mapping.versions else None
    return Recognised(mapping, identity, tuple(taken), loads, left, version), ""


def _best_part(  # noqa: PLR0913, PLR0917 - what is tried, on what, and where to say why not
    at: int,
    member: MemberHead,
    file_name: str,
    mapping: Mapping,
    identity: FileIdentity,
    misfits: list[Misfit],
) -> Taken | None:
    if _leaves(mapping, member.name):
        misfits.append(Misfit(f"the feed knows {member.name} and does not take it", 0))
        return None
    if member.head.encoding not in mapping.encodings:
        misfits.append(Misfit(f"the feed is never in {member.head.encoding}", 1000))
        return None
    found: list[Taken] = []
    for part in mapping.parts:
        for one in _of_part(member, part, identity):
            if isinstance(one, Misfit):
                misfits.append(one)
            else:
                found.append(_judged(at, member, file_name, mapping, part, one))
    found = [one for one in found if not _guessed(one, misfits)]
    best = max(found, key=lambda one: one.score, default=None)
    if best is None or best.score >= _ENOUGH:
        return best
    misfits.append(Misfit(f"score {best.score:.2f}: {'; '.join(best.reasons)}", 0))
    return None


def _leaves(mapping: Mapping, name: str) -> bool:
    return re.search(mapping.leaves, name) is not None


def _guessed(found: Taken, misfits: list[Misfit]) -> bool:
    """Tell whether a table that has no labels to prove it is not read well enough to be of the part."""
    if (
        found.header_record
        or found.layout.dialect.lines is LineFormat.JSON_LINES
        or found.readable >= _ENOUGH
    ):
        return False
    misfits.append(Misfit(f"without a header, {found.reasons[1]}", len(found.part.require)))
    return True


def _of_part(member: MemberHead, part: Part, identity: FileIdentity) -> Iterator[Fit | Misfit]:
    """Yield how the part may lie over the member; one with lines of another format is no match."""
    is_json = member.lines is LineFormat.JSON_LINES
    suited = [lines for lines in map(LineFormat, part.lines) if (lines is LineFormat.JSON_LINES) == is_json]
    if not suited:
        yield Misfit(f"it is read as {member.lines}, not as {' or '.join(part.lines)}", 1000)
    for lines in suited:
        yield from fits(member.head, part, identity.constants, lines)


def _judged(  # noqa: PLR0913, PLR0917 - a fit and everything that it is judged by
    at: int, member: MemberHead, file_name: str, mapping: Mapping, part: Part, found: Fit
) -> Taken:
    shares = {".": _readable_share(member.head, mapping, part, found, ".")}
    if shares["."] < 1:
        shares[","] = _readable_share(member.head, mapping, part, found, ",")
    decimal = max(shares, key=lambda mark: shares[mark])
    known = _known_share(found, shares[decimal])
    patterns = [part.member] if part.member else mapping.names
    named = any(re.search(pattern, name) for pattern in patterns for name in (member.name, file_name))
    return Taken(
        at=at,
        name=member.name,
        part=part,
        layout=_with_decimal(found.layout, decimal),
        header_record=found.header_record,
        first_record=found.first_record,
        readable=shares[decimal],
        score=0.5 * known + 0.4 * shares[decimal] + 0.1 * named,
        reasons=(
            f"{known:.0%} of the columns are known",
            f"{shares[decimal]:.0%} of {len(found.sample)} sampled records read without fault",
            f"the name is {'' if named else 'not '}usual for the feed",
        ),
        unread=found.unread,
    )


def _known_share(found: Fit, readable: float) -> float:
    """Return the share of columns that the part knows.

    Where there are no labels, a table may be another one of as many columns: only its records can tell.
    """
    if found.header_record == 0 and found.layout.dialect.lines is not LineFormat.JSON_LINES:
        return readable
    return 1 - len(found.unread) / max(len(found.layout.header), 1)


def _readable_share(head: Head, mapping: Mapping, part: Part, found: Fit, decimal: str) -> float:
    """Return the share of sample records without fault when decimals are written with `decimal`."""
    if not found.sample:
        return 1.0
    start, end = found.sample[0].start, found.sample[-1].end
    layout = _with_decimal(found.layout, decimal)
    task = Task(
        ingest_id="",
        chunk=Chunk(0, start, end - start, found.first_record, len(found.sample)),
        member=PlannedMember(name="", part=part.name, layout=layout, size=len(head.text)),
        recognition=Recognition(
            sha256="",
            feed=mapping.id,
            mapping_version=mapping.version,
            engine_version=ENGINE_VERSION,
            source="",
            targets=(),
        ),
        mapping=mapping,
    )
    done = normalise(head.text[start:end], task)
    # What a part looks up in another can't be judged by its own head.
    faulty = done.rejects.filter(pl.col("code") != RejectCode.REFERENCE.value).height
    return 1 - faulty / done.records


def _with_decimal(layout: Layout, decimal: str) -> Layout:
    # Whether all quotes of the file are well placed is known after the whole file was read, not here.
    return replace(layout, dialect=replace(layout.dialect, decimal=decimal, regular=False))


def _drift(what: str, names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return (f"{what}: {', '.join(names[:_LISTED])}{more}",)
