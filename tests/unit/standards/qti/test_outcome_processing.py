"""Outcome processing: what tests make of their items (QTI 3.0, OutcomeProcessing)."""

from collections.abc import Mapping
from typing import Final

import pytest

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.compiling import compile_test
from shared.standards.qti.assessments.frames import SelectedItem
from shared.standards.qti.assessments.routes import Step, route_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti.assessment_xml import item_ref, part, plan_of, section

_ANY: Final = "OUT"


def _item(declarations: str) -> CompiledItem:
    return compile_item(
        parse(f'<qti-assessment-item identifier="i">{declarations}</qti-assessment-item>'.encode())
    )


def _score(base_type: str = "float", extra: str = "") -> str:
    return (
        f'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="{base_type}" {extra}/>'
    )


def _response(identifier: str = "RESPONSE", correct: str = "A") -> str:
    return (
        f'<qti-response-declaration identifier="{identifier}" cardinality="single" base-type="identifier">'
        f"<qti-correct-response><qti-value>{correct}</qti-value></qti-correct-response>"
        "</qti-response-declaration>"
    )


def _test(refs: str, rule: str, items: Mapping[str, CompiledItem], out: str = "float") -> CompiledTest:
    declared = f'<qti-outcome-declaration identifier="{_ANY}" cardinality="single" base-type="{out}"/>'
    processing = f"<qti-outcome-processing>{rule}</qti-outcome-processing>"
    plan = plan_of(part("P", section("S", refs)), declared, processing)
    return compile_test(plan, {f"{name}.xml": item for name, item in items.items()})


def _set(expression: str) -> str:
    return f'<qti-set-outcome-value identifier="{_ANY}">{expression}</qti-set-outcome-value>'


def _taken(
    step: Step, item: CompiledItem, values: Mapping[str, Value], attempts: int = 1, place: int = 1
) -> SelectedItem:
    return SelectedItem(step, {**item.initial, **values}, {}, {}, attempts > 0, attempts, place)


def _outcome(test: CompiledTest, values: Mapping[str, Mapping[str, Value]]) -> Value:
    selected = [
        _taken(step, test.items[step.ref.identifier], values.get(step.key, {}))
        for step in route_of(test.plan, 0)
    ]
    return test.process(selected)[_ANY]


def test_variable_looks_up_an_item_by_the_identifier_of_its_reference() -> None:
    items = {"a": _item(_score()), "b": _item(_score("integer"))}
    test = _test(item_ref("a") + item_ref("b"), _set('<qti-variable identifier="b.SCORE"/>'), items)
    assert _outcome(test, {"a": {"SCORE": 1.0}, "b": {"SCORE": 4}}) == 4.0


def test_variable_is_weighted_where_its_item_has_the_weight() -> None:
    weighted = item_ref("a", '<qti-weight identifier="W" value="2.5"/>')
    rule = _set(
        '<qti-sum><qti-variable identifier="a.SCORE" weight-identifier="W"/>'
        '<qti-variable identifier="b.SCORE" weight-identifier="W"/></qti-sum>'
    )
    test = _test(weighted + item_ref("b"), rule, {"a": _item(_score()), "b": _item(_score())})
    assert _outcome(test, {"a": {"SCORE": 2.0}, "b": {"SCORE": 1.0}}) == 6.0


def test_a_mapped_variable_is_known_by_its_target_only() -> None:
    mapped = item_ref("a", '<qti-variable-mapping source-identifier="SCORE" target-identifier="POINTS"/>')
    by_target = _test(mapped, _set('<qti-variable identifier="a.POINTS"/>'), {"a": _item(_score())})
    assert _outcome(by_target, {"a": {"SCORE": 3.0}}) == 3.0
    by_source = _test(mapped, _set('<qti-variable identifier="a.SCORE"/>'), {"a": _item(_score())})
    assert _outcome(by_source, {"a": {"SCORE": 3.0}}) is None
    assert ["not declared" in notice.message for notice in by_source.notices] == [True]


