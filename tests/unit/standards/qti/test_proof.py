"""Conversions are proven to keep scores: the proof tries what matters, and sees what differs."""

import pytest

from shared.standards.qti.converting.attempts import attempts_for
from shared.standards.qti.converting.proof import prove_scores
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import Point
from shared.standards.qti.vocabulary.namespaces import QTI_21

_SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
_MAXIMUM = (
    '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>4</value>"
    '</defaultValue></outcomeDeclaration><outcomeDeclaration identifier="FEEDBACK" cardinality="single" '
    'baseType="identifier"/>'
)
_TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def item(response: str, processing: str) -> Document:
    declared = f"{response}{_SCORE}{_MAXIMUM}"
    return parse(
        f'<assessmentItem xmlns="{QTI_21}" identifier="i">{declared}{processing}</assessmentItem>'.encode()
    )


def choice(template: str, cardinality: str = "single") -> Document:
    response = (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="identifier">'
        "<correctResponse><value>A</value></correctResponse><mapping><mapEntry mapKey='A' mappedValue='2'/>"
        "</mapping></responseDeclaration>"
    )
    return item(response, f'<responseProcessing template="{_TEMPLATES}{template}"/>')


def words(key: str) -> Document:
    response = (
        '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"><mapping>'
        f'<mapEntry mapKey="{key}" mappedValue="1"/></mapping></responseDeclaration>'
    )
    return item(response, f'<responseProcessing template="{_TEMPLATES}map_response"/>')


@pytest.mark.parametrize(
    "document",
    [
        choice("match_correct"),
        choice("map_response", "multiple"),
        choice("CC2_match"),
        choice("CC2_map_response"),
        words("York"),
    ],
    ids=["match_correct", "map_response", "CC2_match", "CC2_map_response", "words"],
)
def test_scores_are_kept_there_and_back(document: Document) -> None:
    modern = to_3_0(document).document
    assert prove_scores(document, modern).holds
    assert prove_scores(modern, to_2_x(modern, "2.2").document).holds


def test_a_proof_sees_another_key_another_worth_and_another_case() -> None:
    right = choice("match_correct")
    assert not prove_scores(right, choice("map_response")).holds
    assert not prove_scores(words("York"), words("york")).holds
    differences = prove_scores(words("York"), words("Leeds")).differences
    assert {difference.outcome for difference in differences} == {"SCORE"}
    assert {(difference.before, difference.after) for difference in differences} == {(1.0, 0.0)}


def test_all_outcomes_count_not_only_the_score() -> None:
    def telling(word: str) -> Document:
        value = f'<baseValue baseType="identifier">{word}</baseValue>'
        rule = f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'
        return item("", f"<responseProcessing>{rule}</responseProcessing>")

    one, other = telling("a"), telling("b")
    assert [difference.outcome for difference in prove_scores(one, other).differences] == ["FEEDBACK"]


def test_what_can_be_scored_no_more_is_not_proven_and_says_why() -> None:
    unknown = item("", '<responseProcessing template="gone.xml"/>')
    proof = prove_scores(choice("match_correct"), unknown)
    assert not proof.holds and "gone.xml" in str(proof.refusal)
    with pytest.raises(Invalid, match=r"gone\.xml"):
        prove_scores(unknown, choice("match_correct"))


def test_templates_of_a_package_are_given() -> None:
    rules = parse(
        b'<responseProcessing><setOutcomeValue identifier="SCORE"><baseValue baseType="float">3</baseValue>'
        b"</setOutcomeValue></responseProcessing>"
    )
    document = item("", '<responseProcessing template="own.xml"/>')
    assert prove_scores(document, to_3_0(document).document, templates={"own.xml": rules}).holds


def test_attempts_are_empty_right_wrong_and_all_that_rules_know_of() -> None:
    attempts = attempts_for(choice("match_correct"))
    assert attempts[:2] == [{}, {"RESPONSE": "A"}]
    assert {"RESPONSE": "no-such-choice"} in attempts and attempts == attempts_for(choice("match_correct"))


def test_attempts_at_texts_try_case_and_space() -> None:
    tried = [attempt.get("RESPONSE") for attempt in attempts_for(words("York"))]
    assert "York" in tried


def test_attempts_at_containers_are_partly_right_too_long_and_doubled() -> None:
    tried = [attempt.get("RESPONSE") for attempt in attempts_for(choice("map_response", "multiple"))]
    assert {("A",), ("A", "A"), ("no-such-choice",), ("A", "no-such-choice")} <= set(tried)


def test_attempts_at_points_hit_the_areas() -> None:
    response = (
        '<responseDeclaration identifier="P" cardinality="single" baseType="point"><areaMapping>'
        "<areaMapEntry "
        'shape="rect" coords="0,0,10,20" mappedValue="1"/><areaMapEntry shape="circle" coords="7,8,3" '
        'mappedValue="1"/></areaMapping></responseDeclaration>'
    )
    tried = [attempt.get("P") for attempt in attempts_for(item(response, ""))]
    assert {Point(5, 10), Point(7, 8), Point(0, 0)} <= set(tried)


def test_each_of_several_responses_is_tried_alone_and_with_the_others_right() -> None:
    response = (
        '<responseDeclaration identifier="{}" cardinality="single" baseType="boolean"><correctResponse>'
        "<value>true</value></correctResponse></responseDeclaration>"
    )
    attempts = attempts_for(item(response.format("A") + response.format("B"), ""))
    assert attempts[:2] == [{}, {"A": True, "B": True}]
    assert (
        {"A": False} in attempts
        and {"A": False, "B": True} in attempts
        and {"A": True, "B": None} in attempts
    )
