"""Sessions of tests: what is allowed when, what comes next, and what is scored (QTI 3.0, 2.8)."""

import json
from collections.abc import Callable

import pytest

from shared.standards import qti
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.permissions import NotAllowed
from shared.standards.qti.assessments.reporting import report_of
from shared.standards.qti.assessments.rescoring import rescore
from shared.standards.qti.faults import Invalid, Malformed
from shared.standards.qti.results.model import Context
from shared.standards.qti.results.reading import read_result
from shared.standards.qti.results.writing import write_result
from shared.standards.qti.values.json_form import Json
from tests.unit.standards.qti.assessment_items import summing
from tests.unit.standards.qti.assessment_xml import item_ref, part, section

_ONE_SUBMISSION = "QTI 3.0, ItemSessionControl"


def _control(**attributes: str) -> str:
    written = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<qti-item-session-control{written}/>"


def _limits(**attributes: str) -> str:
    return _control(**attributes).replace("item-session-control", "time-limits")


def _refs(*identifiers: str) -> str:
    return "".join(item_ref(identifier) for identifier in identifiers)


def _start(test: CompiledTest, seed: int = 1) -> qti.TestSession:
    return qti.TestSession.start(test, seed=seed, now=0)


def _key(session: qti.TestSession) -> str | None:
    return None if session.current is None else session.current.key


def _answer(session: qti.TestSession, response: str = "A", now: float = 0) -> None:
    session.respond({"RESPONSE": response}, now=now)
    session.submit(now=now)


def _walk(session: qti.TestSession, answers: str = "") -> list[str | None]:
    """Answer each item in turn, with a letter of `answers` each, and return the items met."""
    met = []
    for answer in answers or "A" * 20:
        if session.current is None:
            break
        met.append(_key(session))
        if answer != "-":
            _answer(session, answer)
        session.next(now=0)
    return met


def _refused(move: Callable[[], None], rule: str) -> None:
    with pytest.raises(NotAllowed) as raised:
        move()
    assert raised.value.rule == rule


def test_a_linear_part_goes_from_item_to_item_and_ends_with_the_last() -> None:
    session = _start(summing(part("P", section("S", _refs("a", "b")))))
    assert _walk(session, "AB") == ["a", "b"]
    assert (session.phase, session.current, session.outcomes) == ("ended", None, {"TOTAL": 1.0})
    assert session.allowed(now=0) == frozenset()


def test_items_of_a_linear_part_come_in_their_order() -> None:
    session = _start(summing(part("P", section("S", _refs("a", "b")))))
    _refused(lambda: session.go("b", now=0), "QTI 3.0, TestPart")
    _refused(lambda: session.end_part(now=0), "QTI 3.0, TestPart")
    assert session.reachable(now=0) == ()


def test_one_attempt_is_allowed_unless_the_test_says_otherwise() -> None:
    session = _start(summing(part("P", section("S", _refs("a")))))
    _answer(session, "B")
    _refused(lambda: _answer(session), _ONE_SUBMISSION)
    assert session.view("a").attempts_left == 0


def test_max_attempts_bounds_attempts_and_the_last_counts() -> None:
    session = _start(summing(part("P", _control(max_attempts="2") + section("S", _refs("a")))))
    _answer(session, "A")
    assert session.view("a").attempts_left == 1
    _answer(session, "B")
    assert session.outcomes["TOTAL"] == 0.0
    _refused(lambda: _answer(session), _ONE_SUBMISSION)


def test_no_limit_of_attempts_is_0() -> None:
    session = _start(summing(part("P", _control(max_attempts="0") + section("S", _refs("a")))))
    for _ in range(5):
        _answer(session)
    assert session.view("a").attempts_left is None


def test_an_adaptive_item_takes_attempts_until_it_is_completed() -> None:
    session = _start(summing(part("P", section("S", _refs("adaptive")))))
    _answer(session, "B")
    _answer(session, "B")
    assert session.view("adaptive").attempts_left is None
    _answer(session, "A")
    _refused(lambda: _answer(session), _ONE_SUBMISSION)
    assert session.outcomes["TOTAL"] == 1.0


def test_an_item_that_may_not_be_skipped_needs_a_response_before_it_is_submitted_or_left() -> None:
    session = _start(summing(part("P", _control(allow_skipping="false") + section("S", _refs("a", "b")))))
    for move in (session.submit, session.skip, session.next):
        _refused(lambda move=move: move(now=0), _ONE_SUBMISSION)  # type: ignore[misc]
    _answer(session)
    session.next(now=0)
    assert _key(session) == "b"


