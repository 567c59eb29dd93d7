"""Says why a file fits no feed: of each feed the one thing that keeps the file from it most nearly."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.layouts import Fit, Misfit, fits
from shared.ingestion.mapping.parts import Part
from shared.ingestion.mapping.tried_heads import TriedHead
from shared.ingestion.model import LineFormat
from shared.ingestion.reading.records import SEPARATORS
from shared.ingestion.recognising.members import MemberHead
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import Violation


@dataclass(frozen=True, slots=True)
class Missed:
    """A feed that takes none of the members, and why not: a misfit of each part with each."""

    mapping: Mapping
    misfits: Sequence[Misfit]


def unknown(
    members: Sequence[MemberHead], heads: Sequence[TriedHead], missed: Iterable[Missed]
) -> FileRefused:
    """Return the refusal of a file that fits no feed, by its columns or because there are no records."""
    reasons = [Violation(f"feed {one.mapping.id}", _reason(one, heads)) for one in missed]
    empty = [Violation(member.nothing, "it is empty") for member in members if member.nothing is not None]
    if len(empty) == len(members):
        return FileRefused(FailureCode.EMPTY, "the file holds no records", *empty, *reasons)
    return FileRefused(FailureCode.UNRECOGNISED, "the file fits no known feed", *reasons)


def _reason(missed: Missed, heads: Sequence[TriedHead]) -> str:
    """Return the nearest miss; where only the separator is wrong, no column is missing that it hides."""
    for head in heads:
        for part in missed.mapping.parts:
            separator = _other_separator(head, part)
            if separator is not None:
                return f"it is read as separated by {separator}, not by {_either(part.separators)}"
    return min(missed.misfits, key=lambda misfit: misfit.missing).reason


def _other_separator(head: TriedHead, part: Part) -> str | None:
    """Return what separates the columns that the part needs, where the part's tables never are so."""
    if LineFormat.DELIMITED not in part.lines:
        return None
    for separator in (mark for mark in SEPARATORS if mark not in part.separators):
        other = part.model_copy(update={"separators": (separator,)})
        found = fits(head, other, {}, LineFormat.DELIMITED)
        # Without labels any table of as many columns would do.
        if any(isinstance(one, Fit) and one.header_record for one in found):
            return SEPARATORS[separator]
    return None


def _either(separators: Iterable[str]) -> str:
    return " or ".join(SEPARATORS[separator] for separator in separators)
