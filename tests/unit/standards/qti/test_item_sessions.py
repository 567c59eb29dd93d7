"""Sessions with items: attempts, human scores, rescoring, stored states (QTI 3.0, item session lifecycle)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.faults import Invalid, Malformed
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.session import ItemSession
from shared.standards.qti.values.types import Value
from tests.unit.standards.qti.items import (
    SCORE,
    constant,
    declared,
    item,
    response,
    set_score,
    variable,
)

_CHOICE = response("single", "identifier", "A")
_IS_CORRECT = f'<match>{variable("RESPONSE")}<correct identifier="RESPONSE"/></match>'


def _processing(rules: str) -> str:
    return f"<responseProcessing>{rules}</responseProcessing>"


def _if(condition: str, *then: str) -> str:
    return f"<responseCondition><responseIf>{condition}{''.join(then)}</responseIf></responseCondition>"


_PLUS_ONE = set_score(f"<sum>{variable('SCORE')}{constant(1)}</sum>")
_COUNTING = item(_CHOICE, SCORE, _processing(_if(_IS_CORRECT, _PLUS_ONE)))
_COMPLETED = (
    f'<setOutcomeValue identifier="completionStatus">{constant("completed", "identifier")}</setOutcomeValue>'
)
_ADAPTIVE = item(
    _CHOICE,
    SCORE,
    _processing(_PLUS_ONE + _if(_IS_CORRECT, _COMPLETED)),
    attributes='adaptive="true"',
)


def test_each_attempt_of_a_non_adaptive_item_is_scored_for_itself() -> None:
    session = ItemSession.start(_COUNTING, max_attempts=3)
    for answer, score in (("A", 1.0), ("A", 1.0), ("B", 0.0)):
        assert session.respond({"RESPONSE": answer}) == []
        assert session.end_attempt().outcomes["SCORE"] == score
    assert (session.attempts, session.values["numAttempts"], session.is_over) == (3, 3, True)


def test_an_adaptive_item_builds_on_earlier_attempts_until_its_rules_complete_it() -> None:
    session = ItemSession.start(_ADAPTIVE)
    assert session.values["completionStatus"] == "not_attempted"
    session.respond({"RESPONSE": "B"})
    assert session.end_attempt().outcomes == {"completionStatus": "unknown", "SCORE": 1.0}
    session.respond({"RESPONSE": "A"})
    assert session.end_attempt().outcomes == {"completionStatus": "completed", "SCORE": 2.0}
    assert session.is_over


def test_responses_that_are_not_given_again_stay() -> None:
    session = ItemSession.start(_COUNTING, max_attempts=0)
    session.respond({"RESPONSE": "A"})
    session.end_attempt()
    assert session.end_attempt().outcomes["SCORE"] == 1.0


def test_nothing_goes_on_after_the_last_attempt() -> None:
    session = ItemSession.start(_COUNTING)
    session.end_attempt()
    for further in (session.end_attempt, lambda: session.respond({})):
        with pytest.raises(Invalid, match="is over"):
            further()


def test_what_is_no_response_is_passed_over_with_a_notice() -> None:
    session = ItemSession.start(_COUNTING)
    (notice,) = session.respond({"SCORE": 5.0})
    assert "SCORE is no response" in notice.message
    assert session.end_attempt().outcomes["SCORE"] == 0.0


def test_the_time_that_is_spent_adds_up() -> None:
    session = ItemSession.start(_COUNTING)
    session.spend(2.5)
    session.spend(3)
    assert session.values["duration"] == 5.5


_TWO_PARTS = item(
    _CHOICE,
    SCORE,
    declared("outcome", "ESSAY", "float").replace(
        "<outcomeDeclaration", '<outcomeDeclaration externalScored="human"'
    ),
    _processing(
        f'<setOutcomeValue identifier="ESSAY">{constant(0)}</setOutcomeValue>'
        + _if(_IS_CORRECT, _PLUS_ONE)
        + set_score(f"<sum>{variable('SCORE')}{variable('ESSAY')}</sum>")
    ),
)


def test_outcome_declaration_an_outcome_scored_outside_is_pending_until_a_human_scored_it() -> None:
    session = ItemSession.start(_TWO_PARTS)
    session.respond({"RESPONSE": "A"})
    assert session.end_attempt().pending == ("ESSAY",)
    scored = session.score_by_hand({"ESSAY": 3.0})
    assert (scored.outcomes["SCORE"], scored.outcomes["ESSAY"], scored.pending) == (4.0, 3.0, ())


def test_human_scores_survive_rescoring_and_storing() -> None:
    session = ItemSession.start(_TWO_PARTS, max_attempts=2)
    session.end_attempt()
    session.score_by_hand({"SCORE": 7.0})
    session = ItemSession.restore(_TWO_PARTS, session.state())
    assert session.rescore().outcomes["SCORE"] == 7.0
    session.respond({"RESPONSE": "A"})
    assert session.end_attempt().outcomes["SCORE"] == 7.0


def test_a_human_scores_outcomes_only() -> None:
    with pytest.raises(Invalid, match="RESPONSE is no outcome"):
        _TWO_PARTS.score({}, human={"RESPONSE": "A"})


def test_rescoring_runs_all_attempts_again_and_leaves_the_running_one() -> None:
    session = ItemSession.start(_ADAPTIVE)
    for _ in range(3):
        session.respond({"RESPONSE": "B"})
        session.end_attempt()
    session.respond({"RESPONSE": "C"})
    assert session.rescore().outcomes["SCORE"] == 3.0
    assert (session.values["RESPONSE"], session.attempts, session.values["numAttempts"]) == ("C", 3, 3)


_ENDED = item(
    response("single", "boolean", identifier="HINT"),
    SCORE,
    '<itemBody><p><endAttemptInteraction responseIdentifier="HINT" title="Hint"/></p></itemBody>',
    _processing(_if(f"<not>{variable('HINT')}</not>", _PLUS_ONE)),
    attributes='adaptive="true"',
)


def test_end_attempt_interaction_a_button_is_false_until_it_is_pressed_and_in_the_next_attempt() -> None:
    session = ItemSession.start(_ENDED)
    assert session.values["HINT"] is False
    session.respond({"HINT": True})
    assert session.end_attempt().outcomes["SCORE"] == 0.0
    assert session.end_attempt().outcomes["SCORE"] == 1.0


_DRAWN = item(
    response("single", "integer"),
    SCORE,
    declared("outcome", "DRAW", "integer"),
    declared("template", "T", "integer"),
    f"""<templateProcessing>
      <setTemplateValue identifier="T"><randomInteger min="1" max="1000000"/></setTemplateValue>
      <setCorrectResponse identifier="RESPONSE">{variable("T")}</setCorrectResponse>
      <setDefaultValue identifier="RESPONSE">{constant(5, "integer")}</setDefaultValue>
    </templateProcessing>""",
    _processing(
        '<setOutcomeValue identifier="DRAW"><randomInteger min="1" max="1000000"/></setOutcomeValue>'
        + _if(_IS_CORRECT, _PLUS_ONE)
    ),
)


@given(st.integers(), st.lists(st.sampled_from([None, 1, 5, "right"]), min_size=1, max_size=3))
def test_a_session_goes_on_from_its_stored_state_as_if_it_had_not_been_stored(
    seed: int, answers: list[Value]
) -> None:
    kept = ItemSession.start(_DRAWN, seed=seed, max_attempts=len(answers))
    stored = ItemSession.restore(_DRAWN, kept.state())
    for answer in answers:
        given = kept.correct("RESPONSE") if answer == "right" else answer
        outcomes = []
        for session in (kept, stored):
            session.respond({"RESPONSE": given})
            outcomes.append(session.end_attempt().outcomes)
        assert outcomes[0] == outcomes[1]
        assert outcomes[0]["SCORE"] == (given == kept.correct("RESPONSE"))
        stored = ItemSession.restore(_DRAWN, json.loads(json.dumps(stored.state())))
    assert stored.state() == kept.state()
    assert kept.rescore().outcomes == stored.rescore().outcomes == outcomes[0]


@given(st.integers())
def test_one_attempt_of_a_session_scores_as_score_does(seed: int) -> None:
    session = ItemSession.start(_DRAWN, seed=seed)
    right = session.correct("RESPONSE")
    assert session.values["RESPONSE"] == 5
    session.respond({"RESPONSE": right})
    assert session.end_attempt() == _DRAWN.score({"RESPONSE": right}, seed=seed)


def test_attempts_draw_anew() -> None:
    session = ItemSession.start(_DRAWN, max_attempts=0)
    assert len({session.end_attempt().outcomes["DRAW"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "not the state"),
        ({"item": "other"}, "a session of other"),
        ({"item": "i", "seed": 1, "maxAttempts": 1, "values": []}, "not the state"),
    ],
)
def test_what_is_no_state_of_the_item_is_refused(state: dict[str, object], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        ItemSession.restore(_COUNTING, json.loads(json.dumps(state)))


def test_a_value_of_a_stored_state_that_does_not_fit_is_refused() -> None:
    state = ItemSession.start(_COUNTING).state() | {"values": {"RESPONSE": [1, 2]}}
    with pytest.raises(Invalid, match="RESPONSE"):
        ItemSession.restore(_COUNTING, state)


def test_the_state_is_small() -> None:
    session = ItemSession.start(_COUNTING)
    session.respond({"RESPONSE": "A"})
    session.end_attempt()
    assert len(json.dumps(session.state())) < 500


def test_an_item_may_declare_the_built_in_variables_itself() -> None:
    own = item(declared("outcome", "completionStatus", "identifier"), SCORE)
    session = ItemSession.start(own)
    assert session.values["completionStatus"] == "not_attempted"
    assert session.end_attempt().outcomes["completionStatus"] == "completed"


def test_context_reaches_the_rules() -> None:
    with_context = item(
        SCORE,
        '<contextDeclaration identifier="LEVEL" cardinality="single" baseType="float"/>',
        _processing(set_score(variable("LEVEL"))),
    )
    assert with_context.score({}, context={"LEVEL": 4.0}).outcomes["SCORE"] == 4.0


def _pairs() -> CompiledItem:
    member = f"<member>{constant('D B', 'directedPair')}{variable('RESPONSE')}</member>"
    return item(response("single", "directedPair", "C A", "D B"), SCORE, _processing(_if(member, _PLUS_ONE)))


@pytest.mark.parametrize(("answer", "score"), [(["C A", "D B"], 1.0), (["D A", "C B"], 0.0), ("D B", 1.0)])
def test_a_set_of_pairs_that_is_stated_as_single_is_a_set(answer: object, score: float) -> None:
    pairs = _pairs()
    assert pairs.score(pairs.read_responses({"RESPONSE": answer})).outcomes["SCORE"] == score