def test_an_item_without_responses_can_not_be_skipped() -> None:
    session = _start(
        summing(part("P", _control(allow_skipping="false") + section("S", _refs("information"))))
    )
    session.next(now=0)
    assert session.phase == "ended"


def test_a_nonlinear_part_with_items_that_may_not_be_skipped_ends_once_they_are_answered() -> None:
    inside = _control(allow_skipping="false") + section("S", _refs("a", "b"))
    session = _start(summing(part("P", inside, navigation="nonlinear")))
    _answer(session)
    _refused(lambda: session.end_part(now=0), _ONE_SUBMISSION)
    session.go("b", now=0)
    _answer(session)
    session.end_part(now=0)
    assert session.phase == "ended"


def test_skipping_submits_no_response_and_takes_an_attempt() -> None:
    session = _start(summing(part("P", _control(max_attempts="2") + section("S", _refs("a")))))
    _answer(session)
    session.skip(now=0)
    assert session.view("a").attempts == 2
    assert session.standing.taken["a"].session.values["RESPONSE"] is None
    assert session.outcomes["TOTAL"] == 0.0


def test_unsubmitted_responses_are_kept_but_not_seen_by_rules() -> None:
    inside = section("S", _refs("a", "b"))
    session = _start(summing(part("P", inside, navigation="nonlinear")))
    session.respond({"RESPONSE": "A"}, now=0)
    session.go("b", now=0)
    assert session.outcomes["TOTAL"] == 0.0
    session.go("a", now=0)
    session.submit(now=0)
    assert session.outcomes["TOTAL"] == 1.0


def test_a_response_that_the_item_does_not_have_is_refused() -> None:
    session = _start(summing(part("P", section("S", _refs("a")))))
    _refused(lambda: session.respond({"SCORE": 5.0}, now=0), "QTI 3.0, 5.119")


def test_items_of_a_nonlinear_part_are_reached_in_any_order_but_not_those_of_other_parts() -> None:
    first = part("P", section("S", _refs("a", "b", "c")), navigation="nonlinear")
    session = _start(summing(first + part("Q", section("R", _refs("d")))))
    session.go("c", now=0)
    assert session.reachable(now=0) == ("a", "b", "c")
    session.go("a", now=0)
    _refused(lambda: session.go("d", now=0), "QTI 3.0, TestPart")
    session.end_part(now=0)
    assert _key(session) == "d"
    _refused(lambda: session.go("a", now=0), "QTI 3.0, TestPart")


def test_a_closed_item_is_reviewed_only_where_the_test_allows_it() -> None:
    inside = section("S", item_ref("a", _control(allow_review="false")) + item_ref("b"))
    session = _start(summing(part("P", inside, navigation="nonlinear")))
    _answer(session)
    session.go("b", now=0)
    assert session.reachable(now=0) == ("b",)
    _refused(lambda: session.go("a", now=0), _ONE_SUBMISSION)
    assert not session.view("a").may_review


def test_responses_of_a_simultaneous_part_are_submitted_together_at_its_end() -> None:
    inside = _control(max_attempts="5", allow_skipping="false") + section("S", _refs("a", "b", "c"))
    session = _start(
        summing(part("P", inside, "nonlinear", "simultaneous") + part("Q", section("R", _refs("d"))))
    )
    session.respond({"RESPONSE": "A"}, now=0)
    _refused(lambda: session.submit(now=0), "QTI 3.0, TestPart")
    session.go("b", now=0)
    session.respond({"RESPONSE": "B"}, now=0)
    assert session.outcomes["TOTAL"] == 0.0
    session.end_part(now=0)
    assert (_key(session), session.outcomes["TOTAL"]) == ("d", 1.0)
    assert [session.view(key).attempts for key in "abc"] == [1, 1, 0]
    assert session.view("a").attempts_left == 0


def test_ending_the_test_ends_its_part() -> None:
    session = _start(summing(part("P", section("S", _refs("a", "b")), submission="simultaneous")))
    session.respond({"RESPONSE": "A"}, now=0)
    session.end(now=0)
    assert (session.phase, session.outcomes["TOTAL"]) == ("ended", 1.0)
    _refused(lambda: session.end(now=0), "test sessions")


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
    assert _walk(_start(summing(part("P", section("S", inside)))), answers + "A") == met


def test_a_precondition_that_is_null_does_not_hold() -> None:
    inside = item_ref("a") + item_ref("b", _precondition("<qti-null/>"))
    assert _walk(_start(summing(part("P", section("S", inside))))) == ["a"]


