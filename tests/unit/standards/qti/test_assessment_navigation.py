"""Which item comes next in a test: order, preconditions, branch rules, instances (QTI 3.0)."""

import json

import pytest

from shared.standards import qti
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti.assessment_items import summing
from tests.unit.standards.qti.assessment_xml import item_ref, part, section
from tests.unit.standards.qti.session_moves import CONTROL, control, give, key_of, refs, refused, start, walk


def test_a_linear_part_goes_from_item_to_item_and_ends_with_the_last() -> None:
    session = start(summing(part("P", section("S", refs("a", "b")))))
    assert walk(session, "AB") == ["a", "b"]
    assert (session.phase, session.current, session.outcomes) == ("ended", None, {"TOTAL": 1.0})
    assert session.allowed(now=0) == frozenset()


def test_items_of_a_linear_part_come_in_their_order() -> None:
    session = start(summing(part("P", section("S", refs("a", "b")))))
    refused(lambda: session.go("b", now=0), "QTI 3.0, TestPart")
    refused(lambda: session.end_part(now=0), "QTI 3.0, TestPart")
    assert session.reachable(now=0) == ()


def test_items_of_a_nonlinear_part_are_reached_in_any_order_but_not_those_of_other_parts() -> None:
    first = part("P", section("S", refs("a", "b", "c")), navigation="nonlinear")
    session = start(summing(first + part("Q", section("R", refs("d")))))
    session.go("c", now=0)
    assert session.reachable(now=0) == ("a", "b", "c")
    session.go("a", now=0)
    refused(lambda: session.go("d", now=0), "QTI 3.0, TestPart")
    session.end_part(now=0)
    assert key_of(session) == "d"
    refused(lambda: session.go("a", now=0), "QTI 3.0, TestPart")


def test_a_closed_item_is_reviewed_only_where_the_test_allows_it() -> None:
    inside = section("S", item_ref("a", control(allow_review="false")) + item_ref("b"))
    session = start(summing(part("P", inside, navigation="nonlinear")))
    give(session)
    session.go("b", now=0)
    assert session.reachable(now=0) == ("b",)
    refused(lambda: session.go("a", now=0), CONTROL)
    assert not session.view("a").may_review


def _if_right(key: str) -> str:
    return (
        f'<qti-gt><qti-variable identifier="{key}.SCORE"/>'
        '<qti-base-value base-type="float">0</qti-base-value></qti-gt>'
    )


def _precondition(expression: str) -> str:
    return f"<qti-pre-condition>{expression}</qti-pre-condition>"


def _branch(target: str, expression: str) -> str:
    return f'<qti-branch-rule target="{target}">{expression}</qti-branch-rule>'


_ALWAYS = '<qti-base-value base-type="boolean">true</qti-base-value>'


@pytest.mark.parametrize(("answers", "met"), [("AA", ["a", "b", "c"]), ("BA", ["a", "c"])])
def test_an_item_whose_precondition_does_not_hold_is_passed_over(answers: str, met: list[str]) -> None:
    inside = item_ref("a") + item_ref("b", _precondition(_if_right("a"))) + item_ref("c")
    assert walk(start(summing(part("P", section("S", inside)))), answers + "A") == met


def test_a_precondition_that_is_null_does_not_hold() -> None:
    inside = item_ref("a") + item_ref("b", _precondition("<qti-null/>"))
    assert walk(start(summing(part("P", section("S", inside))))) == ["a"]


@pytest.mark.parametrize(("answers", "met"), [("AAAA", ["a", "b", "c", "d"]), ("BAAA", ["a", "d"])])
def test_a_section_whose_precondition_does_not_hold_is_passed_over(answers: str, met: list[str]) -> None:
    inner = section("I", _precondition(_if_right("a")) + refs("b", "c"))
    session = start(summing(part("P", section("S", item_ref("a") + inner + item_ref("d")))))
    assert walk(session, answers) == met


