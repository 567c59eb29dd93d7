"""Each kind of question of Canvas becomes its interaction of QTI 3.0 and gives the points Canvas says."""

import pytest

from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.facts import Margin, facts_of
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.validating.structure import check_structure
from shared.standards.qti.values.types import DirectedPair, FileValue
from tests.unit.standards.qti.questestinterop.files import (
    blank,
    choices,
    equal,
    fields,
    item,
    messages,
    points,
    read,
    read_one,
    score,
    text,
    when,
)

_FOUR = {"1": "red", "2": "blue", "3": "green", "4": "plaid"}


def _canvas(kind: str, worth: str = "2.0", **more: str) -> str:
    return fields(question_type=f"{kind}_question", points_possible=worth, **more)


def _names(found: ImportedItem) -> list[str]:
    return [
        each.tag.rpartition("}")[2] for each in found.document.root.iter("*") if "interaction" in each.tag
    ]


def test_a_multiple_choice_gives_its_points_and_shows_the_feedback_of_the_answer() -> None:
    feedback = "".join(f'<itemfeedback ident="{name}">{text("x")}</itemfeedback>' for name in ("ok", "no"))
    found = read_one(
        item(
            text("&lt;p&gt;Sky?&lt;/p&gt;") + choices("response1", _FOUR),
            when(equal("response1", "2"), score("100"), '<displayfeedback linkrefid="ok"/>', goes_on="No"),
            when("<other/>", '<displayfeedback linkrefid="no"/>', goes_on="Yes"),
            metadata=_canvas("multiple_choice"),
            more=feedback,
        )
    )
    assert (found.kind, found.points, _names(found)) == (
        Kind.MULTIPLE_CHOICE,
        2.0,
        ["qti-choice-interaction"],
    )
    compiled = compile_item(found.document)
    right, wrong = (compiled.score({"RESPONSE": each}).outcomes for each in ("_2", "_1"))
    assert (right["SCORE"], right["FEEDBACK"]) == (2.0, ("ok",))
    assert (wrong["SCORE"], wrong["FEEDBACK"]) == (0.0, ("no",))


def test_true_or_false_is_told_from_multiple_choice_by_what_the_vendor_calls_it() -> None:
    asked = choices("response1", {"1": "True", "2": "False"})
    right = when(equal("response1", "1"), score("100"))
    assert read_one(item(asked, right, metadata=_canvas("true_false"))).kind is Kind.TRUE_FALSE


_ANSWERS = when(
    f"<and>{equal('response1', '1')}{equal('response1', '2')}<not>{equal('response1', '3')}</not>"
    f"<not>{equal('response1', '4')}</not></and>",
    score("100"),
)


def test_multiple_answers_are_all_or_nothing_where_the_file_says_so_and_that_canvas_differs_is_told() -> None:
    content = item(choices("response1", _FOUR, "Multiple"), _ANSWERS, metadata=_canvas("multiple_answers"))
    found = read_one(content)
    assert points(found, RESPONSE=("_1", "_2")) == 2.0
    assert points(found, RESPONSE=("_1",)) == 0.0
    assert points(found, RESPONSE=("_1", "_2", "_3")) == 0.0
    assert any("parts of the points" in message for message in messages(read(content), "warning"))


@pytest.mark.parametrize(
    ("chosen", "worth"),
    [
        (("_1", "_2"), 2.0),
        (("_1",), 1.0),
        (("_1", "_2", "_3"), 1.0),
        (("_1", "_3"), 0.0),
        (("_3", "_4"), 0.0),
        (None, 0.0),
    ],
)
def test_multiple_answers_give_and_take_parts_by_the_partial_score_of_new_quizzes(
    chosen: tuple[str, ...] | None, worth: float
) -> None:
    metadata = _canvas("multiple_answers", scoring_algorithm="PartialScore")
    found = read_one(item(choices("response1", _FOUR, "Multiple"), _ANSWERS, metadata=metadata))
    assert points(found, RESPONSE=chosen) == worth


def test_points_that_vary_by_answer_are_points_and_no_percentages() -> None:
    found = read_one(
        item(
            choices("response1", _FOUR),
            when(equal("response1", "1"), score("10.0")),
            when(equal("response1", "2"), score("5.0")),
            metadata=_canvas("multiple_choice", "10.0"),
        )
    )
    assert [points(found, RESPONSE=each) for each in ("_1", "_2", "_3")] == [10.0, 5.0, 0.0]


