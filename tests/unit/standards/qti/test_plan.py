"""The plan of a test: parts, sections and references, with what they inherit and select."""

from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.assessments.compiling import compile_test
from shared.standards.qti.assessments.control import Control, TimeLimits
from shared.standards.qti.assessments.plan import Plan, Section
from shared.standards.qti.assessments.reading import read_plan
from shared.standards.qti.assessments.routes import Chosen, route_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid, Malformed, QtiError, Refused
from shared.standards.qti.limits import Limits
from tests.unit.standards.qti.assessment_items import ITEMS
from tests.unit.standards.qti.assessment_xml import assessment, item_ref, part, plan_of, section


def _keys(plan: Plan, seed: int = 0, chosen: Chosen | None = None) -> list[str]:
    return [step.key for step in route_of(plan, seed, chosen=chosen or {})]


def _orders(plan: Plan, seeds: int = 40) -> set[tuple[str, ...]]:
    return {tuple(_keys(plan, seed)) for seed in range(seeds)}


def _refs(*identifiers: str) -> str:
    return "".join(item_ref(identifier) for identifier in identifiers)


def test_item_session_control_is_inherited_attribute_by_attribute() -> None:
    outer = '<qti-item-session-control max-attempts="3" allow-skipping="false"/>'
    inner = '<qti-item-session-control allow-skipping="true" show-feedback="true"/>'
    own = '<qti-item-session-control max-attempts="0"/>'
    plan = plan_of(part("P", outer + section("S", inner + item_ref("a", own) + item_ref("b"))))
    a, b = plan.item_refs()
    assert a.control == Control(max_attempts=0, show_feedback=True)
    assert b.control == Control(max_attempts=3, show_feedback=True)
    assert plan.parts[0].control == Control(max_attempts=3, allow_skipping=False)


def test_references_hold_weights_categories_mappings_time_limits_and_template_defaults() -> None:
    inside = (
        '<qti-weight identifier="W" value="2.5"/>'
        '<qti-variable-mapping source-identifier="SCORE" target-identifier="POINTS"/>'
        '<qti-template-default template-identifier="N"><qti-null/></qti-template-default>'
        '<qti-time-limits min-time="5" max-time="60.5" allow-late-submission="true"/>'
    )
    (ref,) = plan_of(part("P", section("S", item_ref("a", inside, category="x  y")))).item_refs()
    assert (ref.weights, ref.mappings, ref.categories) == ({"W": 2.5}, {"SCORE": "POINTS"}, ("x", "y"))
    assert ref.limits == TimeLimits(5.0, 60.5, allow_late=True)
    assert [default.template_identifier for default in ref.template_defaults] == ["N"]


def test_tests_of_2_x_read_as_those_of_3_0() -> None:
    old = b"""<assessmentTest identifier="t"><testPart identifier="p" navigationMode="nonlinear"
      submissionMode="simultaneous"><assessmentSection identifier="s" keepTogether="false" visible="false">
      <selection select="1" withReplacement="true"/><ordering shuffle="true"/>
      <rubricBlock view="candidate scorer"><p/></rubricBlock>
      <assessmentItemRef identifier="i" href="i.xml"/></assessmentSection></testPart>
      <testFeedback access="during" outcomeIdentifier="O" identifier="x" showHide="hide"/></assessmentTest>"""
    plan = read_plan(parse(old))
    (only,) = plan.parts
    (inner,) = only.sections
    assert (only.navigation, only.submission) == ("nonlinear", "simultaneous")
    assert not (inner.visible or inner.keep_together) and inner.shuffle
    assert inner.selection is not None and inner.selection.with_replacement
    assert inner.rubric_blocks[0].is_for("scorer") and not inner.rubric_blocks[0].is_for("tutor")
    assert (plan.feedback[0].access, plan.feedback[0].shown_if_held) == ("during", False)


def test_stimuli_of_sections_are_exposed() -> None:
    stimulus = '<qti-assessment-stimulus-ref identifier="st" href="passage.xml"/>'
    (only,) = plan_of(part("P", section("S", stimulus + item_ref("a")))).parts[0].sections
    assert only.stimuli == ("passage.xml",)


