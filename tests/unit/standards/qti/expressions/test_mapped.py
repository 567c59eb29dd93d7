"""Responses mapped to scores (QTI 2.1, 15.1: mapResponse, mapResponsePoint)."""

import pytest

from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import DirectedPair, Pair, Point, Value
from tests.fixtures.qti_expressions import evaluate, value_of

_MAP = '<mapResponse identifier="R"/>'
_AREAS = '<mapResponsePoint identifier="R"/>'


def _response(cardinality: str, base_type: str, mapping: str) -> str:
    declared = f'<responseDeclaration identifier="R" cardinality="{cardinality}" baseType="{base_type}">'
    return f"{declared}{mapping}</responseDeclaration>"


def _mapping(entries: str, attributes: str = "") -> str:
    return f"<mapping {attributes}>{entries}</mapping>"


def _entry(key: str, value: float, case: str = "") -> str:
    return f'<mapEntry mapKey="{key}" mappedValue="{value}" {case}/>'


_ABCD = "".join(map(_entry, "ABCD", (0, 1, 0.5, 0)))


@pytest.mark.parametrize(
    ("values", "worth"),
    [(("C", "B"), 1.5), (("B", "B", "C"), 1.5), (("A",), 0.0), (("X",), 0.0), (("X", "Y", "B"), 1.0)],
)
def test_15_1_map_response_adds_what_each_value_is_worth_once(values: tuple[str, ...], worth: float) -> None:
    declared = _response("multiple", "identifier", _mapping(_ABCD))

    assert repr(value_of(_MAP, declared, {"R": values})) == repr(worth)


def test_15_1_map_response_of_a_single_value_is_its_target() -> None:
    declared = _response("single", "identifier", _mapping(_ABCD, 'defaultValue="-1"'))

    assert value_of(_MAP, declared, {"R": "C"}) == 0.5
    assert value_of(_MAP, declared, {"R": "X"}) == -1.0


def test_15_1_map_response_gives_each_value_without_an_entry_the_default() -> None:
    declared = _response("multiple", "identifier", _mapping(_ABCD, 'defaultValue="-1"'))

    assert value_of(_MAP, declared, {"R": ("B", "X", "Y")}) == -1.0


@pytest.mark.parametrize(("values", "worth"), [(("B", "C"), 1.2), (("X",), -0.5), (("C",), 0.5)])
def test_15_1_map_response_keeps_the_sum_within_bounds(values: tuple[str, ...], worth: float) -> None:
    bounds = 'lowerBound="-0.5" upperBound="1.2" defaultValue="-3"'
    declared = _response("multiple", "identifier", _mapping(_ABCD, bounds))

    assert value_of(_MAP, declared, {"R": values}) == worth


def test_15_1_map_response_of_null_is_the_default_within_bounds() -> None:
    declared = _response("multiple", "identifier", _mapping(_ABCD, 'defaultValue="-1" lowerBound="-0.5"'))

    assert value_of(_MAP, declared, {"R": None}) == -0.5


def test_15_1_map_response_may_have_an_entry_for_the_empty_string() -> None:
    declared = _response("single", "string", _mapping(_entry("", 2) + _entry("a", 1)))

    assert value_of(_MAP, declared, {"R": None}) == 2.0


@pytest.mark.parametrize(("value", "worth"), [("York", 1.0), ("york", 0.5), ("YORK", 0.5), ("New York", 0.0)])
def test_15_1_map_response_minds_case_unless_an_entry_says_otherwise(value: str, worth: float) -> None:
    entries = _entry("York", 1) + _entry("york", 0.5, 'caseSensitive="false"')
    declared = _response("single", "string", _mapping(entries))

    assert value_of(_MAP, declared, {"R": value}) == worth


def test_15_1_map_response_takes_the_first_entry_of_a_key() -> None:
    declared = _response("single", "identifier", _mapping(_entry("A", 1) + _entry("A", 2)))

    assert value_of(_MAP, declared, {"R": "A"}) == 1.0


@pytest.mark.parametrize(
    ("base_type", "key", "value", "worth"),
    [
        ("pair", "A B", Pair(("B", "A")), 1.0),
        ("directedPair", "A B", DirectedPair("B", "A"), 0.0),
        ("directedPair", "A B", DirectedPair("A", "B"), 1.0),
        ("integer", "7", 7, 1.0),
        ("point", "1 2", Point(1, 2), 1.0),
    ],
)
def test_15_1_map_response_compares_keys_by_base_type(
    base_type: str, key: str, value: Value, worth: float
) -> None:
    declared = _response("single", base_type, _mapping(_entry(key, 1)))

    assert value_of(_MAP, declared, {"R": value}) == worth


@pytest.mark.parametrize(("xml", "base_type"), [(_MAP, "identifier"), (_AREAS, "point")])
def test_15_1_a_response_without_a_mapping_is_worth_0_with_a_notice(xml: str, base_type: str) -> None:
    found = evaluate(xml, _response("single", base_type, ""))

    assert found.value == 0.0
    assert len(found.notices) == 1


@pytest.mark.parametrize(
    ("xml", "declared"),
    [
        (_MAP, ""),
        (_MAP, '<responseDeclaration identifier="R" cardinality="record"/>'),
        (_AREAS, _response("single", "identifier", "")),
        (
            _AREAS,
            _response(
                "single",
                "point",
                '<areaMapping><areaMapEntry shape="circle" coords="1" mappedValue="1"/></areaMapping>',
            ),
        ),
    ],
)
def test_15_1_what_can_not_be_mapped_is_invalid(xml: str, declared: str) -> None:
    with pytest.raises(Invalid):
        evaluate(xml, declared)


_TWO_AREAS = """
<areaMapping defaultValue="-1" lowerBound="-1.5" upperBound="2.5">
  <areaMapEntry shape="circle" coords="10,10,5" mappedValue="1"/>
  <areaMapEntry shape="rect" coords="10,10,30,30" mappedValue="2"/>
</areaMapping>
"""


@pytest.mark.parametrize(
    ("points", "worth"),
    [
        ((Point(10, 10),), 1.0),
        ((Point(10, 10), Point(11, 11)), 1.0),
        ((Point(20, 20),), 2.0),
        ((Point(10, 10), Point(20, 20)), 2.5),
        ((Point(0, 0),), -1.0),
        ((Point(0, 0), Point(99, 99)), -1.5),
        ((Point(0, 0), Point(0, 0)), -1.0),
        ((Point(0, 0), Point(20, 20)), 1.0),
        (None, -1.0),
    ],
)
def test_15_1_map_response_point_counts_each_area_once_and_the_first_that_holds_a_point(
    points: tuple[Point, ...] | None, worth: float
) -> None:
    assert value_of(_AREAS, _response("multiple", "point", _TWO_AREAS), {"R": points}) == worth


def test_15_1_map_response_point_of_a_single_point_is_its_target() -> None:
    assert value_of(_AREAS, _response("single", "point", _TWO_AREAS), {"R": Point(20, 20)}) == 2.0