def test_a_short_answer_takes_any_of_its_answers_without_regard_to_case() -> None:
    answers = equal("response1", "Blank") + equal("response1", "gap")
    found = read_one(item(blank("response1"), when(answers, score("100")), metadata=_canvas("short_answer")))
    assert found.kind is Kind.SHORT_ANSWER
    assert [points(found, RESPONSE=each) for each in ("blank", "GAP", "hole", None)] == [2.0, 2.0, 0.0, 0.0]


def _blanks(metadata: str, label_attributes: str = "") -> ImportedItem:
    labels = "".join(
        f'<response_label ident="{ident}"{label_attributes}>{text(word, "text/plain")}</response_label>'
        for ident, word in (("10", "crimson"), ("11", "red"))
    )
    first = f'<response_lid ident="response_c1"><render_choice>{labels}</render_choice></response_lid>'
    return read_one(
        item(
            text("&lt;p&gt;Roses are [c1], violets [c2].&lt;/p&gt;")
            + first
            + choices("response_c2", {"20": "blue"}),
            when(equal("response_c1", "10"), score("50.00", "Add")),
            when(equal("response_c2", "20"), score("50.00", "Add")),
            metadata=metadata,
        )
    )


def test_each_blank_stands_in_the_stem_and_takes_any_of_its_answers() -> None:
    found = _blanks(_canvas("fill_in_multiple_blanks"))
    assert _names(found) == ["qti-text-entry-interaction"] * 2
    assert found.document.root.find(".//{*}p[{*}qti-text-entry-interaction]") is not None
    assert points(found, response_c1="Red", response_c2="blue") == 2.0
    assert points(found, response_c1="crimson", response_c2="green") == 1.0


@pytest.mark.parametrize(
    ("attributes", "right", "wrong"),
    [
        ('scoring_algorithm="TextContainsAnswer"', "dark red", "rad"),
        ('scoring_algorithm="TextCloseEnough" levenshtein_distance="1" ignore_case="true"', "Rd", "read one"),
        ('scoring_algorithm="TextInChoices"', "red", "redd"),
        ('scoring_algorithm="TextEquivalence" ignore_case="false"', "red", "Red"),
    ],
)
def test_a_blank_of_new_quizzes_counts_by_its_own_rule(attributes: str, right: str, wrong: str) -> None:
    found = _blanks(_canvas("fill_in_multiple_blanks"), f' answer_type="openEntry" {attributes}')
    assert points(found, response_c1=right) == 1.0
    assert points(found, response_c1=wrong) == 0.0


def test_dropdowns_stand_in_the_stem() -> None:
    found = read_one(
        item(
            text("Roses are [a], violets [b]")
            + choices("response_a", {"1": "red", "2": "plaid"})
            + choices("response_b", {"3": "blue", "4": "grey"}),
            when(equal("response_a", "1"), score("50.00", "Add")),
            when(equal("response_b", "3"), score("50.00", "Add")),
            metadata=_canvas("multiple_dropdowns"),
        )
    )
    assert (found.kind, _names(found)) == (Kind.DROPDOWNS, ["qti-inline-choice-interaction"] * 2)
    assert points(found, response_a="_1", response_b="_4") == 1.0


def _matching(**more: str) -> ImportedItem:
    right = {"10": "one", "11": "two", "12": "none"}
    return read_one(
        item(
            choices("q_a", right, stem=text("A")) + choices("q_b", right, stem=text("B")),
            when(equal("q_a", "10"), score("50.00", "Add")),
            when(equal("q_b", "11"), score("50.00", "Add")),
            metadata=_canvas("matching", **more),
        )
    )


_A1, _B2 = DirectedPair("q_a", "_10"), DirectedPair("q_b", "_11")


def test_a_matching_gives_its_points_pair_by_pair() -> None:
    found = _matching()
    assert _names(found) == ["qti-match-interaction"]
    assert points(found, RESPONSE=(_A1, DirectedPair("q_b", "_12"))) == 1.0
    facts = facts_of(found)
    assert (facts.pairs, facts.distractors, facts.all_or_nothing) == (
        {"A": "one", "B": "two"},
        ("none",),
        False,
    )


def test_a_matching_is_all_or_nothing_where_new_quizzes_say_so() -> None:
    found = _matching(scoring_algorithm="AllOrNothing")
    assert points(found, RESPONSE=(_A1, _B2)) == 2.0
    assert points(found, RESPONSE=(_A1,)) == 0.0
    assert facts_of(found).all_or_nothing


