"""Assessments and sections of QTI 1.2 become tests of QTI 3.0 that choose and weigh as the file says."""

import pytest

from shared.standards.qti.assessments.reading import read_plan
from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Invalid
from shared.standards.qti.questestinterop.durations import seconds_of
from shared.standards.qti.validating.structure import check_structure
from tests.unit.standards.qti.questestinterop.files import (
    choices,
    equal,
    fields,
    item,
    messages,
    read,
    score,
    when,
)

_ASKED = choices("r", {"1": "a", "2": "b"})


def _item(ident: str, worth: str = "1.0") -> str:
    right = when(equal("r", "1"), score("100"))
    found = item(
        _ASKED, right, metadata=fields(question_type="multiple_choice_question", points_possible=worth)
    )
    return found.replace('ident="q1"', f'ident="{ident}"')


def _group(*content: str, selection: str = "", order: str = "") -> str:
    chosen = f"<selection_ordering><selection>{selection}</selection>{order}</selection_ordering>"
    inner = f'<section ident="g" title="Group">{chosen}{"".join(content)}</section>'
    return f'<assessment ident="1a" title="Quiz"><section ident="root_section">{inner}</section></assessment>'


def _refs(tree: Element) -> list[Element]:
    return list(tree.iter("{*}qti-assessment-item-ref"))


def test_a_group_picks_so_many_of_its_items_and_gives_each_the_points_it_says() -> None:
    selection = (
        "<selection_number>1</selection_number><selection_extension><points_per_item>3.0</points_per_item>"
        "</selection_extension>"
    )
    found = read(_group(_item("q1"), _item("q2", "2.0"), selection=selection))
    test = found.tests[0]
    assert [each.get("select") for each in test.root.iter("{*}qti-selection")] == ["1"]
    assert [each.get("value") for each in test.root.iter("{*}qti-weight")] == ["3", "1.5"]
    assert next(test.root.iter("{*}qti-test-variables")).get("weight-identifier") == "WEIGHT"
    assert check_structure(test) == ()
    assert read_plan(test).identifier == "_1a"


def test_a_bank_that_is_known_is_drawn_from_and_one_that_is_not_is_named() -> None:
    selection = "<selection_number>2</selection_number><sourcebank_ref>b1</sourcebank_ref>"
    alone = read(_group(selection=selection))
    assert [(each.bank, each.item, each.select) for each in alone.references] == [("b1", None, 2)]
    assert messages(alone, "warning") == ["items are drawn from a bank outside this file"]
    bank = f'<objectbank ident="b1">{_item("q1")}{_item("q2")}{_item("q3")}</objectbank>'
    both = read(_group(selection=selection) + bank)
    assert not both.references
    assert [each.get("href") for each in _refs(both.tests[0].root)] == [
        "items/q1.xml",
        "items/q2.xml",
        "items/q3.xml",
    ]
    assert [each.items for each in both.banks] == [("q1", "q2", "q3")]


def test_an_entry_of_a_bank_refers_to_its_item() -> None:
    entry = '<bankentry_item sourcebank_ref="b9" item_ref="x1" points_possible="2.0" entry_type="Item"/>'
    found = read(_group(entry))
    assert [each.get("href") for each in _refs(found.tests[0].root)] == ["banks/b9/x1.xml"]
    assert [(each.bank, each.item, each.points) for each in found.references] == [("b9", "x1", 2.0)]


def test_more_than_there_are_can_not_be_chosen_so_all_are() -> None:
    content = _group(_item("q1"), selection="<selection_number>5</selection_number>")
    assert messages(read(content), "error") == ["5 are chosen of 1; all are"]
    with pytest.raises(Invalid, match="5 are chosen"):
        read(content, strict=True)


def test_random_order_shuffles_and_limits_of_time_are_seconds() -> None:
    content = _group(_item("q1"), order='<order order_type="Random"/>')
    limited = content.replace(
        'title="Quiz">',
        f'title="Quiz">{fields(qmd_timelimit="187")}'.replace("itemmetadata", "assessmentmetadata"),
    )
    tree = read(limited).tests[0].root
    assert [each.get("shuffle") for each in tree.iter("{*}qti-ordering")] == ["true"]
    assert [each.get("max-time") for each in tree.iter("{*}qti-time-limits")] == [str(187 * 60)]


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("H1", 3600), ("PT1H30M", 5400), ("P0Y0M0DT0H5M0S", 300), ("M0", None), ("soon", None)],
)
def test_durations_are_read_as_the_standard_and_webct_write_them(written: str, seconds: int | None) -> None:
    assert seconds_of(written) == seconds


def test_webct_weighs_items_by_ident_and_refers_to_what_other_files_hold() -> None:
    weight = (
        '<objects_condition><outcomes_metadata mdname="ident" mdoperator="EQ"> 77 </outcomes_metadata>'
        '<objects_parameter pname="qmd_weighting">0.15</objects_parameter></objects_condition>'
    )
    weights = f"<outcomes_processing>{weight}</outcomes_processing>"
    section = f'<section ident="" title="Part" visible="false">{weights}<itemref linkrefid="77"/></section>'
    found = read(f'<assessment ident="4">{fields(wct_results_showScore="true")}{section}</assessment>')
    (reference,) = _refs(found.tests[0].root)
    assert (reference.get("identifier"), reference[0].get("value")) == ("_77", "0.15")
    assert [(each.item, each.section) for each in found.references] == [("77", "Part")]


def test_sections_outside_any_assessment_are_sections() -> None:
    found = read(f'<section ident="root_section">{_item("q1")}</section>')
    assert not found.tests
    assert [each.kind for each in found.sections] == ["qti-assessment-section"]