def test_preconditions_of_sections_are_asked_when_they_are_entered_not_within() -> None:
    few = '<qti-lt><qti-number-presented/><qti-base-value base-type="integer">1</qti-base-value></qti-lt>'
    inside = section("S", _precondition(few) + refs("a", "b")) + section("T", _precondition(few) + refs("c"))
    assert walk(start(summing(part("P", inside)))) == ["a", "b"]


def test_preconditions_of_parts_count_in_every_mode_those_inside_only_in_linear_parts() -> None:
    never = _precondition("<qti-null/>")
    first = part("P", never + section("S", refs("a")))
    inside = section("R", never + item_ref("b", never) + item_ref("c"))
    session = start(summing(first + part("Q", inside, navigation="nonlinear")))
    assert walk(session) == ["b", "c"]


def test_a_test_none_of_whose_items_may_be_entered_ends_at_once() -> None:
    session = start(summing(part("P", section("S", item_ref("a", _precondition("<qti-null/>"))))))
    assert (session.phase, session.outcomes) == ("ended", {"TOTAL": 0.0})


@pytest.mark.parametrize(
    ("target", "met"),
    [
        ("d", ["a", "d", "e", "f"]),
        ("T", ["a", "c", "d", "e", "f"]),
        ("EXIT_SECTION", ["a", "c", "d", "e", "f"]),
        ("EXIT_TESTPART", ["a", "f"]),
        ("EXIT_TEST", ["a"]),
        ("a", ["a", "b", "c", "d", "e", "f"]),
        ("f", ["a", "b", "c", "d", "e", "f"]),
    ],
)
def test_a_branch_rule_of_an_item_leads_forward_in_its_part_or_out(target: str, met: list[str]) -> None:
    first = section("S", item_ref("a", _branch(target, _ALWAYS)) + item_ref("b"))
    second = section("T", refs("c", "d")) + section("U", refs("e"))
    test = summing(part("P", first + second) + part("Q", section("V", refs("f"))))
    assert walk(start(test)) == met
    assert bool(test.notices) is (target == "f")


def test_the_first_branch_rule_that_holds_decides() -> None:
    rules = _branch("d", "<qti-null/>") + _branch("c", _ALWAYS) + _branch("EXIT_TEST", _ALWAYS)
    inside = item_ref("a", rules) + refs("b", "c", "d")
    assert walk(start(summing(part("P", section("S", inside))))) == ["a", "c", "d"]


def test_branch_rules_of_a_section_are_asked_when_it_ends_also_by_an_exit() -> None:
    rule = _branch("d", _ALWAYS)
    ended = section("S", rule + refs("a", "b"))
    assert walk(start(summing(part("P", ended + section("T", refs("c", "d")))))) == ["a", "b", "d"]
    left = section("S", rule + item_ref("a", _branch("EXIT_SECTION", _ALWAYS)) + item_ref("b"))
    assert walk(start(summing(part("P", left + section("T", refs("c", "d")))))) == ["a", "d"]


def test_preconditions_are_asked_of_what_a_branch_rule_leads_to() -> None:
    inside = item_ref("a", _branch("c", _ALWAYS)) + item_ref("b")
    inside += item_ref("c", _precondition("<qti-null/>")) + item_ref("d")
    assert walk(start(summing(part("P", section("S", inside))))) == ["a", "d"]


@pytest.mark.parametrize(("target", "met"), [("R", ["a", "c"]), ("EXIT_TEST", ["a"]), ("P", ["a", "b", "c"])])
def test_branch_rules_of_parts_lead_to_later_parts(target: str, met: list[str]) -> None:
    rule = _branch(target, _ALWAYS)
    parts = (part(name, section(f"S{name}", refs(item))) for name, item in zip("PQR", "abc", strict=True))
    first, second, third = parts
    first = first.replace("<qti-assessment-section", rule + "<qti-assessment-section", 1)
    assert walk(start(summing(first + second + third))) == met


def test_branch_rules_inside_nonlinear_parts_lead_nowhere() -> None:
    inside = section("S", item_ref("a", _branch("EXIT_TEST", _ALWAYS)) + item_ref("b"))
    assert walk(start(summing(part("P", inside, navigation="nonlinear")))) == ["a", "b"]