def test_feedback_with_an_access_that_is_none_is_shown_at_the_end() -> None:
    feedback = '<qti-test-feedback access="never" outcome-identifier="O" identifier="x"/>'
    plan = plan_of(part("P", section("S", item_ref("a"))), after=feedback)
    assert plan.feedback[0].access == "atEnd"
    assert ["'never' is read as atEnd" in notice.message for notice in plan.notices] == [True]


def test_sections_in_files_of_their_own_are_read_in_place() -> None:
    ref = '<qti-assessment-section-ref identifier="R" href="s.xml"/>'
    test = parse(assessment(part("P", ref)).encode())
    inner = parse(section("S", item_ref("a")).encode(), file="s.xml")
    assert [one.identifier for one in read_plan(test, sections={"s.xml": inner}).item_refs()] == ["a"]
    with pytest.raises(Invalid, match=r"no section at 's\.xml'"):
        read_plan(test)
    own = parse(section("S", ref).encode(), file="s.xml")
    with pytest.raises(Invalid, match=r"s\.xml.* S is used twice"):
        read_plan(test, sections={"s.xml": own})
    deep = item_ref("a")
    for depth in range(40):
        deep = section(f"S{depth}", deep)
    with pytest.raises(Invalid, match="deep"):
        plan_of(part("P", deep))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("", "without parts"),
        (part("P", section("S", item_ref("a") + item_ref("a"))), "a is used twice"),
        (part("P", item_ref("a")), "outside of sections"),
        (part("P", section("S", '<qti-assessment-item-ref identifier="a"/>')), "without href"),
        (part("P", section("S", "", navigation="x") + '<qti-branch-rule target="S"/>'), "0 expressions"),
        (part("P", section("S", '<qti-selection select="-1"/>')), "'-1' is not a number"),
        (part("P", section("S", f'<qti-selection select="{"9" * 9_000}"/>')), "9' is not a number"),
        (
            part("P", section("S", item_ref("a", '<qti-weight identifier="W" value="much"/>'))),
            "weight 'much'",
        ),
        (part("P", section("S", '<qti-time-limits max-time="soon"/>')), "'soon' is not a number"),
        (part("P", section("S", '<qti-time-limits max-time="NaN"/>')), "less than nothing"),
        (part("P", "", navigation="sideways"), "'sideways' is none of"),
        (part("P", "<qti-branch-rule><qti-null/></qti-branch-rule>"), "without target"),
        (
            part("P", section("S", item_ref("a", '<qti-variable-mapping source-identifier="X"/>'))),
            "mapping of 'X' to None",
        ),
        (
            part(
                "P", section("S", item_ref("a", "<qti-template-default><qti-null/></qti-template-default>"))
            ),
            "a template default names one variable",
        ),
    ],
)
def test_what_leaves_open_what_is_tested_or_how_is_invalid(parts: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as raised:
        plan_of(parts)
    assert raised.value.place.file == "test.xml" and raised.value.place.line == 1


def test_a_document_of_another_kind_is_malformed() -> None:
    with pytest.raises(Malformed, match="qti-assessment-item is no test"):
        read_plan(parse(b"<assessmentItem/>"))


def test_what_can_be_worked_around_is_noted_and_stops_a_strict_reading() -> None:
    parts = part("P", section("S", '<qti-selection select="3"/>' + item_ref("a", required="yes")))
    assert [notice.severity for notice in plan_of(parts).notices] == ["error", "error"]
    with pytest.raises(Invalid):
        plan_of(parts, strict=True)


@given(st.integers(0, 2**64))
def test_a_route_is_the_same_whenever_it_is_asked_for(seed: int) -> None:
    inside = '<qti-selection select="3"/><qti-ordering shuffle="true"/>' + _refs(*"abcdef")
    parts = part("P", section("S", inside))
    assert _keys(plan_of(parts), seed) == _keys(plan_of(parts), seed)


def test_5_129_selection_takes_so_many_in_the_order_of_the_document_and_any_may_come() -> None:
    plan = plan_of(part("P", section("S", '<qti-selection select="2"/>' + _refs(*"abc"))))
    assert _orders(plan) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_5_129_required_children_are_always_selected() -> None:
    inside = '<qti-selection select="2"/>' + item_ref("a") + item_ref("b", required="true") + item_ref("c")
    assert _orders(plan_of(part("P", section("S", inside)))) == {("a", "b"), ("b", "c")}


def test_5_129_a_section_counts_as_one_child() -> None:
    inside = '<qti-selection select="1"/>' + item_ref("a") + section("I", _refs("x", "y"))
    assert _orders(plan_of(part("P", section("S", inside)))) == {("a",), ("x", "y")}


def test_5_129_with_replacement_instances_are_numbered_in_their_order() -> None:
    inside = '<qti-selection select="3" with-replacement="true"/>' + item_ref("a", required="true")
    plan = plan_of(part("P", section("S", inside + item_ref("b"))))
    assert _orders(plan) == {
        ("a.1", "a.2", "a.3"),
        ("a.1", "a.2", "b"),
        ("a", "b.1", "b.2"),
    }


def test_a_section_drawn_twice_repeats_all_that_is_in_it() -> None:
    inner = section("I", _refs("x", "y"))
    inside = '<qti-selection select="2" with-replacement="true"/>' + inner
    plan = plan_of(part("P", section("S", inside)))
    steps = route_of(plan, 1)
    assert [step.key for step in steps] == ["x.1", "y.1", "x.2", "y.2"]
    assert [step.path[-1].number for step in steps] == [1, 1, 2, 2]


def test_shuffling_leaves_fixed_children_in_their_position() -> None:
    inside = '<qti-ordering shuffle="true"/>' + item_ref("a") + item_ref("b", fixed="true") + item_ref("c")
    assert _orders(plan_of(part("P", section("S", inside)))) == {("a", "b", "c"), ("c", "b", "a")}


def test_sections_are_shuffled_as_a_block_unless_they_are_invisible_and_not_kept_together() -> None:
    block = section("I", _refs("x", "y"), visible="false")
    ordering = '<qti-ordering shuffle="true"/>'
    kept = _orders(plan_of(part("P", section("S", ordering + _refs("a") + block))))
    assert kept == {("a", "x", "y"), ("x", "y", "a")}
    loose = block.replace('visible="false"', 'visible="false" keep-together="false"')
    mixed = _orders(plan_of(part("P", section("S", ordering + _refs("a") + loose))), 200)
    assert len(mixed) == 6
    visible = loose.replace('visible="false"', 'visible="true"')
    assert _orders(plan_of(part("P", section("S", ordering + _refs("a") + visible)))) == kept


def test_items_mixed_into_another_section_still_belong_to_their_own() -> None:
    loose = section("I", _refs("x", "y"), visible="false", keep_together="false")
    plan = plan_of(part("P", section("S", '<qti-ordering shuffle="true"/>' + loose)))
    for step in route_of(plan, 3):
        assert [enclosing.section.identifier for enclosing in step.path] == ["S", "I"]


def test_an_adaptive_section_is_kept_and_takes_what_its_engine_chose() -> None:
    engine = (
        '<qti-adaptive-selection><qti-adaptive-engine-ref identifier="e" href="https://cat.example/"/>'
        '<qti-adaptive-settings-ref identifier="s" href="settings.json"/></qti-adaptive-selection>'
    )
    plan = plan_of(part("P", section("CAT", engine + _refs(*"abcd"))))
    (only,) = plan.parts[0].sections
    assert only.adaptive is not None
    assert (only.adaptive.engine, only.adaptive.settings) == ("https://cat.example/", "settings.json")
    assert _keys(plan, chosen={"CAT": ["c", "a"]}) == ["c", "a"]
    for wrong in ([], ["z"], ["a", "a"]):
        with pytest.raises(Invalid, match="adaptive section CAT"):
            _keys(plan, chosen={"CAT": wrong})


def test_selections_that_multiply_are_refused() -> None:
    inner = item_ref("a")
    for depth in range(4):
        inner = section(f"S{depth}", f'<qti-selection select="200" with-replacement="true"/>{inner}')
    with pytest.raises(Refused, match="more sections and items"):
        _keys(plan_of(part("P", inner)))
    far = '<qti-selection select="99999" with-replacement="true"/>'
    with pytest.raises(Refused, match="99999 children"):
        _keys(plan_of(part("P", section("S", far + item_ref("a")))))
    many = plan_of(part("P", section("S", _refs(*"abc"))))
    with pytest.raises(Refused):
        route_of(many, 0, limits=Limits(members=3))


@st.composite
def _sections(draw: st.DrawFn, depth: int = 0, name: str = "s") -> str:
    count = draw(st.integers(1, 4))
    selected, repeated = draw(st.none() | st.integers(1, 5)), draw(st.booleans())
    inside = "" if not draw(st.booleans()) else '<qti-ordering shuffle="true"/>'
    if selected is not None:
        inside += f'<qti-selection select="{selected}" with-replacement="{str(repeated).lower()}"/>'
    for position in range(count):
        child, flags = f"{name}{position}", {"fixed": draw(_FLAGS), "required": draw(_FLAGS)}
        if depth < 2 and draw(st.booleans()):
            inside += draw(_sections(depth + 1, child))
        else:
            inside += item_ref(f"i{child}", **flags)
    looks = {"visible": draw(_FLAGS), "keep_together": draw(_FLAGS), "fixed": draw(_FLAGS)}
    return section(name, inside, **looks)


_FLAGS = st.sampled_from(("true", "false"))


@given(_sections(), st.integers(0, 50))
def test_every_route_selects_numbers_and_nests_as_the_plan_says(inside: str, seed: int) -> None:
    plan = plan_of(part("P", inside))
    steps = route_of(plan, seed)
    assert len({step.key for step in steps}) == len(steps)
    for identifier, total in Counter(step.ref.identifier for step in steps).items():
        instances = [step.instance for step in steps if step.ref.identifier == identifier]
        assert instances == list(range(1, total + 1))
    for step in steps:
        assert step.ref in step.path[-1].section.children
        for outer, inner in pairwise(step.path):
            assert inner.section in outer.section.children
    assert {step.path[0].section for step in steps} <= set(plan.parts[0].sections)
    _check_selections(plan.parts[0].sections[0], steps_below=len(steps))


def _check_selections(root: Section, steps_below: int) -> None:
    flat = all(not isinstance(child, Section) for child in root.children)
    if flat and root.selection is not None:
        required = sum(child.required for child in root.children)
        most = root.selection.select if root.selection.with_replacement else len(root.children)
        assert steps_below == max(required, min(root.selection.select, most))


_WHOLE = assessment(
    part(
        "P",
        section(
            "S",
            '<qti-selection select="2" with-replacement="true"/><qti-ordering shuffle="true"/>'
            '<qti-item-session-control max-attempts="2"/><qti-time-limits max-time="5"/>'
            + item_ref("a", '<qti-weight identifier="W" value="2"/>', fixed="true")
            + item_ref("b", '<qti-pre-condition><qti-variable identifier="a.2.X"/></qti-pre-condition>'),
        ),
    )
).encode()


@given(
    st.integers(0, len(_WHOLE)),
    st.integers(0, 12),
    st.sampled_from((b"", b"9" * 5_000, b"-", b"\xc2\xb2", b"x")),
)
def test_a_test_that_was_tampered_with_is_read_or_refused_in_words_of_the_library(
    place: int, length: int, put: bytes
) -> None:
    content = _WHOLE[:place] + put + _WHOLE[place + length :]
    with suppress(QtiError):
        plan = read_plan(parse(content))
        compile_test(plan, dict.fromkeys((ref.href for ref in plan.item_refs()), ITEMS["choice"]))
        route_of(plan, 1)
