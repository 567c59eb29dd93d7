"""Recognises a file: tries the parts of each feed on the heads of its members and gives the best a score.

Of a member's score half is the share of columns that the part knows, four tenths the share of the head's
records that it reads without fault, a tenth the names. A part whose required columns are missing does not
fit. Of the parts of a feed that do, the columns choose, and the score only where they can't: records full of
faults are to be rejected, not to be read as something else. Of the feeds, the one that takes the most members
counts, then the better scores. A score is only asked for where there is a choice.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from typing import Final

from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.identities import constants_of, source_of
from shared.ingestion.mapping.layouts import Fit, Misfit, fits
from shared.ingestion.mapping.parts import Part
from shared.ingestion.mapping.tried_heads import TriedHead
from shared.ingestion.model import LineFormat
from shared.ingestion.recognising.format_versions import version_of
from shared.ingestion.recognising.judging import ENOUGH, Judgement
from shared.ingestion.recognising.manifests import contradictions_of, load_of, properties_of
from shared.ingestion.recognising.members import MemberHead, Taken
from shared.ingestion.recognising.reasons import Missed, unknown
from shared.standards.detection import Verdict

_LISTED: Final = 20
_FARTHEST: Final = 1000
"""Stands for more missing columns than any: a part or feed that never is so tells least of why it is not."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The feed that fits best, the members that it takes, and the names of those that it does not."""

    mapping: Mapping
    source: str
    """Whose earlier files the file joins or replaces."""
    members: tuple[Taken, ...]
    loads: tuple[Load, ...]
    """How the rows of each member join those of earlier files."""
    left: tuple[str, ...]
    version: Verdict | None = None
    """Which version of the feed's format the file is; None where the feed has none, or nothing tells."""
    contradictions: tuple[str, ...] = ()
    """Where the manifest says of members what they are not."""

    @property
    def score(self) -> float:
        """How well the feed fits: the mean over the members that it takes."""
        return sum(taken.judgement.score for taken in self.members) / len(self.members)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the score is made of."""
        if len(self.members) == 1 and not self.left:
            return self.members[0].judgement.reasons
        return tuple(
            f"{taken.name}: {reason}" for taken in self.members for reason in taken.judgement.reasons
        )

    @property
    def unread(self) -> tuple[str, ...]:
        """Labels of columns that the feed does not know."""
        return tuple(label for taken in self.members for label in taken.unread)

    @property
    def doubled(self) -> tuple[str, ...]:
        """Labels of columns that another column is read in place of."""
        return tuple(label for taken in self.members for label in taken.doubled)

    def _left(self, *, known: bool) -> list[str]:
        return [name for name in self.left if _leaves(self.mapping, name) == known]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of."""
        return (
            *(self.version.warnings + self.version.contradictions if self.version else ()),
            *self.contradictions,
            *_drift("columns that the feed does not know were not read", self.unread),
            *_drift("columns that another is read in place of were not read", self.doubled),
            *_drift("tables that the feed does not know were not read", self._left(known=False)),
            *_drift("tables that the feed knows and does not take", self._left(known=True)),
        )


def recognise(members: Sequence[MemberHead], file_name: str, mappings: Sequence[Mapping]) -> Recognised:
    """Return the best feed; `FileRefused` with the reason of each feed when none fits well enough."""
    found: list[Recognised] = []
    missed: list[Missed] = []
    heads = [TriedHead(member.head) for member in members]
    for mapping in mappings:
        tried = _tried(members, heads, file_name, mapping)
        if isinstance(tried, Missed):
            missed.append(tried)
        else:
            found.append(tried)
    best = _best(found, lambda one: (len(one.members),), lambda one: one.score)
    if best is None:
        raise unknown(members, heads, missed)
    return best


def _best[T](
    found: Sequence[T], rank: Callable[[T], tuple[float, ...]], score: Callable[[T], float]
) -> T | None:
    """Return what ranks highest, of equals the best by score; what has no equal need not be scored."""
    highest = max(map(rank, found), default=())
    equals = [one for one in found if rank(one) == highest]
    return equals[0] if len(equals) == 1 else max(equals, key=score, default=None)