@pytest.mark.parametrize(("answers", "met"), [("AAAA", ["a", "b", "c", "d"]), ("BAAA", ["a", "d"])])
def test_a_section_whose_precondition_does_not_hold_is_passed_over(answers: str, met: list[str]) -> None:
    inner = section("I", _precondition(_if_right("a")) + _refs("b", "c"))
    session = _start(summing(part("P", section("S", item_ref("a") + inner + item_ref("d")))))
    assert _walk(session, answers) == met


def test_preconditions_of_parts_count_in_every_mode_those_inside_only_in_linear_parts() -> None:
    never = _precondition("<qti-null/>")
    first = part("P", never + section("S", _refs("a")))
    inside = section("R", never + item_ref("b", never) + item_ref("c"))
    session = _start(summing(first + part("Q", inside, navigation="nonlinear")))
    assert _walk(session) == ["b", "c"]


def test_a_test_none_of_whose_items_may_be_entered_ends_at_once() -> None:
    session = _start(summing(part("P", section("S", item_ref("a", _precondition("<qti-null/>"))))))
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
    second = section("T", _refs("c", "d")) + section("U", _refs("e"))
    test = summing(part("P", first + second) + part("Q", section("V", _refs("f"))))
    assert _walk(_start(test)) == met
    assert bool(test.notices) is (target == "f")


def test_the_first_branch_rule_that_holds_decides() -> None:
    rules = _branch("d", "<qti-null/>") + _branch("c", _ALWAYS) + _branch("EXIT_TEST", _ALWAYS)
    inside = item_ref("a", rules) + _refs("b", "c", "d")
    assert _walk(_start(summing(part("P", section("S", inside))))) == ["a", "c", "d"]


def test_branch_rules_of_a_section_are_asked_when_it_ends_also_by_an_exit() -> None:
    rule = _branch("d", _ALWAYS)
    ended = section("S", rule + _refs("a", "b"))
    assert _walk(_start(summing(part("P", ended + section("T", _refs("c", "d")))))) == ["a", "b", "d"]
    left = section("S", rule + item_ref("a", _branch("EXIT_SECTION", _ALWAYS)) + item_ref("b"))
    assert _walk(_start(summing(part("P", left + section("T", _refs("c", "d")))))) == ["a", "d"]


def test_preconditions_are_asked_of_what_a_branch_rule_leads_to() -> None:
    inside = item_ref("a", _branch("c", _ALWAYS)) + item_ref("b")
    inside += item_ref("c", _precondition("<qti-null/>")) + item_ref("d")
    assert _walk(_start(summing(part("P", section("S", inside))))) == ["a", "d"]


@pytest.mark.parametrize(("target", "met"), [("R", ["a", "c"]), ("EXIT_TEST", ["a"]), ("P", ["a", "b", "c"])])
def test_branch_rules_of_parts_lead_to_later_parts(target: str, met: list[str]) -> None:
    rule = _branch(target, _ALWAYS)
    parts = (part(name, section(f"S{name}", _refs(item))) for name, item in zip("PQR", "abc", strict=True))
    first, second, third = parts
    first = first.replace("<qti-assessment-section", rule + "<qti-assessment-section", 1)
    assert _walk(_start(summing(first + second + third))) == met


def test_branch_rules_inside_nonlinear_parts_lead_nowhere() -> None:
    inside = section("S", item_ref("a", _branch("EXIT_TEST", _ALWAYS)) + item_ref("b"))
    assert _walk(_start(summing(part("P", inside, navigation="nonlinear")))) == ["a", "b"]


def test_2_8_3_a_drill_ends_when_its_precondition_no_longer_holds() -> None:
    until = _precondition(
        '<qti-lt><qti-variable identifier="TOTAL"/>'
        '<qti-base-value base-type="float">2</qti-base-value></qti-lt>'
    )
    inside = '<qti-selection select="5" with-replacement="true"/>' + item_ref("a", until)
    session = _start(summing(part("P", section("S", inside))))
    assert _walk(session, "BABAA") == ["a.1", "a.2", "a.3", "a.4"]


def test_instances_of_a_reference_are_sessions_of_their_own() -> None:
    inside = '<qti-selection select="3" with-replacement="true"/>' + item_ref("templated")
    session = _start(summing(part("P", section("S", inside), navigation="nonlinear")))
    for step in session.route:
        session.go(step.key, now=0)
    drawn = [taken.session.values["DRAWN"] for taken in session.standing.taken.values()]
    assert len(set(drawn)) == 3


