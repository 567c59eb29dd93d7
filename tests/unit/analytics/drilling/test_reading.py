"""Texts of a query become a question, or a refusal that names the parameter and what it takes."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.drilling.model import Among, Between, Order
from shared.analytics.drilling.reading import read_question
from shared.ingestion.table_names import TableName
from shared.kernel.errors import InvalidInput
from shared.platform.lake.drilling import shape_of

RESULTS = shape_of(TableName.RESULTS)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2026-11-20T08:30:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["from", "to", "x"]), inner),
    max_leaves=4,
)


def test_a_value_an_array_and_a_range_are_conditions_of_the_columns_kind() -> None:
    filter_ = {
        "course": "ALG_1",
        "attempt": [1, 2],
        "score": {"from": 1.5, "to": 20},
        "occurred_at": {"to": "2026-11-20T09:30:00+01:00"},
        "status": "exempt",
    }
    question = read_question(RESULTS, json.dumps(filter_), "learner,score", "-score,learner")
    assert question.conditions == (
        Among("course", frozenset({"ALG_1"})),
        Among("attempt", frozenset({1, 2})),
        Between("score", Decimal("1.5"), Decimal(20)),
        Between("occurred_at", None, datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        Among("status", frozenset({"exempt"})),
    )
    assert question.columns == ("learner", "score")
    assert question.order == (Order("score", descending=True), Order("learner"))


def test_nothing_asked_is_what_the_table_states_of_every_row() -> None:
    question = read_question(RESULTS, None, None, None)
    assert question.columns[:3] == ("learner", "course", "section")
    assert (question.conditions, question.order) == ((), ())


@pytest.mark.parametrize(
    ("filter_", "message"),
    [
        ("course=ALG_1", "not JSON"),
        ("[1]", "a JSON object"),
        ('{"grade":1}', "no column 'grade'; it has ingest_id"),
        ('{"deleted":true}', "no column 'deleted'"),
        ('{"course":1}', "course: takes texts"),
        ('{"course":"\\ud800"}', "course: the text is no Unicode"),
        ('{"course":[]}', "course: an array has 1 to 100 values"),
        ('{"course":{}}', "course: a range has"),
        ('{"course":{"from":"a","until":"b"}}', "course: a range has"),
        ('{"learner":{"from":"a"}}', "learner: has no order"),
        ('{"attempt":3000000000}', "attempt: takes whole numbers"),
        ('{"attempt":true}', "attempt: takes whole numbers"),
        ('{"score":1.23456}', "score: takes numbers with up to 14"),
        ('{"score":1e999999999}', "score: takes numbers with up to 14"),
        ('{"score":NaN}', "NaN is not JSON"),
        ('{"occurred_at":"yesterday"}', "occurred_at: takes moments"),
        ('{"occurred_at":"0001-01-01T00:00:00+10:00"}', "occurred_at: takes moments"),
        ('{"course":"a","course":"b"}', "twice"),
        ("[" * 5000, "not JSON"),
    ],
)
def test_what_no_column_can_meet_is_refused_in_words(filter_: str, message: str) -> None:
    with pytest.raises(InvalidInput, match="query:filter") as refusal:
        read_question(RESULTS, filter_, None, None)
    assert message in refusal.value.violations[0].message


@pytest.mark.parametrize("columns", ["", "learner,learner", "learner,grade", " learner"])
def test_columns_are_named_once_and_as_they_are(columns: str) -> None:
    with pytest.raises(InvalidInput, match="query:columns"):
        read_question(RESULTS, None, columns, None)


@pytest.mark.parametrize("sort", ["", "--score", "score,-score", "score,course,learner,status"])
def test_sorting_is_by_up_to_three_known_columns(sort: str) -> None:
    with pytest.raises(InvalidInput, match="query:sort"):
        read_question(RESULTS, None, None, sort)


@given(st.dictionaries(st.sampled_from([*RESULTS.columns]), _JSON, max_size=3))
def test_any_json_is_a_question_or_refused(filter_: dict[str, object]) -> None:
    try:
        question = read_question(RESULTS, json.dumps(filter_), None, None)
    except InvalidInput as refusal:
        assert refusal.violations[0].place == "query:filter"
    else:
        assert [condition.column for condition in question.conditions] == list(filter_)
