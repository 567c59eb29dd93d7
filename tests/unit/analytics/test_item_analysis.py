"""Item analysis: equal to a literal computation, the same in any order and batches, plain in its rules."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analytics.items.analysis import AssessmentAnalysis, ItemAnalysis
from shared.analytics.items.flags import FlagCode
from tests.fixtures.answers import analyses, answer
from tests.fixtures.facts import Row, ingest_id, learner_id
from tests.unit.analytics.items_literally import literally

A, B = ingest_id(1), ingest_id(2)
NEAR = 1e-6


@st.composite
def _responses(draw: st.DrawFn) -> list[Row]:
    """Up to two files that state answers of up to 24 learners to up to five items, some twice."""
    random = draw(st.randoms(use_true_random=False))
    learners, items = draw(st.integers(1, 24)), draw(st.integers(1, 5))
    options: list[str | None] = draw(st.sampled_from([[None], ["A", "B"], ["A", "B", "C", None, " "]]))
    scores: list[str | None] = draw(
        st.sampled_from([["0", "1"], ["0", "0.5", "2", None], ["0", "1", "3.3333"]])
    )
    possible: list[str | None] = draw(st.sampled_from([["1"], ["1", "4"], [None, "0", "2.5"]]))
    absent = draw(st.sampled_from([0, 0.1, 0.6]))
    statuses: list[str | None] = draw(
        st.sampled_from([[None], ["fully-graded"] * 5 + ["exempt", "not-tested"]])
    )
    versions: list[str | None] = draw(st.sampled_from([[None], ["1", "2"]]))
    return [
        answer(
            random.choice([A, B]),
            learner_id(learner) if random.random() > absent / 10 else None,
            f"item-{item}",
            random.choice(scores),
            random.choice(options),
            max_score=random.choice(possible),
            course=random.choice(["algebra", None]) if versions == [None] else "algebra",
            version=random.choice(versions),
            status=random.choice(statuses),
            attempt=random.choice([1, 1, 1, 1, 2, None]),
            record=2 + learner * 10 + again,
        )
        for learner in range(learners)
        for item in range(items)
        for again in range(2 if random.random() < 0.1 else 1)
        if random.random() >= absent
    ]


def _stripped(rows: Sequence[Row]) -> list[Row]:
    return [{**row, "response": (row["response"] or "").strip() or None} for row in rows]


@settings(max_examples=150, deadline=None)
@given(_responses())
def test_every_figure_equals_a_literal_computation(rows: list[Row]) -> None:
    expected = literally(_stripped(rows))
    found = analyses([rows])
    assert [(one.course, one.line_item) for one in found] == sorted(expected)
    for one in found:
        _compare(one, expected[one.course, one.line_item])


def _compare(found: AssessmentAnalysis, expected: dict[str, Any]) -> None:
    form = found.form
    assert (found.learners, form.n) == (expected["learners"], expected["complete"])
    assert sorted(form.items) == expected["core"]
    stated = {"mean": form.mean, "sd": form.deviation, "alpha": form.alpha, "sem": form.standard_error}
    assert stated == pytest.approx(expected["form"], abs=NEAR)
    for item in found.items:
        if item.item in form.items:
            assert item.alpha_if_deleted == pytest.approx(expected["without"][item.item], abs=NEAR)
    assert {(item.item, item.version) for item in found.items} == expected["items"].keys()
    for item in found.items:
        _compare_item(item, expected["items"][item.item, item.version])


def _compare_item(found: ItemAnalysis, expected: dict[str, Any]) -> None:
    counts = (found.presented, found.omitted, found.n)
    assert counts == (expected["presented"], expected["omitted"], expected["n"])
    assert found.p == pytest.approx(expected.get("p"), abs=NEAR)
    assert found.point_biserial == pytest.approx(expected.get("total"), abs=NEAR)
    assert found.item_rest == pytest.approx(expected.get("rest"), abs=NEAR)
    assert found.discrimination == pytest.approx(expected.get("discrimination"), abs=NEAR)
    assert {o.text: o.count for o in found.options} == {t: o[0] for t, o in expected["options"].items()}
    for option in found.options:
        _, share, correlation = expected["options"][option.text]
        assert option.share == pytest.approx(share, abs=NEAR)
        assert option.correlation == pytest.approx(correlation, abs=NEAR)


@settings(max_examples=60, deadline=None)
@given(_responses(), st.integers(1, 8), st.randoms(use_true_random=False))
def test_order_and_batches_do_not_change_a_bit(rows: list[Row], at_once: int, random: Random) -> None:
    learners = sorted({row["learner"] for row in rows if row["learner"]})
    shuffled = random.sample(rows, len(rows))
    random.shuffle(learners)
    batches = [
        [row for row in shuffled if row["learner"] in learners[start : start + at_once]]
        for start in range(0, len(learners), at_once)
    ]
    assert (analyses(batches) if batches else []) == analyses([rows])


def _class(
    *answers: tuple[str | None, str | None],
    item: str = "item-1",
    max_score: str = "1",
    version: str | None = None,
) -> list[Row]:
    """Return an answer (score, response) of each learner to an item."""
    return [
        answer(A, learner_id(who), item, score, response, record=who, max_score=max_score, version=version)
        for who, (score, response) in enumerate(answers)
    ]


def _others(n: int, correct: int) -> list[Row]:
    """Return answers of `n` learners to a second item; the first `correct` get its point."""
    return _class(*[("1" if who < correct else "0", None) for who in range(n)], item="item-2")


def _only(rows: Sequence[Row], item: str = "item-1") -> ItemAnalysis:
    (found,) = analyses([rows])
    return next(known for known in found.items if known.item == item)


def _codes(item: ItemAnalysis) -> list[tuple[FlagCode, str | None]]:
    return [(flag.code, flag.option) for flag in item.flags]


def test_an_omitted_answer_counts_as_no_points_where_answers_are_stated() -> None:
    item = _only(_class(*[("1", "A")] * 6, *[("0", None)] * 2, *[(None, None)] * 2))
    assert (item.presented, item.omitted, item.n, item.p) == (10, 4, 10, 0.6)
    assert [(option.text, option.count) for option in item.options] == [("A", 6), (None, 4)]


def test_a_blank_answer_that_got_points_is_not_omitted() -> None:
    assert _only(_class(*[("1", "A")] * 9, ("1", None))).omitted == 0


def test_nobody_can_tell_omissions_where_no_answers_are_stated() -> None:
    item = _only(_class(*[("1", None)] * 10, *[("0", None)] * 10, (None, None)))
    assert (item.omitted, item.n, item.presented) == (None, 20, 21)
    assert item.options == ()


def test_an_answer_that_nobody_has_scored_is_never_taken_for_zero() -> None:
    item = _only(_class(*[("1", "A")] * 10, *[(None, "B")] * 5))
    assert (item.presented, item.n, item.p) == (15, 10, 1.0)
    assert [(option.text, option.share) for option in item.options] == [("A", 0.66666667), ("B", 0.33333333)]


def test_exempt_and_suppressed_answers_do_not_count() -> None:
    rows = _class(*[("1", "A")] * 10)
    away = [
        answer(A, learner_id(100 + n), "item-1", "0", "B", status=status)
        for n, status in enumerate(("exempt", "suppressed", "not-tested"))
    ]
    (found,) = analyses([rows + away])
    assert (found.learners, found.items[0].presented, found.items[0].p) == (10, 10, 1.0)


def test_the_latest_attempt_counts_whole_and_alone() -> None:
    rows = _class(*[("0", "B")] * 10) + _others(10, 5)
    again = [answer(A, learner_id(who), "item-1", "1", "A", attempt=2) for who in range(10)]
    (found,) = analyses([rows + again])
    assert [(item.item, item.p) for item in found.items] == [("item-1", 1.0)]


def test_of_files_that_state_the_same_answer_the_newer_counts() -> None:
    rows = _class(*[("0", "B")] * 10)
    newer = [{**row, "ingest_id": B, "score": row["max_score"], "record": 1} for row in rows]
    assert _only([*newer, *rows]).p == 1.0


def test_points_of_an_item_may_be_many() -> None:
    scores = [(str(points), None) for points in (0, 1, 2, 3, 4, 4, 3, 2, 1, 0)]
    item = _only(_class(*scores, max_score="4") + _others(10, 5))
    assert (item.maximum, item.mean, item.p) == (4.0, 2.0, 0.5)


def test_a_changed_item_is_another_item_of_the_same_form() -> None:
    rows = _class(*[("1", None)] * 12, version="1") + _others(24, 20)
    changed = [answer(A, learner_id(12 + n), "item-1", "0", version="2") for n in range(12)]
    (found,) = analyses([rows + changed])
    known = [(item.item, item.version, item.n, item.p) for item in found.items]
    assert known[:2] == [("item-1", "1", 12, 1.0), ("item-1", "2", 12, 0.0)]
    assert (found.form.n, len(found.form.items)) == (24, 2)


def test_items_that_few_learners_had_leave_the_form_to_the_others() -> None:
    rows = _class(*[("1", None)] * 10, *[("0", None)] * 10) + _others(20, 12)
    (found,) = analyses([[*rows, answer(A, learner_id(1), "late", "1")]])
    assert (found.form.n, sorted(found.form.items)) == (20, ["item-1", "item-2"])
    assert found.form.alpha is not None
    assert next(item for item in found.items if item.item == "late").alpha_if_deleted is None


def test_below_ten_answers_there_are_counts_only() -> None:
    item = _only(_class(*[("1", "A")] * 9) + _others(9, 5))
    assert _codes(item) == [(FlagCode.TOO_FEW, None)]
    assert (item.n, item.p, item.item_rest, item.discrimination, item.options) == (9, None, None, None, ())


def test_items_that_hardly_anybody_or_nearly_everybody_masters_are_flagged() -> None:
    assert _codes(_only(_class(*[("1", None)] * 2, *[("0", None)] * 8))) == [(FlagCode.TOO_HARD, None)]
    assert _codes(_only(_class(*[("1", None)] * 19, ("0", None)))) == [(FlagCode.TOO_EASY, None)]


def test_a_key_is_suspect_when_the_better_learners_miss_it() -> None:
    rows = _class(*[("0", "B")] * 10, *[("1", "A")] * 10) + _others(20, 10)
    assert (FlagCode.KEY_SUSPECT, None) in _codes(_only(rows))


def test_a_key_is_suspect_when_a_wrong_option_draws_the_better_learners() -> None:
    rows = _class(*[("0", "B")] * 10, *[("1", "A")] * 10)
    others = [
        row for n in range(2, 6) for row in _class(*[("1", None)] * 10, *[("0", None)] * 10, item=f"i{n}")
    ]
    assert (FlagCode.KEY_SUSPECT, "B") in _codes(_only(rows + others))


def test_a_wrong_option_that_nearly_nobody_chooses_is_dead() -> None:
    rows = _class(*[("1", "A")] * 15, *[("0", "B")] * 8, ("0", "C")) + _others(24, 15)
    assert _codes(_only(rows)) == [(FlagCode.DEAD_DISTRACTOR, "C")]


def test_texts_of_ones_own_are_no_options() -> None:
    essays = _class(*[("1", f"My view of it, number {who}") for who in range(30)])
    assert _only(essays).options == ()
    assert _only(_class(*[("1", "x" * 501)] * 30)).options == ()


def test_answers_without_a_learner_do_not_count() -> None:
    rows = _class(*[("1", "A")] * 10)
    assert _only([*rows, answer(A, None, "item-1", "0", "B")]).presented == 10
