"""Values go to JSON and come back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.values.json_form import read_json, write_json
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Single,
    Value,
)

_NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.\-]{0,8}", fullmatch=True)
_SINGLES = {
    BaseType.BOOLEAN: st.booleans(),
    BaseType.INTEGER: st.integers(-(10**290), 10**290),
    BaseType.FLOAT: st.floats(allow_nan=False),
    BaseType.DURATION: st.floats(0, 1e9),
    BaseType.IDENTIFIER: _NAMES,
    BaseType.STRING: st.text(min_size=1),
    BaseType.PAIR: st.tuples(_NAMES, _NAMES).map(Pair),
    BaseType.DIRECTED_PAIR: st.builds(DirectedPair, _NAMES, _NAMES),
    BaseType.POINT: st.builds(Point, st.integers(-9999, 9999), st.integers(-9999, 9999)),
    BaseType.FILE: st.builds(FileValue, st.text(), st.text(), st.text()),
}
_TYPED = st.sampled_from(sorted(_SINGLES)).flatmap(lambda base: st.tuples(st.just(base), _SINGLES[base]))


@given(_TYPED, st.integers(1, 3))
def test_what_is_written_is_read_back(typed: tuple[BaseType, Single], times: int) -> None:
    base_type, value = typed
    assert read_json(json.loads(json.dumps(write_json(value))), base_type, Cardinality.SINGLE) == value
    container = tuple(value for _ in range(times))
    for cardinality in (Cardinality.MULTIPLE, Cardinality.ORDERED):
        form = json.loads(json.dumps(write_json(container)))
        assert read_json(form, base_type, cardinality) == container


def test_a_record_is_written_with_the_type_of_each_field() -> None:
    record: Value = {"n": 3, "x": 0.5, "s": "a", "p": Point(1, 2)}
    form = write_json(record)
    assert form == {"n": {"integer": 3}, "x": {"float": 0.5}, "s": {"string": "a"}, "p": {"point": "1 2"}}
    assert read_json(form, None, Cardinality.RECORD) == record


@pytest.mark.parametrize(
    ("form", "cardinality", "expected"),
    [
        (None, Cardinality.SINGLE, None),
        ("", Cardinality.SINGLE, None),
        ([], Cardinality.MULTIPLE, None),
        (["3"], Cardinality.SINGLE, 3),
        ("3", Cardinality.MULTIPLE, (3,)),
        (3.0, Cardinality.SINGLE, 3),
        ({"base": {"integer": 3}}, Cardinality.SINGLE, 3),
        ({"base": None}, Cardinality.SINGLE, None),
        ({"list": {"integer": [3, 4]}}, Cardinality.ORDERED, (3, 4)),
    ],
)
def test_forms_that_clients_send_mean_the_same(
    form: object, cardinality: Cardinality, expected: Value
) -> None:
    assert read_json(form, BaseType.INTEGER, cardinality) == expected


@pytest.mark.parametrize(
    ("form", "base_type", "cardinality", "expected"),
    [
        ({"base": {"pair": ["A", "B"]}}, BaseType.PAIR, Cardinality.SINGLE, Pair(("A", "B"))),
        ({"base": {"point": [3, 4]}}, BaseType.POINT, Cardinality.SINGLE, Point(3, 4)),
        (["A B"], BaseType.PAIR, Cardinality.SINGLE, Pair(("A", "B"))),
        (
            {"list": {"directedPair": [["A", "B"], ["C", "D"]]}},
            BaseType.DIRECTED_PAIR,
            Cardinality.MULTIPLE,
            (DirectedPair("A", "B"), DirectedPair("C", "D")),
        ),
        (3, BaseType.IDENTIFIER, Cardinality.SINGLE, "3"),
        ("", BaseType.FILE, Cardinality.SINGLE, None),
        ({"base": {"integer": 3}}, None, Cardinality.RECORD, {"base": 3}),
        (None, None, Cardinality.RECORD, None),
    ],
)
def test_values_of_two_parts_and_odd_ones_are_read(
    form: object, base_type: BaseType | None, cardinality: Cardinality, expected: Value
) -> None:
    assert read_json(form, base_type, cardinality) == expected


def test_the_record_of_a_custom_interaction_is_read() -> None:
    form = {"record": [{"name": "n", "base": {"integer": 3}}, {"name": "none", "base": {"string": None}}]}
    assert read_json(form, None, Cardinality.RECORD) == {"n": 3}


@pytest.mark.parametrize(
    ("form", "base_type", "cardinality"),
    [
        ([1, 2], BaseType.INTEGER, Cardinality.SINGLE),
        (1.5, BaseType.INTEGER, Cardinality.SINGLE),
        (True, BaseType.INTEGER, Cardinality.SINGLE),
        (1, BaseType.BOOLEAN, Cardinality.SINGLE),
        (1, BaseType.PAIR, Cardinality.SINGLE),
        ("A", BaseType.PAIR, Cardinality.SINGLE),
        ("x", BaseType.FILE, Cardinality.SINGLE),
        ({"data": "aGk=", "mime": "text/plain"}, BaseType.FILE, Cardinality.SINGLE),
        (["A", "B"], BaseType.PAIR, Cardinality.MULTIPLE),
        ({"a": 1}, BaseType.STRING, Cardinality.SINGLE),
        ({"a": 1}, None, Cardinality.RECORD),
        ([], None, Cardinality.RECORD),
        (1, None, Cardinality.SINGLE),
    ],
)
def test_a_form_that_does_not_fit_the_type_is_no_value(
    form: object, base_type: BaseType | None, cardinality: Cardinality
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_json(form, base_type, cardinality)