def test_a_side_of_a_matching_may_have_several_right_partners() -> None:
    labels = {"1": "one", "2": "two"}
    either = when(equal("q_a", "1") + equal("q_a", "2"), score("100"))
    found = read_one(item(choices("q_a", labels) + choices("q_b", labels), either))
    assert [points(found, RESPONSE=(DirectedPair("q_a", each),)) for each in ("_1", "_2")] == [100.0, 100.0]
    assert facts_of(found).correct == ("q_a _1",)


def test_a_categorization_takes_what_belongs_to_each_category() -> None:
    labels = {"1": "a", "2": "b", "3": "c"}
    found = read_one(
        item(
            choices("cat_x", labels, "Multiple", text("X")) + choices("cat_y", labels, "Multiple", text("Y")),
            when(equal("cat_x", "1") + equal("cat_x", "2"), score("50.00", "Add")),
            when(equal("cat_y", "3"), score("50.00", "Add")),
            metadata=_canvas("categorization"),
        )
    )
    pairs = (DirectedPair("cat_x", "_1"), DirectedPair("cat_x", "_2"))
    assert (found.kind, points(found, RESPONSE=pairs)) == (Kind.CATEGORIZATION, 1.0)
    assert points(found, RESPONSE=pairs[:1]) == 0.0


def test_an_ordering_is_right_in_its_order_only() -> None:
    keys = "".join(equal("o", each) for each in "312")
    found = read_one(item(choices("o", {"1": "a", "2": "b", "3": "c"}, "Ordered"), when(keys, score("100"))))
    assert (found.kind, _names(found)) == (Kind.ORDERING, ["qti-order-interaction"])
    assert [points(found, RESPONSE=order) for order in (("_3", "_1", "_2"), ("_1", "_2", "_3"))] == [
        100.0,
        0.0,
    ]


def _number(condition: str) -> ImportedItem:
    content = item(blank("r", "Decimal"), when(condition, score("100")), metadata=_canvas("numerical", "1.0"))
    return read_one(content)


def _between(value: str, low: str, high: str, attributes: str = "", above: str = "vargte") -> str:
    ends = f'<{above} respident="r">{low}</{above}><varlte respident="r">{high}</varlte>'
    return f"<or>{equal('r', value, attributes)}<and>{ends}</and></or>"


@pytest.mark.parametrize(
    ("condition", "right", "wrong"),
    [
        (_between("1234.0", "1234.0", "1234.0"), 1234.0, 1234.1),
        (_between("77.0", "70.0", "84.0"), 70.0, 69.9),
        (_between("200.0", "160.0", "240.0", ' margintype="percent" margin="20.0"'), 160.0, 159.9),
        (equal("r", "-50", ' margintype="percent" margin="10"'), -45.0, -44.9),
        (equal("r", "5", ' margintype="absolute" margin="0.5"'), 5.5, 5.6),
        (equal("r", "3.14159", ' precisiontype="decimals" precision="2"'), 3.14, 3.15),
        (equal("r", "1234", ' precisiontype="significantDigits" precision="2"'), 1190.0, 1300.0),
        (_between("42.0", "41.995", "42.005", above="vargt"), 42.005, 41.995),
        ('<vargte respident="r">41.5</vargte><varlte respident="r">42.5</varlte>', 42.0, 41.4),
    ],
)
def test_a_number_is_right_exactly_or_within_its_margin_range_or_precision(
    condition: str, right: float, wrong: float
) -> None:
    found = _number(condition)
    assert found.kind is Kind.NUMERICAL
    assert (points(found, RESPONSE=right), points(found, RESPONSE=wrong)) == (1.0, 0.0)


def test_margins_are_told_as_amounts_or_percentages() -> None:
    assert facts_of(_number(_between("77.0", "70.0", "84.0"))).margin == Margin("7.0", "absolute")
    percent = _between("200.0", "160.0", "240.0", ' margintype="percent" margin="20.0"')
    assert facts_of(_number(percent)).margin == Margin("20.0", "percent")


