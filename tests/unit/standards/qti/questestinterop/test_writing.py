"""Items of QTI 3.0 written as QTI 1.2 for Canvas, and read again, score the same; losses are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.declarations.declaration import declarations_of
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.canvas.writing import write_questestinterop
from shared.standards.qti.questestinterop.dialects import Vendor
from shared.standards.qti.questestinterop.facts import facts_of
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.reading import Imported, read_questestinterop
from shared.standards.qti.values.types import DirectedPair, Value
from shared.standards.qti.writing.serialising import serialise
from tests.unit.standards.qti.questestinterop.files import points, read
from tests.unit.standards.qti.questestinterop.generated import answers, items
from tests.unit.standards.qti.questestinterop.test_scores import as_3_0


def _again(documents: list[Document]) -> Imported:
    """Return what is read of what is written."""
    return read_questestinterop(parse(serialise(write_questestinterop(documents).document)))


def _renamed(before: Document, after: Document, responses: dict[str, Value]) -> dict[str, Value]:
    """Return responses by the names that variables have after a round, in the same order."""
    names = [
        [each.identifier for each in declarations_of(document.root) if each.kind == "response"]
        for document in (before, after)
    ]
    return {new: responses[old] for old, new in zip(*names, strict=True) if old in responses}


@given(st.data())
def test_scores_and_feedback_are_kept_from_1_2_to_3_0_to_1_2_to_3_0(data: st.DataObject) -> None:
    xml, asked = data.draw(items())
    responses = {each.ident: data.draw(answers(each)) for each in asked}
    (first,) = read_questestinterop(parse(xml.encode())).items
    (second,) = _again([first.document]).items
    given_first = as_3_0(first, asked, responses)
    before = compile_item(first.document).score(given_first).outcomes
    after = (
        compile_item(second.document).score(_renamed(first.document, second.document, given_first)).outcomes
    )
    assert after["SCORE"] == pytest.approx(before["SCORE"])
    assert _names(after["FEEDBACK"]) == _names(before["FEEDBACK"])


def _names(shown: Value) -> list[str]:
    return sorted(str(each) for each in shown) if isinstance(shown, tuple) else []


def _item(declared: str, body: str, processing: str, identifier: str = "i1") -> Document:
    """Return an item of QTI 3.0 worth two points."""
    most = "<qti-default-value><qti-value>2</qti-value></qti-default-value>"
    outcomes = (
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float">'
        f"{most}</qti-outcome-declaration>"
    )
    xml = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
        f'identifier="{identifier}" title="T" adaptive="false" time-dependent="false">{declared}{outcomes}'
        f"<qti-item-body>{body}</qti-item-body>{processing}</qti-assessment-item>"
    )
    return parse(xml.encode(), file=f"{identifier}.xml")


def _declared(base_type: str, cardinality: str, *correct: str, mapping: str = "") -> str:
    values = "".join(f"<qti-value>{each}</qti-value>" for each in correct)
    right = f"<qti-correct-response>{values}</qti-correct-response>" if correct else ""
    kind = f'identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}"'
    return f"<qti-response-declaration {kind}>{right}{mapping}</qti-response-declaration>"


def _template(name: str) -> str:
    home = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"
    return f'<qti-response-processing template="{home}/{name}.xml"/>'


_CHOICES = "".join(f'<qti-simple-choice identifier="{each}">{each}</qti-simple-choice>' for each in "ABC")
_CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="{}">{}</qti-choice-interaction>'
)
_MAPPING = (
    '<qti-mapping default-value="0" lower-bound="0" upper-bound="2">'
    '<qti-map-entry map-key="A" mapped-value="1"/><qti-map-entry map-key="B" mapped-value="1"/>'
    '<qti-map-entry map-key="C" mapped-value="-1"/></qti-mapping>'
)


def test_the_template_match_correct_is_spelled_out_at_its_worth_of_one_point() -> None:
    several = _item(
        _declared("identifier", "multiple", "A", "B"), _CHOICE.format(0, _CHOICES), _template("match_correct")
    )
    (found,) = _again([several]).items
    assert found.kind is Kind.MULTIPLE_ANSWERS
    assert [points(found, RESPONSE=each) for each in (("A", "B"), ("B", "A"), ("A",), ("A", "B", "C"))] == [
        1,
        1,
        0,
        0,
    ]


def test_the_template_map_response_adds_what_each_value_gives_within_its_bounds() -> None:
    mapped = _declared("identifier", "multiple", "A", mapping=_MAPPING)
    (found,) = _again([_item(mapped, _CHOICE.format(0, _CHOICES), _template("map_response"))]).items
    chosen = (("A", "B"), ("A",), ("A", "C"), ("C",), None)
    assert [points(found, RESPONSE=each) for each in chosen] == [2, 1, 0, 0, 0]


def test_an_order_and_a_matching_are_written_as_canvas_has_them() -> None:
    order = f'<qti-order-interaction response-identifier="RESPONSE">{_CHOICES}</qti-order-interaction>'
    (ordered,) = _again(
        [_item(_declared("identifier", "ordered", "B", "A", "C"), order, _template("match_correct"))]
    ).items
    assert (ordered.kind, points(ordered, RESPONSE=("B", "A", "C"))) == (Kind.ORDERING, 1)
    choice = (
        '<qti-simple-associable-choice identifier="{0}" match-max="{1}">{0}</qti-simple-associable-choice>'
    )
    sides = ("".join(choice.format(each, most) for each in names) for names, most in (("AB", 1), ("XYZ", 0)))
    sets = "".join(f"<qti-simple-match-set>{side}</qti-simple-match-set>" for side in sides)
    body = f'<qti-match-interaction response-identifier="RESPONSE">{sets}</qti-match-interaction>'
    declared = _declared("directedPair", "multiple", "A X", "B Y")
    (matched,) = _again([_item(declared, body, _template("match_correct"))]).items
    pairs = DirectedPair("A", "X"), DirectedPair("B", "Y")
    assert (matched.kind, points(matched, RESPONSE=pairs)) == (Kind.MATCHING, 1)
    assert points(matched, RESPONSE=(pairs[0], DirectedPair("B", "Z"))) == 0


_SCORED = (
    "<qti-response-processing><qti-response-condition><qti-response-if>{}"
    '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">2</qti-base-value>'
    "</qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>"
)


def test_a_blank_inside_a_sentence_keeps_its_place_and_its_rule_of_case() -> None:
    test = (
        '<qti-string-match case-sensitive="true"><qti-variable identifier="RESPONSE"/>'
        '<qti-base-value base-type="string">York</qti-base-value></qti-string-match>'
    )
    body = '<p>Sons of <qti-text-entry-interaction response-identifier="RESPONSE"/>.</p>'
    written = write_questestinterop([_item(_declared("string", "single"), body, _SCORED.format(test))])
    assert "Sons of [RESPONSE]." in str(written.document.root.xpath("string(//*[local-name()='mattext'])"))
    (found,) = _again([_item(_declared("string", "single"), body, _SCORED.format(test))]).items
    assert [points(found, RESPONSE=each) for each in ("York", "york")] == [2, 0]


def test_a_formula_question_keeps_its_values_its_author_and_its_scores() -> None:
    sets = "".join(f'<var_set><var name="x">{x}</var><answer>{x + 5}</answer></var_set>' for x in (1, 2, 3))
    ranges = "<vars><var name='x'><min>1</min><max>9</max></var></vars>"
    calculated = f"<answer_tolerance>5%</answer_tolerance><formulas><formula>5+x</formula></formulas>{ranges}"
    asked = '<response_str ident="r"><render_fib fibtype="Decimal"/></response_str>'
    right = "<conditionvar><other/></conditionvar><setvar>100</setvar>"
    first = read(
        f'<item ident="i"><presentation><material><mattext>[x]?</mattext></material>{asked}</presentation>'
        f"<resprocessing><respcondition>{right}</respcondition></resprocessing><itemproc_extension><calculated>"
        f"{calculated}<var_sets>{sets}</var_sets></calculated></itemproc_extension></item>"
    ).items[0]
    (second,) = _again([first.document]).items
    assert facts_of(second).formula == "5+x"
    assert facts_of(second).answers == facts_of(first).answers
    for seed in range(4):
        scores = [
            [
                compile_item(each.document).score({"RESPONSE": a}, seed=seed).outcomes["SCORE"]
                for a in (6.0, 7.3, 8.0)
            ]
            for each in (first, second)
        ]
        assert scores[0] == scores[1]


def test_what_canvas_has_not_is_told_and_left_out_or_left_to_a_person() -> None:
    gaps = '<qti-gap-match-interaction response-identifier="RESPONSE"/>'
    chance = "<qti-random-float min='0' max='1'/><qti-base-value base-type='float'>1</qti-base-value>"
    random = _SCORED.format(f"<qti-gt>{chance}</qti-gt>")
    documents = [
        _item(_declared("directedPair", "multiple"), gaps, ""),
        _item(_declared("identifier", "single"), _CHOICE.format(1, _CHOICES), random, identifier="i2"),
    ]
    written = write_questestinterop(documents)
    assert [loss.message for loss in written.losses] == [
        "an item with qti-gap-match-interaction is left out: Canvas has no such question",
        "its scoring is left to a person: qti-random-float can't be stated in QTI 1.2",
    ]
    (found,) = _again(documents).items
    assert compile_item(found.document).score({"RESPONSE": "A"}).pending == ("SCORE",)


def test_a_test_becomes_a_quiz_with_groups_weights_as_points_and_its_limit_of_time() -> None:
    item = _item(
        _declared("identifier", "single", "A"), _CHOICE.format(1, _CHOICES), _template("match_correct")
    )
    weight = '<qti-weight identifier="W" value="3"/>'
    refs = f'<qti-assessment-item-ref identifier="i1" href="items/i1.xml">{weight}</qti-assessment-item-ref>'
    chosen = '<qti-selection select="1"/><qti-ordering shuffle="true"/>'
    section = f'<qti-assessment-section identifier="s" title="S">{chosen}{refs}</qti-assessment-section>'
    part = f'<qti-test-part identifier="p"><qti-pre-condition/>{section}</qti-test-part>'
    limit = '<qti-time-limits max-time="90"/>'
    xml = f'<qti-assessment-test identifier="t" title="Quiz">{limit}{part}</qti-assessment-test>'
    written = write_questestinterop([parse(xml.encode()), item])
    assert {loss.message for loss in written.losses} == {
        "a limit of time becomes whole minutes",
        "qti-pre-condition is left out",
    }
    again = read_questestinterop(parse(serialise(written.document)))
    assert (again.dialect.vendor, again.items[0].points) == (Vendor.CANVAS, 6)
    tree = again.tests[0].root
    assert [each.get("select") for each in tree.iter("{*}qti-selection")] == ["1"]
    assert [each.get("max-time") for each in tree.iter("{*}qti-time-limits")] == ["120"]


def test_pictures_are_found_again_in_the_folder_of_files() -> None:
    body = '<p>See <img src="a b.png" alt="x"/><img src="https://a.b/c.png" alt="y"/></p>'
    written = serialise(write_questestinterop([_item("", body, "")]).document).decode()
    assert "$IMS-CC-FILEBASE$/a b.png" in written
    assert "$IMS-CC-FILEBASE$/https" not in written
