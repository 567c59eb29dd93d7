"""Each expression of an item has tests that are named after its clause: 15.1 built-in, 15.3 operators."""

import ast
from pathlib import Path

import pytest

from shared.standards.qti.expressions.operands import rule_of
from shared.standards.qti.expressions.registry import COMPILERS
from tests.fixtures.qti_expressions import element_of

_TESTS = {
    node.name
    for file in Path(__file__).parent.glob("test_*.py")
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef)
}


@pytest.mark.parametrize("name", sorted(COMPILERS))
def test_each_expression_has_a_test_with_its_clause_in_the_name(name: str) -> None:
    clause = rule_of(element_of(f"<{name}/>")).split()[2].rstrip(":").replace(".", "_")
    begin = f"test_{clause}_{name.removeprefix('qti-').replace('-', '_')}_"

    assert any(test.startswith(begin) for test in _TESTS), begin
