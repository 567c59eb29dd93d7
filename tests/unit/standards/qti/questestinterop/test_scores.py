"""Items rewritten to QTI 3.0 come to the scores and the feedback that QTI 1.2 says, whatever is answered."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.names import identifier
from shared.standards.qti.questestinterop.reading import read_questestinterop
from shared.standards.qti.values.types import DirectedPair, Value
from tests.unit.standards.qti.questestinterop.generated import Asked, answers, items
from tests.unit.standards.qti.questestinterop.literal import mark

_MATCHINGS = {Kind.MATCHING, Kind.CATEGORIZATION}


@given(st.data())
def test_a_rewritten_item_scores_and_shows_what_the_literal_reading_does(data: st.DataObject) -> None:
    xml, asked = data.draw(items())
    responses = {each.ident: data.draw(answers(each)) for each in asked}
    (item,) = read_questestinterop(parse(xml.encode())).items
    marks = mark(item.original, responses)
    outcomes = compile_item(item.document).score(as_3_0(item, asked, responses)).outcomes
    assert outcomes["SCORE"] == pytest.approx(float(marks.variables["SCORE"] * _factor(item)))
    shown = outcomes["FEEDBACK"]
    found = [str(name) for name in shown] if isinstance(shown, tuple) else []
    assert sorted(found) == sorted(identifier(ident) for ident in marks.feedback)


def _factor(item: ImportedItem) -> Fraction:
    declared = next(item.original.iter("decvar")).get("maxvalue") or "0"
    worth = item.metadata.get("points_possible")
    return Fraction(worth) / Fraction(declared) if worth and Fraction(declared) > 0 else Fraction(1)


def as_3_0(item: ImportedItem, asked: tuple[Asked, ...], responses: dict[str, list[str]]) -> dict[str, Value]:
    if item.kind in _MATCHINGS:
        pairs = [
            DirectedPair(identifier(each.ident), identifier(value))
            for each in asked
            for value in responses[each.ident]
        ]
        return {"RESPONSE": tuple(pairs)}
    alone = len(asked) == 1
    names = {each: "RESPONSE" if alone else identifier(each.ident) for each in asked}
    return {name: _value(each, responses[each.ident]) for each, name in names.items()}


def _value(asked: Asked, given: list[str]) -> Value:
    if not given:
        return None
    if asked.tag == "response_num":
        return float(given[0])
    if asked.tag == "response_str":
        return given[0]
    chosen = tuple(identifier(each) for each in given)
    return chosen[0] if asked.cardinality == "Single" else chosen
