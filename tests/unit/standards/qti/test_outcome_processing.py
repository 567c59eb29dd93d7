"""Outcome processing: what tests make of their items (QTI 3.0, 2.11 and the expressions of tests)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.compiling import compile_test, scope_of
from shared.standards.qti.assessments.frames import AssessmentFrame, SelectedItem
from shared.standards.qti.assessments.routes import Step, route_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.limits import LIMITS
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti import literal_assessments as literal
from tests.unit.standards.qti.assessment_xml import item_ref, part, plan_of, section
from tests.unit.standards.qti.literal_assessments import LiteralItem, LiteralVariable

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


_CATEGORIES = ("x", "y", "z")
_WEIGHTS = ("W", "V")
_NAMES = ("SCORE", "RESPONSE", "OTHER")
_SINGLES: Final[dict[str, st.SearchStrategy[Value]]] = {
    "integer": st.integers(-3, 3),
    "float": st.sampled_from((-1.5, 0.0, 0.5, 2.0)),
    "identifier": st.sampled_from(("A", "B")),
}


@st.composite
def _variable(draw: st.DrawFn) -> LiteralVariable:
    kind = draw(st.sampled_from(("outcome", "response")))
    base_type = draw(st.sampled_from(tuple(_SINGLES)))
    cardinality = draw(st.sampled_from(("single", "single", "multiple", "ordered")))
    single = _SINGLES[base_type]
    many = st.lists(single, min_size=1, max_size=3).map(lambda values: cast("Value", tuple(values)))
    value = st.none() | (single if cardinality == "single" else many)
    bound = st.none() | st.sampled_from((-1.0, 0.0, 4.0))
    return LiteralVariable(
        kind,
        base_type,
        cardinality,
        draw(value),
        draw(value) if kind == "response" else None,
        draw(value) if kind == "response" else None,
        draw(bound) if kind == "outcome" else None,
        draw(bound) if kind == "outcome" else None,
    )


@st.composite
def _literal_items(draw: st.DrawFn) -> list[LiteralItem]:
    items = []
    for number in range(draw(st.integers(1, 4))):
        attempts = draw(st.integers(0, 2))
        names = draw(st.lists(st.sampled_from(_NAMES[:2]), unique=True))
        mapped = draw(st.sampled_from(({}, {}, {"SCORE": "OTHER"}, {"RESPONSE": "SCORE"})))
        if "SCORE" in names and mapped.get("RESPONSE") == "SCORE":
            mapped = {}
        items.append(
            LiteralItem(
                f"i{number}",
                draw(st.sampled_from((["S1"], ["S1", "S2"], ["S3"]))),
                draw(st.lists(st.sampled_from(_CATEGORIES), unique=True)),
                draw(st.dictionaries(st.sampled_from(_WEIGHTS), st.sampled_from((0.0, 0.5, 3.0)))),
                {name: draw(_variable()) for name in names},
                {source: target for source, target in mapped.items() if source in names},
                attempts > 0 or draw(st.booleans()),
                attempts,
            )
        )
    return sorted(items, key=lambda item: item.sections)


_SUBSETS = st.fixed_dictionaries(
    {},
    optional={
        "section-identifier": st.sampled_from(("S1", "S2", "S3", "S4")),
        "include-category": st.sampled_from(("x", "x y")),
        "exclude-category": st.sampled_from(("z", "y z")),
    },
)
_COLLECTED = st.fixed_dictionaries({}, optional={"weight-identifier": st.sampled_from((*_WEIGHTS, "NONE"))})


@given(
    _literal_items(),
    _SUBSETS,
    st.sampled_from(("correct", "incorrect", "presented", "responded", "selected")),
)
def test_items_are_counted_as_the_specification_says(
    items: list[LiteralItem], attributes: dict[str, str], what: str
) -> None:
    reading: Callable[[list[LiteralItem], dict[str, str]], int] = getattr(literal, f"number_{what}")
    found = _evaluated(items, f"qti-number-{what}", attributes)
    assert found == reading(items, attributes)


@given(
    _literal_items(),
    _SUBSETS,
    _COLLECTED,
    st.sampled_from(_NAMES),
    st.sampled_from(("", "integer", "identifier")),
)
def test_variables_of_items_are_collected_as_the_specification_says(
    items: list[LiteralItem], subset: dict[str, str], weight: dict[str, str], name: str, base_type: str
) -> None:
    attributes = {**subset, **weight, "variable-identifier": name}
    if base_type:
        attributes["base-type"] = base_type
    expected, kind = literal.variables_of_test(items, attributes)
    found = _evaluated(items, "qti-test-variables", attributes)
    assert found == expected
    if isinstance(found, tuple):
        assert {type(value) for value in found} == {{"integer": int, "float": float, "identifier": str}[kind]}


@given(
    _literal_items(), _SUBSETS, _COLLECTED, st.sampled_from(_NAMES), st.sampled_from(("minimum", "maximum"))
)
def test_bounds_of_outcomes_are_collected_as_the_specification_says(
    items: list[LiteralItem], subset: dict[str, str], weight: dict[str, str], name: str, which: str
) -> None:
    attributes = {**subset, **weight, "outcome-identifier": name}
    reading: Callable[[list[LiteralItem], dict[str, str]], Value] = getattr(literal, f"outcome_{which}")
    assert _evaluated(items, f"qti-outcome-{which}", attributes) == reading(items, attributes)


def _evaluated(items: list[LiteralItem], expression: str, attributes: dict[str, str]) -> Value:
    """Return what the library makes of an expression over items written as XML."""
    plan = plan_of(part("P", _sections(items)))
    compiled = {item.reference: _item("".join(_declared(item))) for item in items}
    scope = scope_of(plan, compiled, operators={}, limits=LIMITS)
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    run = scope.compile(parse(f"<{expression}{written}/>".encode()).root).run
    steps = {step.key: step for step in route_of(plan, 0)}
    selected = [
        SelectedItem(
            steps[item.reference],
            {name: one.value for name, one in item.variables.items()},
            {name: one.correct for name, one in item.variables.items() if one.kind == "response"},
            {name: one.default for name, one in item.variables.items() if one.kind == "response"},
            item.presented,
            item.attempts,
            item.attempts,
        )
        for item in items
    ]
    return run(AssessmentFrame({}, 0, LIMITS.repeats, items=selected))


def _sections(items: list[LiteralItem]) -> str:
    """Return S1, which holds S2, and S3, with the references where the items say they are."""
    inside: dict[str, str] = dict.fromkeys(("S1", "S2", "S3"), "")
    for item in items:
        weights = "".join(
            f'<qti-weight identifier="{name}" value="{value}"/>' for name, value in item.weights.items()
        )
        mappings = "".join(
            f'<qti-variable-mapping source-identifier="{source}" target-identifier="{target}"/>'
            for source, target in item.mapping.items()
        )
        category = {"category": " ".join(item.categories)} if item.categories else {}
        inside[item.sections[-1]] += item_ref(item.reference, weights + mappings, **category)
    return section("S1", inside["S1"] + section("S2", inside["S2"])) + section("S3", inside["S3"])


def _declared(item: LiteralItem) -> Iterator[str]:
    for name, one in item.variables.items():
        bounds = {"normal-minimum": one.minimum, "normal-maximum": one.maximum}
        written = "".join(f' {key}="{bound}"' for key, bound in bounds.items() if bound is not None)
        yield (
            f'<qti-{one.kind}-declaration identifier="{name}" cardinality="{one.cardinality}"'
            f' base-type="{one.base_type}"{written}/>'
        )