def test_5_140_template_defaults_come_from_the_test_so_far() -> None:
    default = (
        '<qti-template-default template-identifier="N"><qti-sum><qti-number-correct/>'
        '<qti-base-value base-type="integer">40</qti-base-value></qti-sum></qti-template-default>'
    )
    session = _start(summing(part("P", section("S", item_ref("a") + item_ref("templated", default)))))
    _answer(session)
    session.next(now=0)
    session.respond({"RESPONSE": 41}, now=0)
    session.submit(now=0)
    assert session.outcomes["TOTAL"] == 2.0


def test_late_responses_count_only_where_that_is_allowed() -> None:
    for late, allowed in (("false", False), ("true", True)):
        limits = _limits(max_time="60", allow_late_submission=late)
        for scope in ("item", "section", "part", "test"):
            inside = item_ref("a", limits if scope == "item" else "") + item_ref("b")
            whole = part(
                "P",
                (limits if scope == "part" else "")
                + section("S", (limits if scope == "section" else "") + inside),
            )
            session = _start(summing(whole, before=limits if scope == "test" else ""))
            assert "respond" in session.allowed(now=60)
            assert ("respond" in session.allowed(now=60.5)) is allowed
            assert "next" in session.allowed(now=61)


@pytest.mark.parametrize(("scope", "following"), [("section", "c"), ("part", "d"), ("test", None)])
def test_when_the_time_is_up_the_next_is_what_follows_that(scope: str, following: str | None) -> None:
    limits = _limits(max_time="60")
    inside = section("S", (limits if scope == "section" else "") + _refs("a", "b")) + section("T", _refs("c"))
    first = part("P", _control(allow_skipping="false") + (limits if scope == "part" else "") + inside)
    before = limits if scope == "test" else ""
    session = _start(summing(first + part("Q", section("R", _refs("d"))), before=before))
    _refused(lambda: session.next(now=60), _ONE_SUBMISSION)
    session.next(now=61)
    assert _key(session) == following


def test_the_minimum_time_of_items_and_sections_holds_in_linear_parts() -> None:
    inside = item_ref("a", _limits(min_time="10")) + item_ref("b")
    session = _start(summing(part("P", section("S", _limits(min_time="30") + inside))))
    _answer(session)
    _refused(lambda: session.next(now=9), "QTI 3.0, TimeLimits")
    session.next(now=10)
    _refused(lambda: session.next(now=29), "QTI 3.0, TimeLimits")
    session.next(now=30)
    assert session.phase == "ended"


def test_time_passes_for_what_is_taken_and_not_while_the_session_is_suspended() -> None:
    first = part("P", section("S", item_ref("a") + section("I", _refs("b"))))
    session = qti.TestSession.start(summing(first), seed=1, now=1_000)
    session.next(now=1_010)
    session.suspend(now=1_015)
    _refused(lambda: session.next(now=1_020), "test sessions")
    session.resume(now=2_000)
    session.next(now=2_003)
    durations = {"duration": 18.0, "P.duration": 18.0, "S.duration": 18.0, "I.duration": 8.0}
    assert session.standing.durations() == durations
    assert [session.view(key).seconds for key in "ab"] == [10.0, 8.0]


def test_time_does_not_run_backwards() -> None:
    session = qti.TestSession.start(summing(part("P", section("S", _refs("a")))), seed=1, now=50)
    with pytest.raises(ValueError, match="can't be 49"):
        session.submit(now=49)


def test_scores_of_humans_are_awaited_then_stay() -> None:
    inside = _control(max_attempts="2") + section("S", _refs("essay", "a"))
    session = _start(summing(part("P", inside, navigation="nonlinear")))
    _refused(lambda: session.score("essay", {"SCORE": 1.0}), "human scores")
    assert session.pending() == []
    session.respond({"RESPONSE": "It was a dark night."}, now=0)
    session.submit(now=0)
    assert session.pending() == [("essay", "SCORE")]
    assert session.view("essay").status == "pendingExternalScoring"
    session.score("essay", {"SCORE": 4.0})
    assert (session.pending(), session.outcomes["TOTAL"]) == ([], 4.0)
    session.go("a", now=0)
    _answer(session)
    session.end(now=0)
    assert session.outcomes["TOTAL"] == 5.0
    session.score("essay", {"SCORE": 3.0})
    assert session.outcomes["TOTAL"] == 4.0
    with pytest.raises(Invalid, match="no outcome"):
        session.score("essay", {"GRADE": 3.0})


