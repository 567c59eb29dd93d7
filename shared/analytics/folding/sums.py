"""Sums over results that can be added up: what figures of a group are made of, whatever the group.

Integers throughout, and kept as text where they outgrow the 53 bits that a JSON number is sure to keep.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from shared.analytics.folding.upload_time import uploaded_at
from shared.analytics.measures import UNIT, Sample, mean, statistics
from shared.analytics.model import View
from shared.kernel.events import Json

COUNTS: Final = ("results", "uncounted", "missing", "late", "n")
_WHOLE: Final = 100 * UNIT


@dataclass(frozen=True, slots=True)
class Sums:
    """How many results, of them not counted (exempt, suppressed), missing and late; and their `n` scores.

    `newest` is the ingest that the newest of them came with; `bins` counts scores as `measures.Sample` does.
    """

    results: int
    uncounted: int
    missing: int
    late: int
    n: int
    total: int
    squares: int
    least: int | None
    greatest: int | None
    newest: str
    bins: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Mapping[str, Any], bins: Mapping[int, int]) -> Self:
        """Return the sums in a row of a tally."""
        scored = bool(row["n"])
        return cls(
            **{name: row[name] for name in COUNTS},
            total=row["total"] if scored else 0,
            squares=row["squares"] if scored else 0,
            least=row["least"],
            greatest=row["greatest"],
            newest=row["newest"],
            bins=bins,
        )

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """Return the sums over all of at least one part."""
        if len(parts) == 1:
            return parts[0]
        bins: dict[int, int] = {}
        for part in parts:
            for position, count in part.bins.items():
                bins[position] = bins.get(position, 0) + count
        return cls(
            **{name: sum(getattr(part, name) for part in parts) for name in (*COUNTS, "total", "squares")},
            least=min((part.least for part in parts if part.least is not None), default=None),
            greatest=max((part.greatest for part in parts if part.greatest is not None), default=None),
            newest=max(part.newest for part in parts),
            bins=bins,
        )

    def written(self) -> dict[str, Json]:
        """Return the sums as a JSON object."""
        return {name: getattr(self, name) for name in (*COUNTS, "least", "greatest", "newest")} | {
            "total": str(self.total),
            "squares": str(self.squares),
            "bins": {str(position): self.bins[position] for position in sorted(self.bins)},
        }

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Return what `written` made an object of."""
        return cls(
            **{name: written[name] for name in (*COUNTS, "least", "greatest", "newest")},
            total=int(written["total"]),
            squares=int(written["squares"]),
            bins={int(position): count for position, count in written["bins"].items()},
        )


def figures(sums: Sums, learners: int) -> View:
    """Return the figures of a group in the member names of its view.

    `participation` is the share of counted results that were handed in, in percent points.
    """
    return {
        "learners": learners,
        "results": sums.results,
        "participation": _participation(sums),
        "missing": sums.missing,
        "late": sums.late,
        "percent": _percent(sums),
        "latestUpload": uploaded_at(sums.newest),
    }


def headline(sums: Sums) -> View:
    """Return how many scores there are and their mean: what a line about a group tells."""
    return {"scored": sums.n, "mean": mean(sums.total, sums.n) if sums.n else None}


def _percent(sums: Sums) -> dict[str, Json] | None:
    if sums.least is None or sums.greatest is None:
        return None
    return statistics(Sample(sums.n, sums.total, sums.squares, sums.least, sums.greatest, sums.bins))


def _participation(sums: Sums) -> float | None:
    expected = sums.results - sums.uncounted
    if expected == 0:
        return None
    return (2 * _WHOLE * (expected - sums.missing) + expected) // (2 * expected) / UNIT


@dataclass(frozen=True, slots=True)
class Change:
    """How scores of the same learners changed: `n` learners, and the sum of their changes."""

    n: int
    total: int


type Window = tuple[str, str]
"""Two periods, the earlier first."""


def changes_together(parts: Iterable[Mapping[Window, Change]]) -> dict[Window, Change]:
    """Return the changes over all parts."""
    whole: dict[Window, Change] = {}
    for part in parts:
        for window, change in part.items():
            known = whole.get(window, Change(0, 0))
            whole[window] = Change(known.n + change.n, known.total + change.total)
    return whole


def growth(changes: Mapping[Window, Change]) -> list[Json]:
    """Return the mean change of each window, in percent points, in the order of time."""
    return [
        {"from": first, "to": second, "learners": change.n, "mean": mean(change.total, change.n)}
        for (first, second), change in sorted(changes.items())
    ]