def _formula(tolerance: str) -> ImportedItem:
    sets = "".join(
        f'<var_set ident="{x}"><var name="x">{x}</var><answer>{answer}</answer></var_set>'
        for x, answer in (("2", "7*10^0"), ("5", "10.0"))
    )
    calculated = (
        f"<answer_tolerance>{tolerance}</answer_tolerance><formulas decimal_places='0'><formula>5+x</formula>"
        "</formulas><vars><var name='x' scale='0'><min>1</min><max>9</max></var></vars>"
        f"<var_sets>{sets}</var_sets>"
    )
    return read_one(
        item(
            text("What is 5 + [x]? Again: [x]") + blank("response1", "Decimal"),
            when("<other/>", score("100")),
            when("<not><other/></not>", score("0")),
            metadata=_canvas("calculated"),
            more=f"<itemproc_extension><calculated>{calculated}</calculated></itemproc_extension>",
        )
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_formula_is_right_for_the_values_that_were_shown(seed: int) -> None:
    compiled = compile_item(_formula("0.5").document)
    x = compiled.score({}, seed=seed).outcomes
    scores = [
        compiled.score({"RESPONSE": answer}, seed=seed).outcomes["SCORE"] for answer in (7.5, 7.6, 10.0)
    ]
    assert x["SCORE"] == 0.0
    assert scores in ([2.0, 0.0, 0.0], [0.0, 0.0, 2.0])


def test_a_formula_keeps_what_its_author_wrote_and_shows_its_values() -> None:
    found = _formula("10%")
    facts = facts_of(found)
    assert (facts.formula, facts.ranges, facts.answers, facts.tolerance) == (
        "5+x",
        {"x": (1.0, 9.0)},
        (7.0, 10.0),
        "10%",
    )
    assert len(list(found.document.root.iter("{*}qti-printed-variable"))) == 2


def test_a_formula_without_values_is_refused_with_its_place() -> None:
    content = item(blank("r"), more="<itemproc_extension><calculated/></itemproc_extension>")
    found = read(content)
    assert not found.items
    assert found.refused[0].place.line == 1
    assert messages(found, "error") == ["no sets of values for the formula"]


def test_an_essay_and_a_file_wait_for_a_person() -> None:
    essay = read_one(item(blank("response1"), when("<other/>"), metadata=_canvas("essay")))
    upload = read_one(item(text("Send it"), metadata=_canvas("file_upload")))
    assert (_names(essay), _names(upload)) == (["qti-extended-text-interaction"], ["qti-upload-interaction"])
    for found, answer in ((essay, "text"), (upload, FileValue("a.txt", "text/plain", "a"))):
        assert compile_item(found.document).score({"RESPONSE": answer}).pending == ("SCORE",)


def test_text_only_has_no_response_and_no_score() -> None:
    found = read_one(item(text("Read this"), metadata=_canvas("text_only", "0.0")))
    assert (found.kind, _names(found)) == (Kind.TEXT, [])
    assert "SCORE" not in compile_item(found.document).score({}).outcomes


def test_a_stimulus_of_new_quizzes_is_shared_by_the_items_that_name_it() -> None:
    stimulus = (
        f'<item ident="s1" title="Passage">{fields(question_type="text_only_question", passage="true")}'
    )
    stimulus += f"<presentation>{text('&lt;p&gt;Read&lt;/p&gt;')}</presentation></item>"
    child = item(choices("r", _FOUR), metadata=fields(parent_stimulus_item_ident="s1"))
    found = read(f'<assessment ident="a"><section ident="root">{stimulus}{child}</section></assessment>')
    (shared,), (asked,) = found.stimuli, found.items
    assert shared.document.kind == "qti-assessment-stimulus"
    reference = asked.document.root.find("{*}qti-assessment-stimulus-ref")
    assert reference is not None
    assert reference.get("identifier") == shared.identifier
    assert [each.get("identifier") for each in found.tests[0].root.iter("{*}qti-assessment-item-ref")] == [
        "q1"
    ]


def test_a_hot_spot_of_new_quizzes_is_an_area_of_its_image() -> None:
    label = '<response_label ident="r" rarea="square">0.25,0.1,0.75,0.5</response_label>'
    image = '<material><matimage uri="a.png" imagtype="image/png" width="400" height="200"/></material>'
    render = f"<render_hotspot>{image}{label}</render_hotspot>"
    asked = f'<response_xy ident="r">{text("Where?")}{render}</response_xy>'
    found = read_one(item(f"<flow>{asked}</flow>", metadata=_canvas("hot_spot")))
    area = next(found.document.root.iter("{*}qti-area-map-entry"))
    assert (area.get("shape"), area.get("coords"), area.get("mapped-value")) == (
        "rect",
        "100,20,300,100",
        "2",
    )


@pytest.mark.parametrize("found", [_matching(), _formula("0"), _blanks(_canvas("fill_in_multiple_blanks"))])
def test_what_is_made_of_it_has_the_structure_of_qti_3(found: ImportedItem) -> None:
    assert check_structure(found.document) == ()
