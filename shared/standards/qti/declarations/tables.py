"""Lookup tables of outcomes (QTI 3.0 information model, MatchTable and InterpolationTable)."""

from dataclasses import dataclass
from typing import Final

from shared.standards.qti.declarations.declared_values import read_typed
from shared.standards.qti.documents.element import Element, attribute, children_named, place_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import BaseType, Single

_MATCH: Final = "QTI 3.0, MatchTable"
_INTERPOLATION: Final = "QTI 3.0, InterpolationTable"


@dataclass(frozen=True, slots=True)
class MatchTable:
    """Targets of integers, by exact match; the first entry of a source counts."""

    entries: tuple[tuple[int, Single | None], ...]
    default: Single | None

    def look_up(self, source: float) -> Single | None:
        """Return the target of an integer, the default where there is none."""
        return next((target for start, target in self.entries if start == source), self.default)


@dataclass(frozen=True, slots=True)
class InterpolationEntry:
    """The lowest source of a step; `include_boundary` says whether the step begins right there or above."""

    source: float
    target: Single | None
    include_boundary: bool


@dataclass(frozen=True, slots=True)
class InterpolationTable:
    """Targets of the steps that numbers lie in; the first entry that begins at or below counts."""

    entries: tuple[InterpolationEntry, ...]
    default: Single | None

    def look_up(self, source: float) -> Single | None:
        """Return the target of a number, the default where it lies below all steps."""
        for entry in self.entries:
            if entry.source < source or (entry.include_boundary and entry.source == source):
                return entry.target
        return self.default


def read_match_table(element: Element, base_type: BaseType) -> MatchTable:
    """Read a match table of an outcome of a base type. Raises Invalid."""
    entries = tuple(
        (int(_source(entry, BaseType.INTEGER, _MATCH)), _target(entry, "target-value", base_type, _MATCH))
        for entry in children_named(element, "qti-match-table-entry")
    )
    return MatchTable(entries, _target(element, "default-value", base_type, _MATCH))


def read_interpolation_table(element: Element, base_type: BaseType) -> InterpolationTable:
    """Read an interpolation table of an outcome of a base type. Raises Invalid."""
    entries = tuple(
        InterpolationEntry(
            _source(entry, BaseType.FLOAT, _INTERPOLATION),
            _target(entry, "target-value", base_type, _INTERPOLATION),
            attribute(entry, "include-boundary") not in {"false", "0"},
        )
        for entry in children_named(element, "qti-interpolation-table-entry")
    )
    return InterpolationTable(entries, _target(element, "default-value", base_type, _INTERPOLATION))


def _source(entry: Element, base_type: BaseType, rule: str) -> float:
    number = read_typed(attribute(entry, "source-value") or "", base_type, entry, rule=rule)
    if not isinstance(number, int | float):
        raise Invalid("source-value is missing", rule=rule, place=place_of(entry))
    return number


def _target(element: Element, name: str, base_type: BaseType, rule: str) -> Single | None:
    return read_typed(attribute(element, name) or "", base_type, element, rule=rule)