def _drill(submission: str, expression: str) -> tuple[CompiledTest, list[SelectedItem]]:
    inside = '<qti-selection select="3" with-replacement="true"/>' + item_ref("Q01")
    declared = f'<qti-outcome-declaration identifier="{_ANY}" cardinality="single" base-type="float"/>'
    processing = f"<qti-outcome-processing>{_set(expression)}</qti-outcome-processing>"
    plan = plan_of(part("P", section("S", inside), submission=submission), declared, processing)
    test = compile_test(plan, {"Q01.xml": _item(_score())})
    item = test.items["Q01"]
    first, second, third = route_of(plan, 0)
    return test, [
        _taken(first, item, {"SCORE": 1.0}, place=2),
        _taken(second, item, {"SCORE": 5.0}, place=1),
        _taken(third, item, {}, attempts=0, place=0),
    ]


def test_2_11_1_2_an_instance_is_named_by_its_number() -> None:
    test, selected = _drill("individual", '<qti-variable identifier="Q01.2.SCORE"/>')
    assert test.process(selected)[_ANY] == 5.0


@pytest.mark.parametrize(("submission", "expected"), [("simultaneous", 1.0), ("individual", None)])
def test_2_11_1_2_without_a_number_the_last_submitted_counts_if_they_are_submitted_together(
    submission: str, expected: Value
) -> None:
    test, selected = _drill(submission, '<qti-variable identifier="Q01.SCORE"/>')
    assert test.process(selected)[_ANY] == expected


def test_correct_and_default_look_into_items() -> None:
    rule = (
        '<qti-outcome-condition><qti-outcome-if><qti-match><qti-variable identifier="a.RESPONSE"/>'
        '<qti-correct identifier="a.RESPONSE"/></qti-match>'
        + _set('<qti-base-value base-type="float">1</qti-base-value>')
        + "</qti-outcome-if></qti-outcome-condition>"
    )
    test = _test(item_ref("a"), rule, {"a": _item(_response())})
    assert _outcome(test, {"a": {"RESPONSE": "A"}}) == 1.0
    assert _outcome(test, {"a": {"RESPONSE": "B"}}) == 0.0
    default = _set('<qti-default identifier="a.SCORE"/>')
    with_default = _score().replace("/>", "><qti-default-value><qti-value>7</qti-value></qti-default-value>")
    ended = _item(with_default + "</qti-outcome-declaration>")
    assert _outcome(_test(item_ref("a"), default, {"a": ended}), {"a": {"SCORE": 1.0}}) == 7.0


def test_what_template_processing_set_as_correct_counts() -> None:
    test = _test(item_ref("a"), _set("<qti-number-correct/>"), {"a": _item(_response())}, "integer")
    (step,) = route_of(test.plan, 0)
    values = {**test.items["a"].initial, "RESPONSE": "B"}
    changed = SelectedItem(step, values, {"RESPONSE": "B"}, {}, True, 1, 1)
    assert test.process([changed])[_ANY] == 1


def test_outcomes_are_reset_before_each_run() -> None:
    rule = _set(f'<qti-sum><qti-variable identifier="{_ANY}"/><qti-variable identifier="a.SCORE"/></qti-sum>')
    test = _test(item_ref("a"), rule, {"a": _item(_score())})
    assert [_outcome(test, {"a": {"SCORE": 2.0}}) for _ in range(2)] == [2.0, 2.0]


def test_exit_test_ends_processing_with_what_is_set_so_far() -> None:
    one, two = (_set(f'<qti-base-value base-type="float">{number}</qti-base-value>') for number in (1, 2))
    assert _outcome(_test(item_ref("a"), f"{one}<qti-exit-test/>{two}", {"a": _item(_score())}), {}) == 1.0


def test_lookup_tables_turn_totals_into_grades() -> None:
    declared = (
        f'<qti-outcome-declaration identifier="{_ANY}" cardinality="single" base-type="identifier">'
        '<qti-interpolation-table default-value="fail"><qti-interpolation-table-entry source-value="2"'
        ' target-value="pass"/></qti-interpolation-table></qti-outcome-declaration>'
    )
    rule = (
        f'<qti-lookup-outcome-value identifier="{_ANY}"><qti-sum><qti-test-variables'
        ' variable-identifier="SCORE"/></qti-sum></qti-lookup-outcome-value>'
    )
    processing = f"<qti-outcome-processing>{rule}</qti-outcome-processing>"
    plan = plan_of(part("P", section("S", item_ref("a"))), declared, processing)
    test = compile_test(plan, {"a.xml": _item(_score())})
    assert _outcome(test, {"a": {"SCORE": 2.0}}) == "pass"
    assert _outcome(test, {"a": {"SCORE": 1.5}}) == "fail"


