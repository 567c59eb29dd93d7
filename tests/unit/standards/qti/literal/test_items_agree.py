"""Scored items have the outcomes that the literal interpreter of their clauses gives, in both spellings."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import Cardinality, Value
from tests.unit.standards.qti.literal.generated_items import Made, items, templated
from tests.unit.standards.qti.literal.processing import score
from tests.unit.standards.qti.literal.spelling import write
from tests.unit.standards.qti.literal.values import agrees

_many = settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None
)


@_many
@given(items(), st.booleans())
def test_an_item_with_rules_of_its_own_is_scored_as_its_clauses_say(made: Made, modern: bool) -> None:
    check(made, modern=modern)


@_many
@given(templated(), st.booleans())
def test_an_item_with_a_standard_template_is_scored_as_its_clauses_say(made: Made, modern: bool) -> None:
    check(made, modern=modern)


def check(made: Made, *, modern: bool) -> None:
    written, responses = write(made.item(), modern=modern), made.responses()
    item = compile_item(parse(written.encode()))
    given = {name: _value(texts, item.declarations[name]) for name, texts in responses.items()}

    scored = item.score(given)
    expected = score(etree.fromstring(written), responses)

    for name, value in expected.items():
        assert agrees(scored.outcomes[name], value), (name, scored.outcomes[name], value)
    assert item.notices == ()


def _value(texts: list[str], declared: Declaration) -> Value:
    assert declared.base_type is not None
    values = [value for text in texts if (value := read_single(text, declared.base_type)) is not None]
    if declared.cardinality is Cardinality.SINGLE:
        return values[0] if values else None
    return tuple(values) or None
