"""Sessions of tests: what is allowed when, and what is scored and shown (QTI 3.0)."""

import json

import pytest

from shared.standards import qti
from shared.standards.qti.assessments.reporting import report_of
from shared.standards.qti.assessments.rescoring import rescore
from shared.standards.qti.faults import Invalid, Malformed
from shared.standards.qti.results.model import Context
from shared.standards.qti.results.reading import read_result
from shared.standards.qti.results.writing import write_result
from shared.standards.qti.values.json_form import Json
from tests.unit.standards.qti.assessment_items import summing
from tests.unit.standards.qti.assessment_xml import item_ref, part, section
from tests.unit.standards.qti.session_moves import (
    CONTROL,
    control,
    give,
    key_of,
    refs,
    refused,
    start,
    time_limits,
    walk,
)


def test_one_attempt_is_allowed_unless_the_test_says_otherwise() -> None:
    session = start(summing(part("P", section("S", refs("a")))))
    give(session, "B")
    refused(lambda: give(session), CONTROL)
    assert session.view("a").attempts_left == 0


def test_max_attempts_bounds_attempts_and_the_last_counts() -> None:
    session = start(summing(part("P", control(max_attempts="2") + section("S", refs("a")))))
    give(session, "A")
    assert session.view("a").attempts_left == 1
    give(session, "B")
    assert session.outcomes["TOTAL"] == 0.0
    refused(lambda: give(session), CONTROL)


def test_no_limit_of_attempts_is_0() -> None:
    session = start(summing(part("P", control(max_attempts="0") + section("S", refs("a")))))
    for _ in range(5):
        give(session)
    assert session.view("a").attempts_left is None


def test_an_adaptive_item_takes_attempts_until_it_is_completed() -> None:
    session = start(summing(part("P", section("S", refs("adaptive")))))
    give(session, "B")
    give(session, "B")
    assert session.view("adaptive").attempts_left is None
    give(session, "A")
    refused(lambda: give(session), CONTROL)
    assert session.outcomes["TOTAL"] == 1.0


def test_an_item_that_may_not_be_skipped_needs_a_response_before_it_is_submitted_or_left() -> None:
    session = start(summing(part("P", control(allow_skipping="false") + section("S", refs("a", "b")))))
    for move in (session.submit, session.skip, session.next):
        refused(lambda move=move: move(now=0), CONTROL)  # type: ignore[misc]
    give(session)
    session.next(now=0)
    assert key_of(session) == "b"


def test_an_item_without_responses_can_not_be_skipped() -> None:
    session = start(summing(part("P", control(allow_skipping="false") + section("S", refs("information")))))
    session.next(now=0)
    assert session.phase == "ended"


def test_a_nonlinear_part_with_items_that_may_not_be_skipped_ends_once_they_are_answered() -> None:
    inside = control(allow_skipping="false") + section("S", refs("a", "b"))
    session = start(summing(part("P", inside, navigation="nonlinear")))
    give(session)
    refused(lambda: session.end_part(now=0), CONTROL)
    session.go("b", now=0)
    give(session)
    session.end_part(now=0)
    assert session.phase == "ended"


def test_responses_are_validated_where_the_test_says_so() -> None:
    session = start(summing(part("P", control(validate_responses="true") + section("S", refs("a", "b")))))
    session.respond({"RESPONSE": "Z"}, now=0)
    with pytest.raises(qti.NotAllowed, match="Z is no choice"):
        session.submit(now=0)
    session.respond({"RESPONSE": None}, now=0)
    with pytest.raises(qti.NotAllowed, match="at least 1"):
        session.submit(now=0)
    give(session)
    session.next(now=0)
    session.skip(now=0)
    assert session.view("b").attempts == 1


def test_skipping_submits_no_response_and_takes_an_attempt() -> None:
    session = start(summing(part("P", control(max_attempts="2") + section("S", refs("a")))))
    give(session)
    session.skip(now=0)
    assert session.view("a").attempts == 2
    assert session.standing.taken["a"].session.values["RESPONSE"] is None
    assert session.outcomes["TOTAL"] == 0.0


def test_unsubmitted_responses_are_kept_but_not_seen_by_rules() -> None:
    inside = section("S", refs("a", "b"))
    session = start(summing(part("P", inside, navigation="nonlinear")))
    session.respond({"RESPONSE": "A"}, now=0)
    session.go("b", now=0)
    assert session.outcomes["TOTAL"] == 0.0
    session.go("a", now=0)
    session.submit(now=0)
    assert session.outcomes["TOTAL"] == 1.0


def test_a_response_that_the_item_does_not_have_is_refused() -> None:
    session = start(summing(part("P", section("S", refs("a")))))
    refused(lambda: session.respond({"SCORE": 5.0}, now=0), "QTI 3.0, ResponseDeclaration")


