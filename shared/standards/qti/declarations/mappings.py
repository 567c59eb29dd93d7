"""Mappings of responses to scores (QTI 3.0 information model, Mapping and AreaMapping)."""

from dataclasses import dataclass
from typing import Final

from shared.standards.qti.declarations.declared_values import read_typed
from shared.standards.qti.documents.element import Element, attribute, children_named, place_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import BaseType, Single

_MAPPING: Final = "QTI 3.0, Mapping"
_AREA_MAPPING: Final = "QTI 3.0, AreaMapping"


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What one value is worth; `case_sensitive` says whether the case of letters in the key counts."""

    key: Single
    value: float
    case_sensitive: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """What values are worth; `default` is for those without an entry, the bounds are for the sum."""

    entries: tuple[MapEntry, ...]
    lower: float | None
    upper: float | None
    default: float


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """What a point inside a shape is worth."""

    shape: str
    coords: tuple[float, ...]
    value: float


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """What points are worth, by the first area that holds them; otherwise as for a Mapping."""

    entries: tuple[AreaEntry, ...]
    lower: float | None
    upper: float | None
    default: float


def read_mapping(element: Element, base_type: BaseType) -> Mapping:
    """Read the mapping of a response of a base type. Raises Invalid."""
    entries = tuple(
        MapEntry(
            _key(entry, base_type),
            _number(entry, "mapped-value", _MAPPING),
            _is_case_sensitive(entry),
        )
        for entry in children_named(element, "qti-map-entry")
    )
    return Mapping(entries, *_bounds(element, _MAPPING))


def read_area_mapping(element: Element) -> AreaMapping:
    """Read the area mapping of a response of points. Raises Invalid."""
    entries = tuple(
        AreaEntry(
            attribute(entry, "shape") or "default",
            read_coords(entry),
            _number(entry, "mapped-value", _AREA_MAPPING),
        )
        for entry in children_named(element, "qti-area-map-entry")
    )
    return AreaMapping(entries, *_bounds(element, _AREA_MAPPING))


def read_coords(element: Element) -> tuple[float, ...]:
    """Return the coordinates of a shape (QTI 3.0, Coords). Raises Invalid."""
    text = attribute(element, "coords") or ""
    try:
        return tuple(float(part.rstrip("%")) for part in text.replace(",", " ").split())
    except ValueError:
        message = f"{text[:80]!r} are not coordinates"
        raise Invalid(message, rule="QTI 3.0, Coords", place=place_of(element)) from None


def _key(entry: Element, base_type: BaseType) -> Single:
    text = entry.get("map-key") or entry.get("mapKey") or ""
    key = read_typed(text, base_type, entry, rule=_MAPPING)
    return "" if key is None else key  # the empty string is no value, so nothing is ever worth this entry


def _is_case_sensitive(entry: Element) -> bool:
    """Say whether the case of a key counts: by default it does in 2.x and does not in 3.0 (MapEntry)."""
    stated = attribute(entry, "case-sensitive")
    if stated is None:
        return not str(entry.tag).endswith("qti-map-entry")
    return stated in {"true", "1"}


def _bounds(element: Element, rule: str) -> tuple[float | None, float | None, float]:
    lower, upper = (_optional(element, name, rule) for name in ("lower-bound", "upper-bound"))
    return lower, upper, _optional(element, "default-value", rule) or 0.0


def _number(element: Element, name: str, rule: str) -> float:
    number = _optional(element, name, rule)
    if number is None:
        raise Invalid(f"{name} is missing", rule=rule, place=place_of(element))
    return number


def _optional(element: Element, name: str, rule: str) -> float | None:
    text = attribute(element, name)
    if text is None:
        return None
    number = read_typed(text, BaseType.FLOAT, element, rule=rule)
    return number if isinstance(number, float) else None