def test_an_expression_that_qti_does_not_have_is_null_with_a_notice_and_stops_a_strict_reading() -> None:
    rule = _set("<debugOperator/>")
    test = _test(item_ref("a"), rule, {"a": _item(_score())})
    assert _outcome(test, {"a": {"SCORE": 2.0}}) is None
    assert any("debugOperator is not known" in notice.message for notice in test.notices)
    with pytest.raises(Invalid, match="debugOperator"):
        compile_test(test.plan, {"a.xml": test.items["a"]}, strict=True)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("<qti-test-variables/>", "variable-identifier is missing"),
        ('<qti-test-variables variable-identifier="SCORE" base-type="number"/>', "'number' is no base type"),
        ("<qti-outcome-maximum/>", "outcome-identifier is missing"),
    ],
)
def test_expressions_that_do_not_say_what_they_are_about_are_invalid(expression: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        _test(item_ref("a"), _set(f"<qti-sum>{expression}</qti-sum>"), {"a": _item(_score())})


def test_a_bound_that_is_no_number_counts_as_none_with_a_notice() -> None:
    rule = _set('<qti-sum><qti-outcome-maximum outcome-identifier="SCORE"/></qti-sum>')
    test = _test(item_ref("a"), rule, {"a": _item(_score(extra='normal-maximum="lots"'))})
    assert _outcome(test, {}) is None
    assert any("'lots' is no number" in notice.message for notice in test.notices)


def test_a_variable_that_no_item_has_is_null_with_a_notice() -> None:
    test = _test(item_ref("a"), _set('<qti-correct identifier="a.NOTHING"/>'), {"a": _item(_score())})
    assert _outcome(test, {}) is None
    assert any("not declared" in notice.message for notice in test.notices)


def test_default_of_an_outcome_of_the_test_is_its_own() -> None:
    rule = _set(f'<qti-default identifier="{_ANY}"/>')
    assert _outcome(_test(item_ref("a"), rule, {"a": _item(_score())}), {"a": {"SCORE": 2.0}}) is None


def test_an_item_that_is_missing_is_invalid() -> None:
    with pytest.raises(Invalid, match=r"no item at 'b\.xml'"):
        _test(item_ref("a") + item_ref("b"), "", {"a": _item(_score())})


def test_durations_of_test_parts_and_sections_can_be_asked_for() -> None:
    rule = _set(
        '<qti-integer-to-float><qti-truncate><qti-sum><qti-variable identifier="S.duration"/>'
        '<qti-variable identifier="duration"/></qti-sum></qti-truncate></qti-integer-to-float>'
    )
    test = _test(item_ref("a"), rule, {"a": _item(_score())})
    given_values: dict[str, Value] = {"duration": 20.0, "S.duration": 5.5}
    assert test.process([], given=given_values)[_ANY] == 25.0


def _multiple(correct: str) -> str:
    return (
        '<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">'
        f"<qti-correct-response>{correct}</qti-correct-response></qti-response-declaration>"
    )


def test_number_correct_takes_members_in_any_order() -> None:
    keyed = _item(_multiple("<qti-value>A</qti-value><qti-value>B</qti-value>"))
    test = _test(item_ref("a"), _set("<qti-number-correct/>"), {"a": keyed}, "integer")
    assert _outcome(test, {"a": {"RESPONSE": ("B", "A")}}) == 1
    assert _outcome(test, {"a": {"RESPONSE": ("B", "B")}}) == 0


def test_number_responded_asks_for_an_attempt_and_a_response_that_is_no_default() -> None:
    test = _test(item_ref("a"), _set("<qti-number-responded/>"), {"a": _item(_response())}, "integer")
    (step,) = route_of(test.plan, 0)
    for attempts, response, expected in ((1, "B", 1), (0, "B", 0), (1, None, 0)):
        taken = _taken(step, test.items["a"], {"RESPONSE": response}, attempts)
        assert test.process([taken])[_ANY] == expected


def test_outcome_maximum_is_null_where_one_item_has_none_and_outcome_minimum_leaves_it_out() -> None:
    items = {"a": _item(_score(extra='normal-minimum="1" normal-maximum="4"')), "b": _item(_score())}
    for which, expected in (("maximum", None), ("minimum", 1.0)):
        rule = _set(f'<qti-sum><qti-outcome-{which} outcome-identifier="SCORE"/></qti-sum>')
        assert _outcome(_test(item_ref("a") + item_ref("b"), rule, items), {}) == expected