def test_responses_of_a_simultaneous_part_are_submitted_together_at_its_end() -> None:
    inside = control(max_attempts="5", allow_skipping="false") + section("S", refs("a", "b", "c"))
    session = start(
        summing(part("P", inside, "nonlinear", "simultaneous") + part("Q", section("R", refs("d"))))
    )
    session.respond({"RESPONSE": "A"}, now=0)
    refused(lambda: session.submit(now=0), "QTI 3.0, TestPart")
    session.go("b", now=0)
    session.respond({"RESPONSE": "B"}, now=0)
    assert session.outcomes["TOTAL"] == 0.0
    session.end_part(now=0)
    assert (key_of(session), session.outcomes["TOTAL"]) == ("d", 1.0)
    assert [session.view(key).attempts for key in "abc"] == [1, 1, 0]
    assert session.view("a").attempts_left == 0


def test_ending_the_test_ends_its_part() -> None:
    session = start(summing(part("P", section("S", refs("a", "b")), submission="simultaneous")))
    session.respond({"RESPONSE": "A"}, now=0)
    session.end(now=0)
    assert (session.phase, session.outcomes["TOTAL"]) == ("ended", 1.0)
    refused(lambda: session.end(now=0), "test sessions")


def test_late_responses_count_only_where_that_is_allowed() -> None:
    for late, allowed in (("false", False), ("true", True)):
        limits = time_limits(max_time="60", allow_late_submission=late)
        for scope in ("item", "section", "part", "test"):
            inside = item_ref("a", limits if scope == "item" else "") + item_ref("b")
            whole = part(
                "P",
                (limits if scope == "part" else "")
                + section("S", (limits if scope == "section" else "") + inside),
            )
            session = start(summing(whole, before=limits if scope == "test" else ""))
            assert "respond" in session.allowed(now=60)
            assert ("respond" in session.allowed(now=60.5)) is allowed
            assert "next" in session.allowed(now=61)


@pytest.mark.parametrize(("scope", "following"), [("section", "c"), ("part", "d"), ("test", None)])
def test_when_the_time_is_up_the_next_is_what_follows_that(scope: str, following: str | None) -> None:
    limits = time_limits(max_time="60")
    inside = section("S", (limits if scope == "section" else "") + refs("a", "b")) + section("T", refs("c"))
    first = part("P", control(allow_skipping="false") + (limits if scope == "part" else "") + inside)
    before = limits if scope == "test" else ""
    session = start(summing(first + part("Q", section("R", refs("d"))), before=before))
    refused(lambda: session.next(now=60), CONTROL)
    session.next(now=61)
    assert key_of(session) == following


def test_the_minimum_time_of_items_and_sections_holds_in_linear_parts() -> None:
    inside = item_ref("a", time_limits(min_time="10")) + item_ref("b")
    session = start(summing(part("P", section("S", time_limits(min_time="30") + inside))))
    give(session)
    refused(lambda: session.next(now=9), "QTI 3.0, TimeLimits")
    session.next(now=10)
    refused(lambda: session.next(now=29), "QTI 3.0, TimeLimits")
    session.next(now=30)
    assert session.phase == "ended"


def test_time_passes_for_what_is_taken_and_not_while_the_session_is_suspended() -> None:
    first = part("P", section("S", item_ref("a") + section("I", refs("b"))))
    session = qti.TestSession.start(summing(first), seed=1, now=1_000)
    session.next(now=1_010)
    session.suspend(now=1_015)
    refused(lambda: session.next(now=1_020), "test sessions")
    session.resume(now=2_000)
    session.next(now=2_003)
    durations = {"duration": 18.0, "P.duration": 18.0, "S.duration": 18.0, "I.duration": 8.0}
    assert session.standing.durations() == durations
    assert [session.view(key).seconds for key in "ab"] == [10.0, 8.0]


def test_time_does_not_run_backwards() -> None:
    session = qti.TestSession.start(summing(part("P", section("S", refs("a")))), seed=1, now=50)
    with pytest.raises(ValueError, match="can't be 49"):
        session.submit(now=49)


def test_scores_of_humans_are_awaited_then_stay() -> None:
    inside = control(max_attempts="2") + section("S", refs("essay", "a"))
    session = start(summing(part("P", inside, navigation="nonlinear")))
    refused(lambda: session.score("essay", {"SCORE": 1.0}), "human scores")
    assert session.pending() == []
    session.respond({"RESPONSE": "It was a dark night."}, now=0)
    session.submit(now=0)
    assert session.pending() == [("essay", "SCORE")]
    assert session.view("essay").status == "pendingExternalScoring"
    session.score("essay", {"SCORE": 4.0})
    assert (session.pending(), session.outcomes["TOTAL"]) == ([], 4.0)
    session.go("a", now=0)
    give(session)
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
    inside = feedback("during", "y", "show") + section("S", refs("a"))
    after = feedback("during", "x", "hide") + feedback("atEnd", "x", "show") + feedback("atEnd", "z", "show")
    session = start(summing(part("P", inside), after, declared))
    assert [one.identifier for one in session.feedback()] == ["y"]
    session.end(now=0)
    assert [one.identifier for one in session.feedback()] == ["x"]


