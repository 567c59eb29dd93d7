"""Finds the measures of a wide table: which columns make one fact, and what its header says about it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.ingestion.mapping.columns import normalised
from shared.ingestion.mapping.numbers import decimal_text
from shared.ingestion.mapping.parts import Unpivot
from shared.ingestion.model import Measure

LONGEST_PREAMBLE: Final = 5
_WORD: Final = re.compile(r"[^\W\d_]{2}")
"""What no score has in it, be it a letter or `N/A`."""

type Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures, and how many records between header and data say something about them."""

    measures: tuple[Measure, ...]
    preamble: int
    states_points: bool = False
    """Whether one of those records states the points possible, be it of nothing."""

    @property
    def columns(self) -> frozenset[int]:
        """The positions that belong to a measure, gathered each time that they are asked for."""
        return frozenset(at for measure in self.measures for at in measure.values.values())


NOT_WIDE: Final = Measured((), 0)


def measured(unpivot: Unpivot, header: Row, positions: Mapping[str, int], rows: Sequence[Row]) -> Measured:
    """Return the measures of a table with this header; `rows` are the records behind it."""
    if unpivot.measures:
        return Measured(tuple(_listed(unpivot.measures, header)), 0)
    labels = dict(_labelled(unpivot, header, positions))
    preamble, points = _preamble(unpivot, rows, positions)
    measures = (
        _measure(unpivot, header, at, said, _cell(points, at))
        for at, said in labels.items()
        if not points or _is_of_scores(unpivot, at, points, rows[preamble:])
    )
    return Measured(tuple(measures), preamble, states_points=bool(points))


def _listed(measures: Iterable[Mapping[str, str]], header: Row) -> Iterator[Measure]:
    at = {normalised(label): n for n, label in reversed(list(enumerate(header)))}
    for stated in measures:
        values = {
            field: at[normalised(label)]
            for field, label in stated.items()
            if not label.startswith("=") and normalised(label) in at
        }
        if values:
            constants = {field: text[1:] for field, text in stated.items() if text.startswith("=")}
            yield Measure(values=values, constants=constants)


def _labelled(
    unpivot: Unpivot, header: Row, positions: Mapping[str, int]
) -> Iterator[tuple[int, dict[str, str]]]:
    first = positions[unpivot.after] + 1 if unpivot.after else 0
    for at in range(first, len(header)):
        match = re.search(unpivot.label or "", header[at])
        if match is not None and (unpivot.beside is None or _beside(unpivot, header, at) is not None):
            yield at, {field: text for field, text in match.groupdict().items() if text is not None}


def _measure(unpivot: Unpivot, header: Row, at: int, said: Mapping[str, str], points: str) -> Measure:
    values, constants = {unpivot.value: at}, {"max_score": points, **said}
    if unpivot.beside is not None:
        values[unpivot.beside[0]] = at + 1
        constants |= _beside(unpivot, header, at) or {}
    number = decimal_text(constants.pop("max_score"))
    return Measure(
        values=values, constants=constants if number is None else {**constants, "max_score": number}
    )


def _beside(unpivot: Unpivot, header: Row, at: int) -> dict[str, str] | None:
    """Return what the label right of a measure column says, None when it is no companion."""
    if unpivot.beside is None or at + 1 >= len(header):
        return None
    match = re.search(unpivot.beside[1], header[at + 1])
    return match.groupdict() if match else None


def _preamble(unpivot: Unpivot, rows: Sequence[Row], positions: Mapping[str, int]) -> tuple[int, Row]:
    """Return how many records come before the data, and the one of them that states the points possible."""
    records = 0
    points: Row = ()
    if unpivot.preamble is None:
        return records, points
    for row in rows[:LONGEST_PREAMBLE]:
        known = {name: row[at] for name, at in positions.items() if at < len(row)}
        if not row or known.get(unpivot.preamble, "").strip():
            break
        if any(re.search(unpivot.points, cell) for cell in known.values()):
            # Somebody may have named the record of postings before it in the same way: the last one counts.
            points = row
        # A record that tells anything of a person is one of the data, though it lacks what it needs there.
        elif points or any(cell.strip() for cell in known.values()):
            break
        records += 1
    return records, points


def _is_of_scores(unpivot: Unpivot, at: int, points: Row, rows: Iterable[Row]) -> bool:
    """Tell a column of scores from a total, which is marked where points are stated, and from notes."""
    if decimal_text(_cell(points, at)) is not None:
        return True
    cells = (_cell(row, at) for row in (points, *rows))
    return not any(_WORD.search(cell) for cell in cells if cell not in unpivot.codes)


def _cell(row: Row, at: int) -> str:
    return row[at].strip() if at < len(row) else ""
