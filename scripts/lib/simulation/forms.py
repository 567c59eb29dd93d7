"""Lays out a table of a part: its header, which column stands where, and which cells make one measure."""

import re
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Final

from scripts.lib.simulation.inverting import inverted
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.world import Place, place, said
from shared.ingestion.mapping.columns import Column, normalised
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part, Unpivot
from shared.ingestion.reading.fixed_width import read_slices

_NOTHING: Final = r"(?!)"
_TOTALS: Final = 3


@dataclass(frozen=True, slots=True)
class FormMeasure:
    """One measure: the positions of its cells by canonical column, and what the header says about it."""

    cells: Keyed[str, int]
    constants: Keyed[str, str]


@dataclass(frozen=True)
class Form:
    """One table that is going to be written."""

    mapping: Mapping
    part: Part
    style: Style
    member: str
    constants: Keyed[str, str]
    """What the file's name says about every fact."""
    header: tuple[str, ...]
    known: Keyed[str, int]
    """The position of each known column, by name."""
    measures: tuple[FormMeasure, ...] = ()
    drift: tuple[str, ...] = ()
    """Labels that the feed does not know."""
    limits: tuple[int, ...] = ()
    """The most characters of each column, for fixed-width lines."""

    @property
    def separator(self) -> str:
        """What stands between two cells."""
        return self.style.separator or self.part.separators[0]

    @cached_property
    def filling(self) -> dict[int, Column]:
        """The columns that fill columns of the table, by position."""
        return {
            self.known[column.name]: column
            for column in self.part.columns
            if column.name in self.known and column.name in self.part.filled and column.pii != "name"
        }

    @cached_property
    def needed(self) -> frozenset[str]:
        """The columns that no record may lack."""
        part = self.part
        given = {*self.constants, *part.constants, *part.same, "attempt", "deleted"}
        required = {column.name for column in part.columns if column.required}
        if part.unpivot is None:
            required |= part.canonical.required - given
        return frozenset(required | set(part.key) | ({part.lookup.on} if part.lookup else set()))


@dataclass(slots=True)
class _Laying:
    """A header that grows."""

    part: Part
    random: Random
    header: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def add(self, label: str) -> int:
        self.header.append(label)
        return len(self.header) - 1

    def at(self, label: str) -> int:
        """Return where a label stands; it is added where it does not."""
        for position, there in enumerate(self.header):
            if normalised(there) == normalised(label):
                return position
        return self.add(label)


def lay(mapping: Mapping, part: Part, style: Style, member: str, seed: int) -> Form:
    """Lay out one table; `constants` of the file's name are added by whoever names the file."""
    random = Random(seed)  # noqa: S311 - not a secret
    laying = _Laying(part, random)
    if part.lines[0] == "fixed-width":
        slices = read_slices(part.layout or "")
        laying.header = list(slices)
        limits = tuple(length for _, length in slices.values())
    else:
        limits = ()
        _known_columns(laying, style)
    measures = _measures(laying, part.unpivot, style) if part.unpivot else ()
    drift = () if limits else _others(laying, style)
    for position, label in enumerate(laying.header):
        column = part.by_label.get(normalised(label))
        if column is not None:
            laying.known.setdefault(column.name, position)
    return Form(mapping, part, style, member, {}, tuple(laying.header), laying.known, measures, drift, limits)


def _known_columns(laying: _Laying, style: Style) -> None:
    part = laying.part
    if style.headless and part.order:
        laying.header = list(part.order)
        return
    kept = {laying.random.choice(group) for group in part.require}
    left_out = {
        name
        for group in part.require
        for name in group
        if name not in kept and not part.by_name[name].required
    }
    last = part.unpivot.after if part.unpivot else None
    columns = sorted(part.columns, key=lambda column: column.name == last)
    for column in columns:
        if column.name not in left_out:
            label = laying.random.choice(column.labels) if style.translated else column.labels[0]
            laying.add(label)


def _measures(laying: _Laying, unpivot: Unpivot, style: Style) -> tuple[FormMeasure, ...]:
    if unpivot.measures:
        return tuple(_listed(laying, stated) for stated in unpivot.measures)
    return tuple(_labelled(laying, unpivot, style, n) for n in range(style.measures))


def _listed(laying: _Laying, stated: Keyed[str, str]) -> FormMeasure:
    cells = {name: laying.at(label) for name, label in stated.items() if not label.startswith("=")}
    return FormMeasure(cells, {name: text[1:] for name, text in stated.items() if text.startswith("=")})


def _labelled(laying: _Laying, unpivot: Unpivot, style: Style, n: int) -> FormMeasure:
    at = place(laying.part.table, n)
    label, constants = _label(unpivot.label or "", at, laying.random)
    cells = {unpivot.value: laying.add(label)}
    if unpivot.beside is not None:
        beside, more = _label(unpivot.beside[1], at, laying.random)
        cells[unpivot.beside[0]] = laying.add(beside)
        constants |= more
    if unpivot.preamble is not None and style.points:
        constants["max_score"] = laying.random.choice(("5", "10", "20", "100", "2.5"))
    return FormMeasure(cells, constants)


def _label(pattern: str, at: Place, random: Random) -> tuple[str, dict[str, str]]:
    return inverted(pattern, _Wishes(at, random), random)


class _Wishes(dict[str, str]):
    """What the world says in any canonical column, as text on one line."""

    def __init__(self, at: Place, random: Random) -> None:
        names = ("line_item", "line_item_title", "item", "item_title", "measure", "max_score", "period")
        super().__init__({name: f"{said(name, at, random)}".replace("\n", " ") for name in names})


def _others(laying: _Laying, style: Style) -> tuple[str, ...]:
    """Add the columns that are not read, and return the labels among them that the feed does not know."""
    part, unpivot = laying.part, laying.part.unpivot
    headless = style.headless and bool(part.order)
    if part.lines[0] == "json-lines" or headless:
        return ()
    ignored = [unpivot.ignore] if unpivot and unpivot.ignore != _NOTHING else []
    ignored += [part.ignore] if part.ignore != _NOTHING else []
    if style.totals:
        for pattern in ignored:
            for _ in range(_TOTALS):
                laying.add(_ignored(pattern, laying.random))
    if style.repeated_labels and not (unpivot and unpivot.measures):
        laying.add(laying.header[0])
    news = [f"newly appended {n}" for n in range(style.appended)]
    for label in news:
        laying.add(label)
    return tuple(news)


def _ignored(pattern: str, random: Random) -> str:
    text, _ = inverted(pattern, {}, random)
    return f"Total {text}" if re.search(pattern, f"Total {text}") else text


def shown(header: Sequence[str], rows: int) -> list[list[str]]:
    """Return the records of a header: the words of each label spread over `rows` of them."""
    records = [[""] * len(header) for _ in range(rows)]
    for at, label in enumerate(header):
        words = label.split(" ")
        for row in range(rows - 1):
            if len(words) > 1:
                records[row][at] = words.pop(0)
        records[-1][at] = " ".join(words)
    return records