def test_feedback_that_names_no_outcome_is_always_shown_with_a_notice() -> None:
    session = start(summing(part("P", section("S", refs("a"))), '<qti-test-feedback access="during"/>'))
    assert len(session.feedback()) == 1
    assert ["always shown" in notice.message for notice in session.standing.test.notices] == [True]


def test_feedback_and_solutions_of_items_are_shown_as_the_control_says() -> None:
    shown = control(show_feedback="true", show_solution="true", max_attempts="2")
    session = start(summing(part("P", section("S", item_ref("a", shown) + item_ref("b")))))
    assert not session.view("a").feedback
    give(session, "B")
    assert (session.view("a").feedback, session.view("a").solution) == (True, False)
    give(session)
    assert session.view("a").solution
    assert not session.view("b").feedback


def test_rubric_blocks_around_the_current_item_are_shown_to_those_they_are_for() -> None:
    def block(view: str, mark: str) -> str:
        return f'<qti-rubric-block view="{view}" use="{mark}"><p/></qti-rubric-block>'

    inside = block("candidate tutor", "part") + section("S", block("candidate", "S") + refs("a"))
    other = section("T", block("scorer", "T") + refs("b"))
    test = summing(part("P", inside + other), before=block("proctor", "test") + block("candidate", "test"))
    session = start(test)
    marks = [one.element.get("use") for one in session.rubric_blocks()]
    assert marks == ["test", "part", "S"]
    assert [one.element.get("use") for one in session.rubric_blocks("tutor")] == ["part"]
    session.next(now=0)
    assert [one.element.get("use") for one in session.rubric_blocks("scorer")] == ["T"]
    session.end(now=0)
    assert session.rubric_blocks() == []


def test_the_tightest_limit_tells_the_time_left() -> None:
    inside = item_ref("a", time_limits(max_time="50")) + item_ref("b")
    session = start(summing(part("P", section("S", time_limits(max_time="60") + inside))))
    assert session.time_left(now=20) == 30
    session.next(now=20)
    assert session.time_left(now=25) == 35
    assert session.time_left(now=70) == -10
    session.end(now=70)
    assert session.time_left(now=80) is None
    assert start(summing(part("P", section("S", refs("a"))))).time_left(now=5) is None


def test_comments_are_kept_where_they_are_allowed() -> None:
    session = start(
        summing(part("P", section("S", item_ref("a", control(allow_comment="true")) + item_ref("b"))))
    )
    session.comment("too hard", now=0)
    report = report_of(session, datestamp="2026-01-01T10:00:00")
    assert report.items[0].comment == "too hard"
    session.next(now=0)
    refused(lambda: session.comment("again", now=0), CONTROL)


def test_a_state_is_json_and_holds_nothing_of_items_not_met() -> None:
    test = summing(part("P", section("S", refs(*"abcdefgh"))))
    session = start(test)
    give(session)
    written = json.dumps(session.state())
    assert list(json.loads(written)["items"]) == ["a"]
    again = qti.TestSession.pick_up(test, json.loads(written))
    assert again.state() == session.state()


def test_what_is_no_state_of_the_test_is_malformed() -> None:
    test = summing(part("P", section("S", refs("a"))))
    state = start(test).state()
    wrongs: tuple[dict[str, Json], ...] = (
        {},
        {**state, "test": "another"},
        {**state, "at": "z"},
        {**state, "items": {"z": {}}},
        {**state, "phase": "gone"},
        {**state, "part": 7},
        {**state, "outcomes": {"TOTAL": "much"}},
        {**state, "seconds": 3},
        {**state, "seconds": {"P": "long"}},
        {**state, "seed": "1"},
        {**state, "submissions": None},
    )
    for wrong in wrongs:
        with pytest.raises(Malformed):
            qti.TestSession.pick_up(test, wrong)


def test_the_report_of_a_session_scores_to_the_totals_of_the_session() -> None:
    inside = section("S", '<qti-selection select="3" with-replacement="true"/>' + item_ref("a"))
    test = summing(part("P", inside + section("E", refs("essay", "templated"))))
    session = start(test)
    assert walk(session, "ABA-") == ["a.1", "a.2", "a.3", "essay"]
    session.end(now=7)
    report = report_of(session, datestamp="2026-01-01T10:00:00", context=Context("c1"))
    read = read_result(qti.parse(write_result(report).content), strict=True)
    assert read == report
    assert [item.status for item in read.items] == ["final"] * 3 + ["pendingSubmission"] * 2
    assert rescore(read, test) == report
