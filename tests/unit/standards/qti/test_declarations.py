"""Declarations state types, values, mappings and tables; what is written wrong is named with its place."""

import pytest

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import DirectedPair, Pair, Point, Value

_DECLARED = """<assessmentItem>
  <responseDeclaration identifier="R" cardinality="multiple" baseType="identifier">
    <defaultValue><value> A </value></defaultValue>
    <correctResponse><value>A</value><value>B</value></correctResponse>
    <mapping lowerBound="0" upperBound="2" defaultValue="-1">
      <mapEntry mapKey="A" mappedValue=" 1"/>
      <mapEntry mapKey="B" mappedValue="0.5" caseSensitive="false"/>
    </mapping>
  </responseDeclaration>
  <outcomeDeclaration identifier="O" cardinality="single" baseType="float">
    <interpolationTable defaultValue="0">
      <interpolationTableEntry sourceValue="10" targetValue="2" includeBoundary="false"/>
      <interpolationTableEntry sourceValue="5" targetValue="1"/>
    </interpolationTable>
  </outcomeDeclaration>
</assessmentItem>"""


def _declared(xml: str) -> dict[str, Declaration]:
    return {each.identifier: each for each in declarations_of(parse(xml.encode()).root)}


def _one(attributes: str, inside: str = "") -> Declaration:
    xml = f'<i><templateDeclaration identifier="X" {attributes}>{inside}</templateDeclaration></i>'
    return _declared(xml)["X"]


def test_a_response_states_default_correct_response_and_mapping() -> None:
    response = _declared(_DECLARED)["R"]
    assert (response.kind, response.default, response.correct) == ("response", ("A",), ("A", "B"))
    mapping = response.mapping
    assert mapping is not None
    assert (mapping.lower, mapping.upper, mapping.default) == (0.0, 2.0, -1.0)
    assert [(entry.key, entry.value) for entry in mapping.entries] == [("A", 1.0), ("B", 0.5)]
    assert response.area_mapping is None
    assert response.lookup is None


@pytest.mark.parametrize(("source", "target"), [(11, 2.0), (10, 1.0), (5, 1.0), (4.9, 0.0)])
def test_an_interpolation_table_takes_the_first_step_that_begins_at_or_below(
    source: float, target: float
) -> None:
    lookup = _declared(_DECLARED)["O"].lookup
    assert lookup is not None
    assert lookup.look_up(source) == target


def test_a_match_table_takes_exact_matches_only() -> None:
    inside = '<matchTable defaultValue="c"><matchTableEntry sourceValue="2" targetValue="b"/></matchTable>'
    lookup = _one('cardinality="single" baseType="identifier"', inside).lookup
    assert lookup is not None
    assert [lookup.look_up(source) for source in (2, 3)] == ["b", "c"]


@pytest.mark.parametrize(
    ("attributes", "values", "expected"),
    [
        ('cardinality="ordered" baseType="pair"', "<value>A B</value>", (Pair(("B", "A")),)),
        ('cardinality="single" baseType="directedPair"', "<value>A B</value>", DirectedPair("A", "B")),
        ('cardinality="single" baseType="point"', "<value>3 4</value>", Point(3, 4)),
        ('cardinality="single" baseType="string"', "<value>a<!-- x -->\nb</value>", "a b"),
        ('cardinality="single" baseType="string"', "<value/>", None),
        ('cardinality="multiple" baseType="string"', "<value/>", None),
        ('cardinality="record"', '<value fieldIdentifier="n" baseType="integer">3</value>', {"n": 3}),
    ],
)
def test_a_default_is_read_by_its_type(attributes: str, values: str, expected: Value) -> None:
    assert _one(attributes, f"<defaultValue>{values}</defaultValue>").default == expected


def test_a_numeric_outcome_without_default_begins_at_zero_and_others_at_null() -> None:
    declared = _declared(
        """<i><outcomeDeclaration identifier="A" cardinality="single" baseType="integer"/>
        <outcomeDeclaration identifier="B" cardinality="single" baseType="identifier"/>
        <outcomeDeclaration identifier="C" cardinality="multiple" baseType="float"/>
        <responseDeclaration identifier="D" cardinality="single" baseType="float"/></i>"""
    )
    assert [declared[name].initial for name in "ABCD"] == [0, None, None, None]


@pytest.mark.parametrize(
    ("attributes", "inside", "message"),
    [
        ('baseType="string"', "", "cardinality is missing"),
        ('cardinality="single"', "", "base-type is missing"),
        ('cardinality="some" baseType="string"', "", "not a cardinality"),
        ('cardinality="single" baseType="text"', "", "not a base type"),
        (
            'cardinality="single" baseType="integer"',
            "<defaultValue><value>x</value></defaultValue>",
            "integer",
        ),
        ('cardinality="record"', "<defaultValue><value>x</value></defaultValue>", "names no field"),
        (
            'cardinality="single" baseType="string"',
            "<mapping><mapEntry mapKey='a'/></mapping>",
            "mapped-value",
        ),
        (
            'cardinality="single" baseType="point"',
            "<areaMapping><areaMapEntry coords='a' mappedValue='1'/></areaMapping>",
            "not coordinates",
        ),
        (
            'cardinality="single" baseType="float"',
            "<matchTable><matchTableEntry/></matchTable>",
            "source-value",
        ),
    ],
)
def test_what_is_written_wrong_is_named_with_its_place(attributes: str, inside: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        found = _one(attributes, inside)
        _ = (found.default, found.mapping, found.area_mapping, found.lookup)
    assert caught.value.place.line == 1
    assert caught.value.rule.startswith("QTI 3.0")
