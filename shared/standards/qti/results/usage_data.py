"""Usage data: statistics of items and tests (QTI 3.0 Usage Data and Item Statistics, 3), read and written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    name_of,
    text_of,
)
from shared.standards.qti.documents.noticing import Noticing
from shared.standards.qti.faults import Malformed, Notice, Place
from shared.standards.qti.results.attributes import (
    float_attribute,
    integer_attribute,
    other_attributes,
    required,
)
from shared.standards.qti.results.elements import add, new_root, serialised
from shared.standards.qti.results.writing import ResultVersion
from shared.standards.qti.values.lexical import write_float
from shared.standards.qti.vocabulary.names import camel

USAGE_NAMESPACES: Final[Mapping[ResultVersion, str]] = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_usagedata_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqti_usagedata_v3p0",
}
"""The namespace of usage data in each version."""

_RULE: Final = "Usage Data 3.0"
_KNOWN: Final = ("name", "context", "case-count")


@dataclass(frozen=True, slots=True)
class Target:
    """What a statistic is about: an item, a test, or a part of one."""

    identifier: str
    part_identifier: str | None = None
    object_type: str | None = None


@dataclass(frozen=True, slots=True)
class StatisticMapping:
    """The values of a categorised statistic by category."""

    entries: tuple[tuple[str, float], ...]
    lower: float | None = None
    upper: float | None = None
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic in its context (a URI): a number, or a mapping from categories to numbers."""

    name: str
    context: str
    targets: tuple[Target, ...]
    value: float | StatisticMapping
    case_count: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsageData:
    """Statistics, and the glossary (a URI) that says what their names mean."""

    statistics: tuple[Statistic, ...]
    glossary: str | None = None
    notices: tuple[Notice, ...] = field(default=(), compare=False)


def read_usage_data(document: Document, *, strict: bool = False) -> UsageData:
    """Return the usage data that a document holds. Raises Malformed for a document of another kind.

    >>> from shared.standards.qti.documents.document import parse
    >>> usage = read_usage_data(parse(
    ...     b'<usageData><ordinaryStatistic name="p" context="http://example.org/spring">'
    ...     b'<targetObject identifier="i1"/><value>0.65</value></ordinaryStatistic></usageData>'))
    >>> usage.statistics[0].targets[0].identifier, usage.statistics[0].value
    ('i1', 0.65)
    """
    if document.kind != "usageData":
        raise Malformed(f"{document.kind or 'this'} is no usageData", rule=_RULE, place=Place(document.file))
    noticing = Noticing(document.file, strict)
    statistics = tuple(_statistics(document.root, noticing))
    return UsageData(statistics, attribute(document.root, "glossary"), tuple(noticing.notices))


def write_usage_data(usage: UsageData, version: ResultVersion = "3.0") -> bytes:
    """Return usage data as XML of a version.

    >>> usage = UsageData((Statistic("p", "http://example.org/spring", (Target("i1"),), 0.65),))
    >>> b'<value>0.65</value>' in write_usage_data(usage)
    True
    """
    root = new_root("usageData", USAGE_NAMESPACES[version])
    _set(root, {"glossary": usage.glossary})
    for statistic in usage.statistics:
        _write_statistic(root, statistic)
    return serialised(root)


def _statistics(root: Element, noticing: Noticing) -> Iterator[Statistic]:
    for element in children(root):
        if name_of(element) not in {"ordinaryStatistic", "categorizedStatistic"}:
            noticing.warn(element, f"{name_of(element)} is no statistic", rule=_RULE)
            continue
        yield Statistic(
            required(element, "name", noticing),
            required(element, "context", noticing),
            tuple(_target(target, noticing) for target in children_named(element, "targetObject")),
            _statistic_value(element, noticing),
            integer_attribute(element, "case-count", noticing),
            other_attributes(element, _KNOWN),
        )


def _target(element: Element, noticing: Noticing) -> Target:
    return Target(
        required(element, "identifier", noticing),
        attribute(element, "part-identifier"),
        attribute(element, "object-type"),
    )


def _statistic_value(element: Element, noticing: Noticing) -> float | StatisticMapping:
    mapping = child_named(element, "qti-mapping")
    if mapping is not None:
        return StatisticMapping(
            tuple(_entry(entry, noticing) for entry in children_named(mapping, "qti-map-entry")),
            float_attribute(mapping, "lower-bound", noticing),
            float_attribute(mapping, "upper-bound", noticing),
            float_attribute(mapping, "default-value", noticing),
        )
    value = child_named(element, "qti-value")
    text = "" if value is None else text_of(value).strip()
    try:
        return float(text)
    except ValueError:
        raise noticing.invalid(element, f"{text[:40]!r} is no statistic's value", rule=_RULE) from None


def _entry(element: Element, noticing: Noticing) -> tuple[str, float]:
    mapped = float_attribute(element, "mapped-value", noticing)
    if mapped is None:
        raise noticing.invalid(element, "a map entry without a number", rule=_RULE)
    return required(element, "map-key", noticing), mapped


def _write_statistic(root: Element, statistic: Statistic) -> None:
    kind = "ordinaryStatistic" if isinstance(statistic.value, float) else "categorizedStatistic"
    element = add(root, kind)
    count = None if statistic.case_count is None else str(statistic.case_count)
    _set(element, {"name": statistic.name, "context": statistic.context, "case-count": count})
    _set(element, statistic.attributes)
    for target in statistic.targets:
        named = {"part-identifier": target.part_identifier, "object-type": target.object_type}
        _set(add(element, "targetObject"), {"identifier": target.identifier, **named})
    if isinstance(statistic.value, StatisticMapping):
        _write_mapping(add(element, "mapping"), statistic.value)
    else:
        add(element, "value").text = write_float(statistic.value)


def _write_mapping(element: Element, mapping: StatisticMapping) -> None:
    bounds = {"lower-bound": mapping.lower, "upper-bound": mapping.upper, "default-value": mapping.default}
    _set(element, {name: None if value is None else write_float(value) for name, value in bounds.items()})
    for key, value in mapping.entries:
        _set(add(element, "mapEntry"), {"map-key": key, "mapped-value": write_float(value)})


def _set(element: Element, attributes: Mapping[str, str | None]) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(name if name.startswith("{") else camel(name), value)
