"""What authors could write to make a server work or a number grow is refused, or NULL, before it is done."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Refused
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Value
from tests.fixtures.qti_expressions import call, identifier, integer, ordered, real, string

_LARGE = 10**299


def _score(expression: str, base_type: str = "integer") -> Value:
    item = f"""
    <assessmentItem identifier="i">
      <outcomeDeclaration identifier="O" cardinality="single" baseType="{base_type}"/>
      <responseProcessing><setOutcomeValue identifier="O">{expression}</setOutcomeValue></responseProcessing>
    </assessmentItem>
    """
    return compile_item(parse(item.encode())).score({}).outcomes["O"]


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        (call("containerSize", call("repeat", integer(1), numberRepeats=10**9)), "limits.repeats"),
        (
            call(
                "containerSize",
                call("repeat", call("repeat", integer(1), numberRepeats=5_000), numberRepeats=5_000),
            ),
            "limits.repeats",
        ),
        (call("containerSize", ordered(*[integer(1)] * 1_001)), "limits.collected"),
        (call("patternMatch", string("a"), pattern="a{1000000000}"), "limits.pattern_steps"),
        (call("patternMatch", string("a"), pattern="(" * 9_999), "limits.pattern_steps"),
        (call("patternMatch", string("ab" * 300), pattern="(.?){999}x"), "limits.pattern_steps"),
    ],
)
def test_work_without_end_is_refused(expression: str, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        _score(call("isNull", expression), "boolean")

    assert caught.value.rule == rule


def test_a_pattern_that_stalls_backtracking_engines_is_matched() -> None:
    assert _score(call("patternMatch", string("a" * 5_000), pattern="(a+)+b"), "boolean") is False


@pytest.mark.parametrize(
    "expression",
    [
        call("product", *[integer(_LARGE)] * 1_000),
        call("lcm", integer(_LARGE), integer(_LARGE - 1)),
        call("power", integer(_LARGE), integer(_LARGE)),
        call("sum", *[integer(_LARGE)] * 10),
        call("truncate", call("power", real(10), real(308))),
        f'<mathOperator name="floor">{call("power", real(10), real(308))}</mathOperator>',
    ],
)
def test_numbers_that_grow_without_end_are_null(expression: str) -> None:
    assert _score(call("round", expression)) is None


def test_figures_without_end_leave_a_number_as_it_is() -> None:
    assert _score(call("roundTo", real(0.1), figures=_LARGE), "float") == 0.1
    assert _score(call("roundTo", real(0.1), roundingMode="decimalPlaces", figures=_LARGE), "float") == 0.1


def test_a_container_that_rules_double_again_and_again_is_refused() -> None:
    double = (
        '<setOutcomeValue identifier="V">'
        '<ordered><variable identifier="V"/><variable identifier="V"/></ordered></setOutcomeValue>'
    )
    item = f"""
    <assessmentItem identifier="i">
      <outcomeDeclaration identifier="V" cardinality="ordered" baseType="integer">
        <defaultValue><value>1</value></defaultValue>
      </outcomeDeclaration>
      <responseProcessing>{double * 60}</responseProcessing>
    </assessmentItem>
    """

    with pytest.raises(Refused, match=r"limits\.collected"):
        compile_item(parse(item.encode())).score({})


def test_large_containers_are_compared_in_time_that_grows_with_them() -> None:
    halves = [identifier("A")] * 500
    outer, inner = ordered(*halves, *halves), ordered(*halves[:-1], identifier("B"))

    assert _score(call("contains", outer, inner), "boolean") is False
