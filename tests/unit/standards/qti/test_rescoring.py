"""Results scored anew: responses to totals, what humans scored kept (Results Reporting 3.0)."""

from shared.standards.qti.assessments.rescoring import rescore
from shared.standards.qti.results.model import (
    AssessmentResult,
    Context,
    ItemResult,
    ResultVariable,
    SessionStatus,
    VariableKind,
)
from shared.standards.qti.results.model import TestResult as ResultOfTest
from shared.standards.qti.values.types import BaseType, Cardinality, Value
from tests.unit.standards.qti.assessment_items import summing
from tests.unit.standards.qti.assessment_xml import item_ref, part, section
from tests.unit.standards.qti.session_moves import refs


def _single(kind: VariableKind, name: str, base_type: BaseType, value: Value) -> ResultVariable:
    return ResultVariable(kind, name, Cardinality.SINGLE, base_type, value)


def _chosen(value: Value) -> ResultVariable:
    return _single("response", "RESPONSE", BaseType.IDENTIFIER, value)


def _item(
    identifier: str, *variables: ResultVariable, hour: int = 10, status: SessionStatus = "final"
) -> ItemResult:
    return ItemResult(identifier, f"2026-01-01T{hour}:00:00", status, variables)


def _report(*items: ItemResult, test: ResultOfTest | None = None) -> AssessmentResult:
    return AssessmentResult(Context(), test, items)


def _total(result: AssessmentResult) -> Value:
    assert result.test is not None
    return {one.identifier: one.value for one in result.test.variables}["TOTAL"]


_TEST = summing(part("P", section("S", refs("a", "b", "essay", "templated"))))


def test_responses_become_outcomes_of_items_and_test() -> None:
    again = rescore(_report(_item("a", _chosen("A")), _item("b", _chosen("B"))), _TEST)
    assert _total(again) == 1.0
    assert [item.value("SCORE") for item in again.items] == [1.0, 0.0]
    assert again.items[0].variables[0] == _chosen("A")
    assert again.test is not None
    assert (again.test.identifier, again.test.datestamp) == ("T", "2026-01-01T10:00:00")


def test_of_several_reports_of_an_item_the_last_counts() -> None:
    reports = (_item("a", _chosen("A"), hour=12), _item("a", _chosen("B"), hour=11))
    assert _total(rescore(_report(*reports), _TEST)) == 1.0
    assert _total(rescore(_report(*reversed(reports)), _TEST)) == 1.0


def test_what_was_not_submitted_is_not_scored() -> None:
    statuses: tuple[SessionStatus, ...] = ("initial", "pendingSubmission")
    for status in statuses:
        again = rescore(_report(_item("a", _chosen("A"), status=status)), _TEST)
        assert (_total(again), again.items[0].value("SCORE")) == (0.0, None)


def test_scores_of_humans_stay_and_count() -> None:
    score = _single("outcome", "SCORE", BaseType.FLOAT, 7.0)
    essay = _single("response", "RESPONSE", BaseType.STRING, "Once")
    again = rescore(_report(_item("essay", essay, score), _item("a", _chosen("A"), score)), _TEST)
    assert [item.value("SCORE") for item in again.items] == [7.0, 1.0]
    assert _total(again) == 8.0


def test_what_was_drawn_and_told_as_correct_is_taken_from_the_report() -> None:
    response = ResultVariable("response", "RESPONSE", Cardinality.SINGLE, BaseType.INTEGER, 5, correct=5)
    drawn = _single("template", "N", BaseType.INTEGER, 5)
    assert _total(rescore(_report(_item("templated", response, drawn)), _TEST)) == 1.0
    other = ResultVariable("response", "RESPONSE", Cardinality.SINGLE, BaseType.INTEGER, 5, correct=6)
    assert _total(rescore(_report(_item("templated", other, drawn)), _TEST)) == 0.0


def test_values_are_taken_as_the_item_declares_them() -> None:
    written = _single("response", "RESPONSE", BaseType.STRING, "A")
    assert _total(rescore(_report(_item("a", written)), _TEST)) == 1.0


def test_items_that_the_test_does_not_have_stay_with_a_notice() -> None:
    strange = _item("z", _chosen("A"))
    again = rescore(_report(strange, _item("a", _chosen("A"))), _TEST)
    assert again.items[0] == strange and _total(again) == 1.0
    assert ["z is none of test T" in notice.message for notice in again.notices] == [True]


def test_instances_are_named_by_their_number() -> None:
    drill = '<qti-selection select="2" with-replacement="true"/>' + item_ref("a")
    test = summing(part("P", section("S", drill)))
    again = rescore(_report(_item("a.1", _chosen("A")), _item("a.2", _chosen("A"))), test)
    assert _total(again) == 2.0


def test_what_else_a_report_of_a_test_holds_stays() -> None:
    seconds = _single("response", "duration", BaseType.DURATION, 90.0)
    grade = _single("outcome", "GRADE", BaseType.STRING, "good")
    total = _single("outcome", "TOTAL", BaseType.FLOAT, 99.0)
    known = ResultOfTest("T", "2026-01-01T10:00:00", (seconds, total, grade), {"current-item-index": "3"})
    again = rescore(_report(_item("a", _chosen("A")), test=known), _TEST)
    expected = _single("outcome", "TOTAL", BaseType.FLOAT, 1.0)
    assert again.test == ResultOfTest(
        "T", "2026-01-01T10:00:00", (seconds, expected, grade), {"current-item-index": "3"}
    )