def _tried(
    members: Sequence[MemberHead], heads: Sequence[TriedHead], file_name: str, mapping: Mapping
) -> Recognised | Missed:
    """Return what the feed makes of the members, or why it takes none."""
    taken: list[Taken] = []
    misfits: list[Misfit] = []
    for at, (member, head) in enumerate(zip(members, heads, strict=True)):
        constants = constants_of(mapping, file_name, member.name)
        parts = _parts(member, head, mapping, constants, misfits)
        best = _best_part([_taken(at, member, file_name, mapping, *one) for one in parts], misfits)
        if best is not None:
            taken.append(best)
    if not taken:
        return Missed(mapping, misfits)
    manifest = properties_of(members, mapping)
    loads = tuple(load_of(mapping, one.part, one.name, file_name, manifest) for one in taken)
    known = {one.at for one in taken}
    left = tuple(
        member.name
        for at, member in enumerate(members)
        if at not in known and not manifest.is_in(member.name)
    )
    version = version_of(mapping.versions, members, taken, manifest) if mapping.versions else None
    source = source_of(mapping, file_name, [one.name for one in taken])
    contradictions = contradictions_of(mapping, members, taken, manifest)
    return Recognised(mapping, source, tuple(taken), loads, left, version, contradictions)


def _parts(
    member: MemberHead, head: TriedHead, mapping: Mapping, constants: Keyed[str, str], misfits: list[Misfit]
) -> Iterator[tuple[Part, Fit]]:
    """Yield the parts that may lie over the member, and how; note why others don't."""
    if _leaves(mapping, member.name):
        misfits.append(Misfit(f"the feed knows {member.name} and does not take it", _FARTHEST))
        return
    if member.head.encoding not in mapping.encodings:
        misfits.append(Misfit(f"the feed is never in {member.head.encoding}", _FARTHEST))
        return
    for part in mapping.parts:
        for one in _of_part(member, head, part, constants):
            if isinstance(one, Misfit):
                misfits.append(one)
            else:
                yield part, one


def _best_part(found: Sequence[Taken], misfits: list[Misfit]) -> Taken | None:
    best = _best(
        [one for one in found if not (_untold(one, misfits) or _guessed(one, misfits))],
        lambda one: one.judgement.rank,
        lambda one: one.judgement.score,
    )
    if best is None or best.judgement.is_enough:
        return best
    judged = best.judgement
    misfits.append(Misfit(f"score {judged.score:.2f}: {'; '.join(judged.reasons)}", 0))
    return None


def _leaves(mapping: Mapping, name: str) -> bool:
    return re.search(mapping.leaves, name) is not None


def _guessed(found: Taken, misfits: list[Misfit]) -> bool:
    """Tell whether a table that has no labels to prove it is not read well enough to be of the part."""
    if not found.judgement.is_guess or found.judgement.readable >= ENOUGH:
        return False
    misfits.append(Misfit(f"without a header, {found.judgement.reading}", len(found.part.require)))
    return True


def _untold(found: Taken, misfits: list[Misfit]) -> bool:
    """Tell whether nothing says that the rows which the member deletes are of the part."""
    if found.judgement.is_untold:
        misfits.append(Misfit("its first records only delete, and no name says rows of which table", 0))
    return found.judgement.is_untold


def _of_part(
    member: MemberHead, head: TriedHead, part: Part, constants: Keyed[str, str]
) -> Iterator[Fit | Misfit]:
    """Yield how the part may lie over the member; one with lines of another format is no match."""
    is_json = member.lines is LineFormat.JSON_LINES or head.is_of_objects
    suited = [lines for lines in map(LineFormat, part.lines) if (lines is LineFormat.JSON_LINES) == is_json]
    if not suited:
        read_as = LineFormat.JSON_LINES if is_json else member.lines
        yield Misfit(f"it is read as {read_as}, not as {' or '.join(part.lines)}", _FARTHEST)
    for lines in suited:
        yield from fits(head, part, constants, lines)


def _taken(  # noqa: PLR0913, PLR0917 - a fit and everything that it is judged by
    at: int, member: MemberHead, file_name: str, mapping: Mapping, part: Part, found: Fit
) -> Taken:
    judgement = Judgement(member.head, mapping, part, found, (member.name, file_name))
    return Taken(
        at=at,
        name=member.name,
        part=part,
        layout=judgement.layout,
        header_record=found.header_record,
        first_record=found.first_record,
        unread=found.unread,
        doubled=found.doubled,
        judgement=judgement,
    )


def _drift(what: str, names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return (f"{what}: {', '.join(names[:_LISTED])}{more}",)