def test_2_8_3_a_drill_ends_when_its_precondition_no_longer_holds() -> None:
    until = _precondition(
        '<qti-lt><qti-variable identifier="TOTAL"/>'
        '<qti-base-value base-type="float">2</qti-base-value></qti-lt>'
    )
    inside = '<qti-selection select="5" with-replacement="true"/>' + item_ref("a", until)
    session = start(summing(part("P", section("S", inside))))
    assert walk(session, "BABAA") == ["a.1", "a.2", "a.3", "a.4"]


def test_instances_of_a_reference_are_sessions_of_their_own() -> None:
    inside = '<qti-selection select="3" with-replacement="true"/>' + item_ref("templated")
    session = start(summing(part("P", section("S", inside), navigation="nonlinear")))
    for step in session.route:
        session.go(step.key, now=0)
    drawn = [taken.session.values["DRAWN"] for taken in session.standing.taken.values()]
    assert len(set(drawn)) == 3


def test_5_140_template_defaults_come_from_the_test_so_far() -> None:
    default = (
        '<qti-template-default template-identifier="N"><qti-sum><qti-number-correct/>'
        '<qti-base-value base-type="integer">40</qti-base-value></qti-sum></qti-template-default>'
    )
    session = start(summing(part("P", section("S", item_ref("a") + item_ref("templated", default)))))
    give(session)
    session.next(now=0)
    session.respond({"RESPONSE": 41}, now=0)
    session.submit(now=0)
    assert session.outcomes["TOTAL"] == 2.0


def test_an_engine_adds_items_to_an_adaptive_section_as_it_goes() -> None:
    engine = '<qti-adaptive-selection><qti-adaptive-engine-ref href="https://cat.example/"/></qti-adaptive-selection>'
    inside = section("CAT", engine + refs(*"abcd")) + section("S", refs("z"))
    test = summing(part("P", inside))
    session = qti.TestSession.start(test, seed=1, now=0, chosen={"CAT": ["c"]})
    give(session)
    session.choose("CAT", ["a"])
    session = qti.TestSession.pick_up(test, session.state())
    assert walk(session, "-A-") == ["c", "a", "z"]
    with pytest.raises(Invalid, match="nothing chosen"):
        start(test)


def test_a_template_default_for_no_template_variable_is_left_aside_with_a_notice() -> None:
    default = '<qti-template-default template-identifier="NOPE"><qti-null/></qti-template-default>'
    test = summing(part("P", section("S", item_ref("templated", default))))
    assert ["NOPE is no template variable" in notice.message for notice in test.notices] == [True]
    assert key_of(start(test)) == "templated"


def test_keys_that_the_route_does_not_have_are_refused() -> None:
    session = start(summing(part("P", section("S", refs("a")))))
    refused(lambda: session.score("z", {"SCORE": 1.0}), "test sessions")


def test_rules_of_tests_see_built_in_variables_of_items_and_the_context() -> None:
    declared = '<qti-context-declaration identifier="QTI_CONTEXT" cardinality="record"/>'
    who = '<qti-field-value field-identifier="candidateIdentifier"><qti-variable identifier="QTI_CONTEXT"/>'
    c7 = '<qti-base-value base-type="string">c7</qti-base-value>'
    named = f"<qti-match>{who}</qti-field-value>{c7}</qti-match>"
    done = (
        '<qti-match><qti-variable identifier="a.completionStatus"/>'
        '<qti-base-value base-type="identifier">completed</qti-base-value></qti-match>'
    )
    inside = item_ref("a") + item_ref("b", _precondition(named)) + item_ref("c", _precondition(done))
    test = summing(part("P", section("S", inside)), before=declared)
    for candidate, met in (("c7", ["a", "b", "c"]), ("c8", ["a", "c"])):
        context: dict[str, Value] = {"QTI_CONTEXT": {"candidateIdentifier": candidate}}
        session = qti.TestSession.start(test, seed=1, now=0, context=context)
        session = qti.TestSession.pick_up(test, json.loads(json.dumps(session.state())))
        assert walk(session) == met
