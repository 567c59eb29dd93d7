"""What the structural validator finds in items, tests and stimuli, and that it is silent on what is right."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.validating.model.groups import GROUPS
from shared.standards.qti.validating.model.rules import Major, rules_of
from shared.standards.qti.validating.model.values import TYPES
from shared.standards.qti.validating.structure import can_check, check_structure
from shared.standards.qti.vocabulary.elements import ELEMENTS, EXPRESSIONS

RESPONSE = '<qti-response-declaration identifier="R" cardinality="single" base-type="identifier"/>'
CHOICES = '<qti-simple-choice identifier="A">a</qti-simple-choice>'
CHOICE = f'<qti-choice-interaction response-identifier="R">{CHOICES}</qti-choice-interaction>'
BODY = f"<qti-item-body><p>Which?</p>{CHOICE}</qti-item-body>"


def item(
    inside: str = RESPONSE + BODY, attributes: str = 'identifier="i" title="t" time-dependent="false"'
) -> str:
    return f"<qti-assessment-item {attributes}>{inside}</qti-assessment-item>"


def item_2(body: str) -> str:
    opening = '<assessmentItem identifier="i" title="t" adaptive="false" timeDependent="false">'
    return f"{opening}<itemBody>{body}</itemBody></assessmentItem>"


def faults(text: str) -> list[str]:
    return [notice.message for notice in check_structure(parse(text.encode()))]


def processing(rule: str) -> str:
    return item(f"{RESPONSE}{BODY}<qti-response-processing>{rule}</qti-response-processing>")


def test_every_element_of_qti_has_a_rule_in_both_spellings() -> None:
    majors: tuple[Major, ...] = ("2", "3")
    for major in majors:
        assert set(ELEMENTS) <= set(rules_of(major))


def test_the_model_names_only_elements_groups_and_types_that_exist() -> None:
    rules = rules_of("3")
    known = {*rules, "include", "math", "svg"}
    for rule in rules.values():
        for particle in rule.content or ():
            assert {name for name in particle.names if not name.startswith("{")} <= known, rule.name
    assert set(EXPRESSIONS) == set(GROUPS["expression"])
    assert TYPES


def test_an_item_that_keeps_the_model_has_no_faults() -> None:
    assert faults(item()) == []
    assert faults(item_2('<p>1 <textEntryInteraction responseIdentifier="R" expectedLength="3"/></p>')) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            item(attributes='identifier="i" time-dependent="false"'),
            "qti-assessment-item needs the attribute title",
        ),
        (item(attributes='identifier="" title="" time-dependent="no"'), "identifier may not be ''"),
        (item(attributes='identifier="" title="" time-dependent="no"'), "time-dependent may not be 'no'"),
        (
            item(BODY + RESPONSE),
            "qti-response-declaration comes too late or once too often in qti-assessment-item",
        ),
        (item("<qti-item-body/>"), "qti-item-body needs any block inside"),
        (item("<qti-item-body>loose<p/></qti-item-body>"), "qti-item-body may not hold text directly"),
        (item("<qti-item-body><p/>loose</qti-item-body>"), "qti-item-body may not hold text directly"),
        (item(BODY.replace(CHOICES, "")), "qti-choice-interaction needs qti-simple-choice inside"),
        (item(BODY.replace('identifier="A"', "")), "qti-simple-choice needs the attribute identifier"),
        (item(BODY.replace('identifier="A"', 'identifier="1 a"')), "identifier may not be '1 a'"),
        (item(BODY.replace("<p>", '<p onclick="x()">')), "p has no attribute onclick"),
        (item(BODY.replace("Which?", "<script/>")), "script may not stand directly in p"),
        (
            item(f"<qti-item-body><span>{CHOICE}</span></qti-item-body>"),
            "span may not stand directly in qti-item-body",
        ),
        (processing("<qti-mod/>"), "QTI has no element qti-mod"),
        (processing("<qti-exit-test/>"), "qti-exit-test may not stand directly in qti-response-processing"),
        (processing("<qti-set-outcome-value/>"), "qti-set-outcome-value needs the attribute identifier"),
        (processing("<qti-set-outcome-value/>"), "qti-set-outcome-value needs any expression inside"),
        (
            processing("<qti-response-condition><qti-response-else/></qti-response-condition>"),
            "qti-response-if is missing before qti-response-else in qti-response-condition",
        ),
        (
            item_2('<textEntryInteraction responseIdentifier="R"/>'),
            "qti-text-entry-interaction may not stand ",
        ),
        (item_2("<p><foo/></p>"), "foo may not stand directly in p"),
    ],
)
def test_what_breaks_the_model_is_named(text: str, fault: str) -> None:
    assert any(message.startswith(fault) for message in faults(text)), faults(text)


def test_objects_lost_their_alternative_text_in_3_0() -> None:
    thing = '<object data="a.png" type="image/png" alt="a"/>'
    assert faults(item_2(f"<p>{thing}</p>")) == []
    assert faults(item(f"<qti-item-body><p>{thing}</p></qti-item-body>")) == ["object has no attribute alt"]


def test_names_of_2_x_and_of_3_0_are_not_mixed() -> None:
    assert "qti-choice-interaction has no attribute maxChoices" in faults(
        item(BODY.replace('response-identifier="R"', 'response-identifier="R" maxChoices="1"'))
    )


def test_data_aria_and_attributes_of_other_namespaces_may_stand_anywhere() -> None:
    extra = 'data-x="1" aria-label="x" xml:lang="nl" xmlns:v="urn:vendor" v:y="2"'
    assert faults(item(BODY.replace("<p>", f"<p {extra}>"))) == []


def test_foreign_vocabularies_are_left_alone() -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><and/><unknown/></math>'
    vendor = '<x xmlns="urn:vendor"><y/></x>'
    assert faults(item(f"<qti-item-body><p>{math}</p></qti-item-body>{vendor}")) == []


def test_nothing_inside_custom_interactions_and_no_foreign_name_like_one_of_html_is_looked_at() -> None:
    markup = "<qti-interaction-markup><canvas style='x'><b onclick='y'/></canvas></qti-interaction-markup>"
    pci = (
        f'<qti-portable-custom-interaction response-identifier="R">{markup}</qti-portable-custom-interaction>'
    )
    spoken = '<s:sub xmlns:s="http://www.w3.org/2010/10/synthesis" alias="two">2</s:sub>'
    assert faults(item(f"<qti-item-body>{pci}<p>{spoken}<!-- 2 --></p></qti-item-body>")) == []


def test_a_fault_names_line_path_and_rule() -> None:
    (notice,) = check_structure(parse(item("\n<qti-item-body/>").encode(), file="a.xml"))
    assert (notice.place.file, notice.place.line) == ("a.xml", 2)
    assert notice.place.xpath == "/qti-assessment-item/qti-item-body"
    assert (notice.rule, notice.severity) == ("information model, qti-item-body", "error")


def test_at_most_200_faults_are_listed() -> None:
    assert len(faults(item(f"<qti-item-body>{'<foo/>' * 500}</qti-item-body>"))) == 200


def test_a_test_is_checked_down_to_its_sections() -> None:
    section = '<qti-assessment-section identifier="s" title="s" visible="true"/>'
    modes = 'navigation-mode="linear" submission-mode="individual"'
    part = f'<qti-test-part identifier="p" {modes}>{section}</qti-test-part>'
    whole = f'<qti-assessment-test identifier="t" title="t">{part}</qti-assessment-test>'
    assert faults(whole) == []
    assert faults(whole.replace('"linear"', '"free"')) == ["navigation-mode may not be 'free'"]
    assert faults(whole.replace(section, "")) == [
        "qti-test-part needs qti-assessment-section or qti-assessment-section-ref inside"
    ]


def test_reports_and_1_2_are_not_of_this_model() -> None:
    for root in ("<assessmentResult/>", "<questestinterop/>"):
        document = parse(root.encode())
        assert not can_check(document)
        assert check_structure(document) == ()
