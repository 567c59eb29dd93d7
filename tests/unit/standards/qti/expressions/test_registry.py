"""Each expression of an item has a compiler."""

from shared.standards.qti.expressions.registry import COMPILERS
from shared.standards.qti.vocabulary.elements import EXPRESSIONS

_OF_TESTS = {
    f"qti-{name}"
    for name in (
        "number-correct",
        "number-incorrect",
        "number-presented",
        "number-responded",
        "number-selected",
        "outcome-maximum",
        "outcome-minimum",
        "test-variables",
    )
}


def test_every_expression_but_those_on_the_items_of_a_test_has_a_compiler() -> None:
    assert set(COMPILERS) == set(EXPRESSIONS) - _OF_TESTS
