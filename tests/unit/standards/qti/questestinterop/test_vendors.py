"""Files of each vendor are known by what is in them, and read as that vendor means them."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Malformed, Refused
from shared.standards.qti.questestinterop.dialects import Vendor
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.reading import read_questestinterop
from tests.unit.standards.qti.questestinterop.files import (
    blank,
    choices,
    equal,
    fields,
    item,
    messages,
    points,
    read,
    score,
    text,
    when,
)

_TWO = {"A": "True", "B": "False"}
_BLACKBOARD = """<questestinterop><assessment title="Pool"><section><item maxattempts="0"><itemmetadata>
<bbmd_asi_object_id>_7_1</bbmd_asi_object_id><bbmd_questiontype>Either/Or</bbmd_questiontype>
<qmd_absolutescore_max>5.0</qmd_absolutescore_max></itemmetadata><presentation><flow class="Block">
<flow class="QUESTION_BLOCK"><material><mat_extension><mat_formattedtext
type="HTML">&lt;b&gt;42&lt;/b&gt; </mat_formattedtext></mat_extension></material></flow><flow
class="RESPONSE_BLOCK"><response_lid ident="response" rcardinality="Single"><render_choice
maxnumber="0"><flow_label><response_label ident="yes"><flow_mat>
<material><mattext>yes</mattext></material></flow_mat></response_label><response_label
ident="no"><flow_mat><material>
<mattext>no</mattext></material></flow_mat></response_label></flow_label></render_choice></response_lid></flow>
</flow></presentation><resprocessing scoremodel="SumOfScores"><outcomes><decvar defaultval="0.0"
maxvalue="10.0" varname="SCORE" vartype="Decimal"/></outcomes><respcondition
title="correct"><conditionvar><varequal case="No"
respident="response">no</varequal></conditionvar><setvar action="Set"
variablename="SCORE">SCORE.max</setvar> </respcondition><respcondition
title="incorrect"><conditionvar><other/></conditionvar><setvar action="Set"
variablename="SCORE">0.0</setvar></respcondition></resprocessing></item></section></assessment></questestinterop>"""


def test_blackboard_gives_the_highest_score_by_name_and_writes_html_of_its_own() -> None:
    found = read_questestinterop(parse(_BLACKBOARD.encode()))
    (asked,) = found.items
    assert (found.dialect.vendor, asked.identifier, asked.points) == (Vendor.BLACKBOARD, "_7_1", 5.0)
    assert (points(asked, RESPONSE="no"), points(asked, RESPONSE="yes")) == (5.0, 0.0)
    assert asked.document.root.find(".//{*}qti-item-body//{*}b") is not None


def test_blackboard_picks_items_by_their_ids_out_of_a_file() -> None:
    named = "".join(
        f'<selection_metadata mdname="bbmd_questionid" mdoperator="EQ">{each}</selection_metadata>'
        for each in ("_1_1", "_2_1", "_9_1")
    )
    picked = (
        f"<selection><selection_number>2</selection_number><or_selection>{named}</or_selection></selection>"
    )
    items = "".join(
        f'<item ident="i{at}"><itemmetadata><bbmd_asi_object_id>_{at}_1</bbmd_asi_object_id></itemmetadata>'
        f"<presentation>{text('x')}</presentation></item>"
        for at in (1, 2)
    )
    chosen = f"<selection_ordering><selection>{picked}</selection></selection_ordering>"
    section = f'<section ident="s">{chosen}</section>'
    found = read(f'<assessment ident="a">{section}</assessment><objectbank ident="b">{items}</objectbank>')
    tree = found.tests[0].root
    assert [each.get("href") for each in tree.iter("{*}qti-assessment-item-ref")] == [
        "items/i1.xml",
        "items/i2.xml",
        "items/_9_1.xml",
    ]
    assert [each.get("select") for each in tree.iter("{*}qti-selection")] == ["2"]
    assert [(each.bank, each.item) for each in found.references] == [("", "_9_1")]


def _brightspace(*conditions: str, more: str = "", asked: str = "") -> str:
    field = "<fieldlabel>qmd_weighting</fieldlabel><fieldentry>4.0</fieldentry>"
    label = f"<qti_metadatafield>{field}</qti_metadatafield>"
    presentation = f"<presentation><flow>{asked or choices('Q_LID', _TWO)}{more}</flow></presentation>"
    processing = f"<resprocessing>{''.join(conditions)}</resprocessing>"
    metadata = f"<itemmetadata><qtimetadata>{label}</qtimetadata></itemmetadata>"
    return f'<item ident="OBJ_1" title="Q">{metadata}{presentation}{processing}</item>'


def test_brightspace_writes_100_for_full_marks_and_names_no_variable() -> None:
    right = when(equal("Q_LID", " A "), '<setvar action="Set">100.000000000</setvar>')
    wrong = when(equal("Q_LID", "B"), '<setvar action="Set">0.000000000</setvar>')
    found = read(_brightspace(right, wrong))
    assert found.dialect.vendor is Vendor.BRIGHTSPACE
    assert (found.items[0].points, points(found.items[0], RESPONSE="A")) == (4.0, 4.0)


def test_brightspace_repeats_idents_and_every_item_is_kept() -> None:
    found = read(_brightspace() * 2)
    assert [each.identifier for each in found.items] == ["OBJ_1", "OBJ_1_2"]
    assert any("more than once" in message for message in messages(found, "warning"))


@pytest.mark.parametrize(("grading", "worth"), [("0", 3.0), ("1", 0.0), ("2", 2.0)])
def test_brightspace_counts_right_and_wrong_parts_by_its_grading_type(grading: str, worth: float) -> None:
    parts = [
        when(equal("Q_LID", each), score("1", "Add", "D2L_Correct" if each in "AB" else "D2L_Incorrect"))
        + when(
            f"<not>{equal('Q_LID', each)}</not>",
            score("1", "Add", "D2L_Incorrect" if each in "AB" else "D2L_Correct"),
        )
        for each in "ABCD"
    ]
    namespace = 'xmlns:d2l="http://desire2learn.com/xsd/d2lcp_v2p0"'
    kind = f"<d2l:grading_type {namespace}>{grading}</d2l:grading_type>"
    asked = choices("Q_LID", dict(zip("ABCD", "abcd", strict=True)), "Multiple")
    (found,) = read(
        _brightspace(*parts, more=f"<response_extension>{kind}</response_extension>", asked=asked)
    ).items
    assert points(found, RESPONSE=("A",)) == worth
    assert points(found, RESPONSE=("A", "B")) == 4.0


def test_respondus_writes_percentages_above_the_highest_value_that_it_declares() -> None:
    conditions = [
        when(equal("QUE_1_RL", each), score(amount, "Add", "que_score"))
        for each, amount in (("1", "50.00"), ("2", "50.00"), ("3", "-25.00"))
    ]
    outcomes = (
        '<outcomes><decvar varname="que_score" vartype="Decimal" minvalue="0" maxvalue="10.00"/></outcomes>'
    )
    asked = choices("QUE_1_RL", {"1": "a", "2": "b", "3": "c"}, "Multiple")
    processing = f"<resprocessing>{outcomes}{''.join(conditions)}</resprocessing>"
    found = read(f'<item ident="QUE_1"><presentation>{asked}</presentation>{processing}</item>')
    assert found.dialect.vendor is Vendor.RESPONDUS
    (asked_item,) = found.items
    chosen = [("_1", "_2"), ("_1",), ("_1", "_3"), ("_3",)]
    assert [points(asked_item, RESPONSE=each) for each in chosen] == [10.0, 5.0, 2.5, 0.0]
    assert any("percentages" in message for message in messages(found, "warning"))


def test_common_cartridge_is_known_by_its_profile_and_names_its_kinds() -> None:
    essay = fields(cc_profile="cc.essay.v0p1", qmd_computerscored="No")
    found = read(item(blank("r"), when("<other/>"), metadata=essay))
    assert (found.dialect.vendor, found.items[0].kind) == (Vendor.COMMON_CARTRIDGE, Kind.ESSAY)


def test_a_file_without_signs_is_plain_and_the_signs_of_others_are_told() -> None:
    assert read(item(choices("r", _TWO))).dialect.vendor is Vendor.UNKNOWN
    both = item(choices("QUE_1_RL", _TWO), metadata=fields(question_type="multiple_choice_question"))
    dialect = read(both).dialect
    assert (dialect.vendor, dialect.others) == (Vendor.CANVAS, (Vendor.RESPONDUS,))


@pytest.mark.parametrize(("root", "why"), [("POOL", "Blackboard"), ("assessmentItem", "not questestinterop")])
def test_what_is_not_qti_1_2_is_refused(root: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_questestinterop(parse(f"<{root}/>".encode()))


def test_what_is_written_twice_is_kept_and_told() -> None:
    twice = '<response_label ident="1"/><response_label ident="1"/>'
    response = f'<response_lid ident="r"><render_choice>{twice}</render_choice></response_lid>'
    found = read(item(response * 2))
    choices_shown = found.items[0].document.root.iter("{*}qti-simple-associable-choice")
    names = [each.get("identifier") for each in choices_shown]
    assert names == ["r", "r_2", "_1", "_1_2"]
    assert sorted(messages(found, "error")) == [
        "a response has the ident of another",
        "the choice '1' is there twice; the second is renamed",
    ]


def test_a_score_that_is_no_number_is_refused_with_its_place_and_the_rest_is_read() -> None:
    wrong = item(choices("r", _TWO), when(equal("r", "A"), score("full marks")))
    found = read(wrong + item(choices("r", _TWO)).replace("q1", "q2"))
    assert [each.identifier for each in found.items] == ["q2"]
    assert [(each.message, each.place.file, each.place.line) for each in found.refused] == [
        ("'full marks' is no number", "quiz.xml", 1)
    ]


def test_a_file_that_asks_for_each_of_many_labels_many_times_is_refused() -> None:
    sides = "".join(choices(f"r{at}", {str(each): "" for each in range(500)}) for at in range(2))
    asks = '<unanswered respident="r1"/>' * 500
    with pytest.raises(Refused, match="comparisons"):
        read(item(sides, when(f"<or>{asks}</or>", score("1"))))


def test_conditions_that_end_processing_over_and_over_are_refused() -> None:
    conditions = [
        when(equal("r", str(at)), score("1"), goes_on="No" if at % 2 else "Yes") for at in range(200)
    ]
    with pytest.raises(Refused, match="end processing"):
        read(item(blank("r"), *conditions))


def test_the_labels_of_a_blackboard_matching_show_what_stands_in_their_block() -> None:
    labels = '<response_label ident="{0}1"/><response_label ident="{0}2"/>'
    asked = "".join(
        f'<flow class="Block"><response_lid ident="{each}"><render_choice><flow_label>{labels.format(each)}'
        "</flow_label></render_choice></response_lid></flow>"
        for each in "ab"
    )
    right = "".join(f'<flow class="Block">{text(each)}</flow>' for each in ("one", "two"))
    shown = f'<flow class="RESPONSE_BLOCK">{asked}</flow><flow class="RIGHT_MATCH_BLOCK">{right}</flow>'
    half = when(equal("a", "a2"), score("50", "Add")) + when(equal("b", "b1"), score("50", "Add"))
    (found,) = read(item(shown, half)).items
    choices_shown = found.document.root.iter("{*}qti-simple-choice")
    assert [each.text for each in choices_shown] == ["one", "two", "one", "two"]
    assert points(found, a="a2", b="b1") == 100
