"""The expressions of tests against a literal reading of the specification (see literal_assessments)."""

from collections.abc import Callable, Iterator
from typing import Final, cast

from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.assessments.compiling import scope_of
from shared.standards.qti.assessments.frames import AssessmentFrame, SelectedItem
from shared.standards.qti.assessments.routes import route_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.limits import LIMITS
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti import literal_assessments as literal
from tests.unit.standards.qti.assessment_xml import item_ref, part, plan_of, section
from tests.unit.standards.qti.literal_assessments import LiteralItem, LiteralVariable


def _item(declarations: str) -> CompiledItem:
    return compile_item(
        parse(f'<qti-assessment-item identifier="i">{declarations}</qti-assessment-item>'.encode())
    )


_CATEGORIES = ("x", "y", "z")
_WEIGHTS = ("W", "V")
_NAMES = ("SCORE", "RESPONSE", "OTHER")
_SINGLES: Final[dict[str, st.SearchStrategy[Value]]] = {
    "integer": st.integers(-3, 3),
    "float": st.sampled_from((-1.5, 0.0, 0.5, 2.0)),
    "identifier": st.sampled_from(("A", "B")),
}


@st.composite
def _variable(draw: st.DrawFn, kind: str) -> LiteralVariable:
    base_type = draw(st.sampled_from(tuple(_SINGLES)))
    cardinality = draw(st.sampled_from(("single", "single", "multiple", "ordered")))
    single = _SINGLES[base_type]
    many = st.lists(single, min_size=1, max_size=3).map(lambda values: cast("Value", tuple(values)))
    some = single if cardinality == "single" else many
    value = draw(st.one_of(some, some, some, st.none()))
    turned = value[::-1] if isinstance(value, tuple) else value
    beside = st.one_of(st.just(value), st.just(turned), some, st.none())
    bound = st.sampled_from((None, -1.0, 0.0, 4.0))
    is_response = kind == "response"
    return LiteralVariable(
        kind,
        base_type,
        cardinality,
        value,
        draw(beside) if is_response else None,
        draw(beside) if is_response else None,
        None if is_response else draw(bound),
        None if is_response else draw(bound),
    )


_VARIABLES = {
    "SCORE": st.sampled_from(("outcome", "outcome", "response")).flatmap(_variable),
    "RESPONSE": st.sampled_from(("response", "response", "response", "outcome")).flatmap(_variable),
}


@st.composite
def _literal_items(draw: st.DrawFn) -> list[LiteralItem]:
    items = []
    for number in range(draw(st.integers(1, 4))):
        attempts = draw(st.integers(0, 2))
        names = draw(
            st.sampled_from((("SCORE", "RESPONSE"), ("SCORE", "RESPONSE"), ("RESPONSE",), ("SCORE",), ()))
        )
        mapped = draw(st.sampled_from(({}, {}, {"SCORE": "OTHER"}, {"RESPONSE": "SCORE"})))
        if "SCORE" in names and mapped.get("RESPONSE") == "SCORE":
            mapped = {}
        items.append(
            LiteralItem(
                f"i{number}",
                draw(st.sampled_from((["S1"], ["S1", "S2"], ["S3"]))),
                draw(st.lists(st.sampled_from(_CATEGORIES), unique=True)),
                draw(st.dictionaries(st.sampled_from(_WEIGHTS), st.sampled_from((0.0, 0.5, 3.0)))),
                {name: draw(_VARIABLES[name]) for name in names},
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
