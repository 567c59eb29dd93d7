"""What an item names must be declared, once, and as what it is used for."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Notice
from shared.standards.qti.validating.references import check_references

RESPONSE = (
    '<responseDeclaration identifier="R" cardinality="single" baseType="identifier">{}</responseDeclaration>'
)
OUTCOME = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
CHOICE = (
    '<choiceInteraction responseIdentifier="R"><simpleChoice identifier="A"/>'
    '<simpleChoice identifier="B"/></choiceInteraction>'
)


def item(response: str = "", body: str = CHOICE, processing: str = "") -> str:
    inside = f"{RESPONSE.format(response)}{OUTCOME}<itemBody>{body}</itemBody>"
    return f"<assessmentItem>{inside}<responseProcessing>{processing}</responseProcessing></assessmentItem>"


def notices(text: str) -> tuple[Notice, ...]:
    return check_references(parse(text.encode(), file="a.xml"))


def correct(*values: str) -> str:
    return f"<correctResponse>{''.join(f'<value>{value}</value>' for value in values)}</correctResponse>"


def test_an_item_that_agrees_with_itself_has_no_faults() -> None:
    match = '<setOutcomeValue identifier="SCORE"><mapResponse identifier="R"/></setOutcomeValue>'
    mapping = '<mapping><mapEntry mapKey="A" mappedValue="1"/></mapping>'
    assert notices(item(correct("A") + mapping, processing=match)) == ()
    assert notices(item(processing='<variable identifier="numAttempts"/>')) == ()


@pytest.mark.parametrize(
    ("text", "fault", "severity"),
    [
        (
            item(body=CHOICE.replace('"R"', '"X"')),
            "X is no declared response",
            "error",
        ),
        (
            item(processing='<variable identifier="X"/>'),
            "qti-variable names X, which is not declared",
            "error",
        ),
        (
            item(processing='<setOutcomeValue identifier="R"/>'),
            "qti-set-outcome-value names R, which is declared as response",
            "error",
        ),
        (
            item(processing='<mapResponse identifier="R"/>'),
            "qti-map-response names R, which has no qti-mapping",
            "error",
        ),
        (item(body=CHOICE.replace('"B"', '"A"')), "two choices are called A", "error"),
        (item(correct("C")), "C is correct, but no choice is called so", "warning"),
        (item().replace(OUTCOME, OUTCOME * 2), "two variables are called SCORE", "error"),
        (
            item(body='<matchInteraction responseIdentifier="R"/>'),
            "R is single identifier; a match interaction asks for multiple or single directedPair",
            "error",
        ),
        (
            item(body='<feedbackBlock outcomeIdentifier="FEEDBACK" identifier="x" showHide="show"/>'),
            "qti-feedback-block names FEEDBACK, which is not declared",
            "error",
        ),
    ],
)
def test_what_an_item_contradicts_itself_in_is_named(text: str, fault: str, severity: str) -> None:
    (notice,) = notices(text)
    assert (notice.message, notice.severity, notice.place.file) == (fault, severity, "a.xml")


def test_each_side_of_a_pair_must_be_a_choice() -> None:
    pairs = item(correct("A B", "A X")).replace('baseType="identifier"', 'baseType="pair"', 1)
    body = CHOICE.replace("choiceInteraction", "associateInteraction").replace(
        "simpleChoice", "simpleAssociableChoice"
    )
    (notice,) = notices(pairs.replace(CHOICE, body))
    assert notice.message == "X is correct, but no choice is called so"


def test_a_declaration_that_cannot_be_read_is_named() -> None:
    (notice,) = notices(item().replace('baseType="identifier"', 'baseType="colour"', 1))
    assert notice.severity == "error"
    assert "colour" in notice.message


def test_only_items_are_looked_at() -> None:
    assert notices('<assessmentTest><variable identifier="ITEM.SCORE"/></assessmentTest>') == ()
