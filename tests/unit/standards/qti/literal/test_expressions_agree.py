"""Compiled expressions give what the literal interpreter of their clauses gives, in both spellings."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.expressions.compiled import Frame
from tests.fixtures.qti_expressions import Workbench
from tests.unit.standards.qti.literal.generating import BASES, Nodes, collections, productions
from tests.unit.standards.qti.literal.interpreter import Interpreter
from tests.unit.standards.qti.literal.items import declarations
from tests.unit.standards.qti.literal.spelling import Node, node, write
from tests.unit.standards.qti.literal.values import agrees

_KINDS = ("response",)
_OPERATORS: dict[str, list[Nodes]] = {}
for _base in BASES:
    for _name, _made in productions(_base, 1, _KINDS).items():
        _OPERATORS.setdefault(_name, []).append(_made)
    for _cardinality in ("multiple", "ordered"):
        for _name, _made in collections(_cardinality, _base, 1, _KINDS).items():
            _OPERATORS.setdefault(_name, []).append(_made)

_slow = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize("name", sorted(_OPERATORS))
def test_an_operator_gives_what_its_clause_says(name: str) -> None:
    @_slow
    @given(st.one_of(*_OPERATORS[name]), st.integers(0, 30), st.booleans())
    def holds(expression: Node, seed: int, modern: bool) -> None:
        check(expression, seed, modern=modern)

    holds()


def check(expression: Node, seed: int, *, modern: bool) -> None:
    declared, literal = _variables(seed, modern=modern)
    bench = Workbench(declared)
    element = etree.fromstring(write(expression, modern=modern))
    compiled = bench.compile(element)

    value = compiled.run(Frame({name: found.default for name, found in declared.items()}, 1, 10_000))
    expected = literal.evaluate(element)

    assert agrees(value, expected), (write(expression, modern=modern), value, expected)
    assert bench.notices == []


@cache
def _variables(seed: int, *, modern: bool) -> tuple[dict[str, Declaration], Interpreter]:
    """Return variables of every type, as the library and the interpreter see them."""
    root = etree.fromstring(write(node("assessment-item", *declarations(seed, *_KINDS)), modern=modern))
    declared = {found.identifier: found for found in declarations_of(root)}
    literal = Interpreter(root)
    literal.values = {name: literal.stated(name, "defaultvalue") for name in declared}
    return declared, literal
