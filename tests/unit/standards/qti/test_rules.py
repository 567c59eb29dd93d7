"""Rules of response processing (QTI 3.0 information model, response rules)."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti.items import (
    SCORE,
    constant,
    declared,
    item,
    processed,
    response,
    set_score,
    source,
    variable,
)

_NUMBER = response("single", "integer", identifier="N")


def _branches(*parts: str) -> str:
    return f"<responseCondition>{''.join(parts)}</responseCondition>"


def _if(kind: str, expression: str, score: float) -> str:
    return f"<{kind}>{expression}{set_score(constant(score))}</{kind}>"


def _over(bound: int) -> str:
    return f"<gt>{variable('N')}{constant(bound, 'integer')}</gt>"


@pytest.mark.parametrize(("number", "score"), [(30, 3.0), (20, 2.0), (1, 1.0), (None, 1.0)])
def test_response_condition_the_first_branch_whose_expression_is_true_runs_and_null_is_not_true(
    number: int | None, score: float
) -> None:
    rules = _branches(
        _if("responseIf", _over(25), 3),
        _if("responseElseIf", _over(15), 2),
        f"<responseElse>{set_score(constant(1))}</responseElse>",
    )
    scored = processed(rules, _NUMBER, N=number)
    assert (scored.outcomes["SCORE"], scored.notices) == (score, ())


def test_response_condition_conditions_lie_in_conditions() -> None:
    inner = _branches(_if("responseIf", _over(15), 2))
    rules = _branches(f"<responseIf>{_over(5)}{set_score(constant(1))}{inner}</responseIf>")
    assert [processed(rules, _NUMBER, N=n).outcomes["SCORE"] for n in (1, 10, 20)] == [0.0, 1.0, 2.0]


def test_exit_response_nothing_runs_after_exit_response() -> None:
    leave = f"<responseIf>{_over(5)}<exitResponse/></responseIf>"
    rules = set_score(constant(1)) + _branches(leave) + set_score(constant(2))
    assert [processed(rules, _NUMBER, N=n).outcomes["SCORE"] for n in (1, 10)] == [2.0, 1.0]


def test_response_processing_fragment_the_rules_of_a_fragment_run_in_its_place() -> None:
    rules = f"<responseProcessingFragment>{set_score(constant(1))}</responseProcessingFragment>"
    assert processed(rules).outcomes["SCORE"] == 1.0


def test_set_outcome_value_an_outcome_is_set_from_its_own_value() -> None:
    plus_one = set_score(f"<sum>{variable('SCORE')}{constant(1)}</sum>")
    assert processed(plus_one * 3).outcomes["SCORE"] == 3.0


_TABLE = """<outcomeDeclaration identifier="GRADE" cardinality="single" baseType="identifier">
  <matchTable defaultValue="none"><matchTableEntry sourceValue="2" targetValue="two"/></matchTable>
</outcomeDeclaration>"""


@pytest.mark.parametrize(("number", "grade"), [(2, "two"), (3, "none"), (None, "none")])
def test_lookup_outcome_value_a_lookup_takes_the_entry_of_a_number_or_the_default(
    number: Value, grade: str
) -> None:
    rules = f'<lookupOutcomeValue identifier="GRADE">{variable("N")}</lookupOutcomeValue>'
    assert processed(rules, _TABLE, _NUMBER, N=number).outcomes["GRADE"] == grade


@pytest.mark.parametrize(
    ("base_type", "expression", "expected"),
    [
        ("integer", constant(3), 3),
        ("integer", constant(3.5), None),
        ("integer", constant("4", "string"), 4),
        ("integer", constant("four", "string"), None),
        ("float", constant(" 0.5 ", "string"), 0.5),
        ("string", constant(3, "integer"), "3"),
        ("identifier", constant("A", "string"), "A"),
        ("boolean", constant("true", "string"), True),
        ("point", constant("1 x", "string"), None),
        ("integer", f"<multiple>{constant(3, 'integer')}</multiple>", 3),
        ("integer", f"<multiple>{constant(3, 'integer')}{constant(4, 'integer')}</multiple>", None),
    ],
)
def test_set_value_a_value_of_another_type_is_fitted_where_it_has_a_meaning_and_noted(
    base_type: str, expression: str, expected: Value
) -> None:
    rules = f'<setOutcomeValue identifier="O">{expression}</setOutcomeValue>'
    scored = processed(rules, declared("outcome", "O", base_type))
    assert scored.outcomes["O"] == expected
    assert [notice.rule for notice in scored.notices] == ["QTI 3.0, SetValue"]


def test_set_value_integers_are_floats_without_a_notice() -> None:
    scored = processed(set_score(constant(1, "integer")))
    assert (scored.outcomes["SCORE"], type(scored.outcomes["SCORE"]), scored.notices) == (1.0, float, ())


def test_set_value_a_single_value_set_to_a_container_is_a_container_of_it() -> None:
    rules = f'<setOutcomeValue identifier="O">{constant("A", "identifier")}</setOutcomeValue>'
    scored = processed(rules, declared("outcome", "O", "identifier", cardinality="multiple"))
    assert scored.outcomes["O"] == ("A",)
    assert len(scored.notices) == 1


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("<responseCondition/>", "without an expression"),
        ("<responseCondition><responseIf/></responseCondition>", "without an expression"),
        (f"<responseCondition>{set_score(constant(1))}</responseCondition>", "in a condition of response"),
        ("<setOutcomeValue identifier='SCORE'/>", "0 expressions"),
        (set_score(constant(1) * 2), "2 expressions"),
        (f"<setOutcomeValue>{constant(1)}</setOutcomeValue>", "identifier is missing"),
        (f"<setOutcomeValue identifier='N'>{constant(1)}</setOutcomeValue>", "can't be set here"),
        (f"<lookupOutcomeValue identifier='SCORE'>{constant(1)}</lookupOutcomeValue>", "no table"),
        (set_score(constant("1 2", "point")), "set to single float"),
        (set_score("<numberCorrect/>"), "no expression of items"),
    ],
)
def test_rules_without_a_meaning_are_named_with_file_and_place(rules: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as caught:
        processed(rules, _NUMBER)
    assert caught.value.place.file == "item.xml"
    assert caught.value.place.xpath


def test_rules_that_are_unknown_and_variables_that_are_undeclared_do_nothing_but_a_notice() -> None:
    rules = f"<setResponseValue/><setOutcomeValue identifier='X'>{constant(1)}</setOutcomeValue>"
    scored = processed(rules + set_score(constant(1)))
    assert scored.outcomes["SCORE"] == 1.0
    assert [notice.severity for notice in scored.notices] == ["error", "error"]


def test_an_expression_of_a_vendor_is_null_with_a_notice() -> None:
    scored = processed(set_score('<mapTolResponse xmlns="http://vendor" tolerance="2"/>'))
    assert scored.outcomes["SCORE"] is None
    assert "not known: NULL" in scored.notices[0].message


def test_strict_refuses_what_only_leaves_a_notice() -> None:
    document = parse(source(SCORE, "<responseProcessing><setResponseValue/></responseProcessing>"))
    with pytest.raises(Invalid, match="no rule of response processing"):
        compile_item(document, strict=True)


def test_an_item_without_processing_keeps_its_defaults() -> None:
    assert item(SCORE).score({}).outcomes == {"SCORE": 0.0, "completionStatus": "completed"}