def test_feedback_of_tests_and_parts_is_shown_when_the_outcome_says_so() -> None:
    def feedback(access: str, identifier: str, show: str) -> str:
        return (
            f'<qti-test-feedback access="{access}" outcome-identifier="F" identifier="{identifier}"'
            f' show-hide="{show}"/>'
        )

    declared = (
        '<qti-outcome-declaration identifier="F" cardinality="multiple" base-type="identifier">'
        "<qti-default-value><qti-value>x</qti-value><qti-value>y</qti-value></qti-default-value>"
        "</qti-outcome-declaration>"
    )
    inside = feedback("during", "y", "show") + section("S", _refs("a"))
    after = feedback("during", "x", "hide") + feedback("atEnd", "x", "show") + feedback("atEnd", "z", "show")
    session = _start(summing(part("P", inside), after, declared))
    assert [one.identifier for one in session.feedback()] == ["y"]
    session.end(now=0)
    assert [one.identifier for one in session.feedback()] == ["x"]


def test_feedback_and_solutions_of_items_are_shown_as_the_control_says() -> None:
    shown = _control(show_feedback="true", show_solution="true", max_attempts="2")
    session = _start(summing(part("P", section("S", item_ref("a", shown) + item_ref("b")))))
    assert not session.view("a").feedback
    _answer(session, "B")
    assert (session.view("a").feedback, session.view("a").solution) == (True, False)
    _answer(session)
    assert session.view("a").solution
    assert not session.view("b").feedback


def test_comments_are_kept_where_they_are_allowed() -> None:
    session = _start(
        summing(part("P", section("S", item_ref("a", _control(allow_comment="true")) + item_ref("b"))))
    )
    session.comment("too hard", now=0)
    report = report_of(session, datestamp="2026-01-01T10:00:00")
    assert report.items[0].comment == "too hard"
    session.next(now=0)
    _refused(lambda: session.comment("again", now=0), _ONE_SUBMISSION)


def test_an_engine_adds_items_to_an_adaptive_section_as_it_goes() -> None:
    engine = '<qti-adaptive-selection><qti-adaptive-engine-ref href="https://cat.example/"/></qti-adaptive-selection>'
    inside = section("CAT", engine + _refs(*"abcd")) + section("S", _refs("z"))
    test = summing(part("P", inside))
    session = qti.TestSession.start(test, seed=1, now=0, chosen={"CAT": ["c"]})
    _answer(session)
    session.choose("CAT", ["a"])
    session = qti.TestSession.pick_up(test, session.state())
    assert _walk(session, "-A-") == ["c", "a", "z"]
    with pytest.raises(Invalid, match="nothing chosen"):
        _start(test)


def test_a_state_is_json_and_holds_nothing_of_items_not_met() -> None:
    test = summing(part("P", section("S", _refs(*"abcdefgh"))))
    session = _start(test)
    _answer(session)
    written = json.dumps(session.state())
    assert list(json.loads(written)["items"]) == ["a"]
    again = qti.TestSession.pick_up(test, json.loads(written))
    assert again.state() == session.state()


def test_what_is_no_state_of_the_test_is_malformed() -> None:
    test = summing(part("P", section("S", _refs("a"))))
    state = _start(test).state()
    wrongs: tuple[dict[str, Json], ...] = (
        {},
        {**state, "test": "another"},
        {**state, "at": "z"},
        {**state, "items": {"z": {}}},
        {**state, "phase": "gone"},
        {**state, "part": 7},
        {**state, "outcomes": {"TOTAL": "much"}},
        {**state, "seconds": 3},
    )
    for wrong in wrongs:
        with pytest.raises(Malformed):
            qti.TestSession.pick_up(test, wrong)


def test_the_report_of_a_session_scores_to_the_totals_of_the_session() -> None:
    inside = section("S", '<qti-selection select="3" with-replacement="true"/>' + item_ref("a"))
    test = summing(part("P", inside + section("E", _refs("essay", "templated"))))
    session = _start(test)
    assert _walk(session, "ABA-") == ["a.1", "a.2", "a.3", "essay"]
    session.end(now=7)
    report = report_of(session, datestamp="2026-01-01T10:00:00", context=Context("c1"))
    read = read_result(qti.parse(write_result(report).content), strict=True)
    assert read == report
    assert [item.status for item in read.items] == ["final"] * 3 + ["pendingSubmission"] * 2
    assert rescore(read, test) == report
