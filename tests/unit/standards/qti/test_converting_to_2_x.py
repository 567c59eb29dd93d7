"""3.0 becomes 2.2 or 2.1: the way back of what 2.x has a place for, a named loss for the rest."""

from typing import Literal

import pytest
from lxml import etree

from shared.standards.qti.converting.conversion import Converted
from shared.standards.qti.converting.schema_locations import SCHEMA_LOCATION
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.vocabulary.namespaces import PCI_V1, QTI_21, QTI_22, QTI_30, SSML, XSI
from shared.standards.qti.writing.serialising import canonical

type Version = Literal["2.1", "2.2"]

_NAMESPACES: dict[Version, str] = {"2.1": QTI_21, "2.2": QTI_22}


def convert(inside: str, version: Version = "2.2") -> Converted:
    item = f'<qti-assessment-item xmlns="{QTI_30}" identifier="i">{inside}</qti-assessment-item>'
    return to_2_x(parse(item.encode(), file="item.xml"), version)


def written(converted: Converted) -> str:
    """Return what is inside the item, without the declarations of its root."""
    root: Element = converted.document.root
    text = "".join(etree.tostring(child, encoding="unicode") for child in root)
    for declaration in (f' xmlns="{root.nsmap[None]}"', f' xmlns:xsi="{XSI}"'):
        text = text.replace(declaration, "")
    return text


@pytest.mark.parametrize("version", ["2.1", "2.2"])
def test_2_x_to_3_0_and_back_is_the_same_document(version: Version) -> None:
    namespace = _NAMESPACES[version]
    templates = namespace.replace("xsd/imsqti_", "question/qti_")
    source = f"""<assessmentItem xmlns="{namespace}" xmlns:xsi="{XSI}" identifier="i" adaptive="false"
      timeDependent="false" xsi:schemaLocation="x y"><responseDeclaration identifier="R" baseType="pair"
      cardinality="multiple"><mapping defaultValue="0"><mapEntry mapKey="A B" mappedValue="1"
      caseSensitive="true"/></mapping>
      </responseDeclaration><stylesheet href="s.css" type="text/css"/><itemBody><rubricBlock view="scorer"
      use="scoring"><p>r</p></rubricBlock><infoControl title="t">more</infoControl><p>a<feedbackInline
      outcomeIdentifier="F" identifier="x" showHide="show">b</feedbackInline></p><hotspotInteraction
      responseIdentifier="H" maxChoices="1"><object data="a.png" type="image/png" width="9">alt</object>
      <hotspotChoice identifier="h" shape="circle" coords="1,2,3"/></hotspotInteraction></itemBody>
      <responseProcessing template="{templates}/rptemplates/map_response"/>
      <modalFeedback outcomeIdentifier="F" identifier="x" showHide="show">m</modalFeedback>
      </assessmentItem>"""
    original = parse(source.encode())
    there = to_3_0(original)
    back = to_2_x(there.document, version)
    for root in (original.root, back.document.root):
        del root.attrib[SCHEMA_LOCATION]
    assert canonical(back.document.root) == canonical(original.root)
    assert not there.notices and not back.notices


@pytest.mark.parametrize(
    ("content", "loss"),
    [
        ('<qti-catalog-info><qti-catalog id="c"/></qti-catalog-info>', "qti-catalog-info and what is in it"),
        ("<qti-companion-materials-info/>", "qti-companion-materials-info and what is in it"),
        ('<qti-context-declaration identifier="Q"/>', "qti-context-declaration and what is in it"),
    ],
)
@pytest.mark.parametrize("version", ["2.1", "2.2"])
def test_what_2_x_has_no_place_for_is_named(content: str, loss: str, version: Version) -> None:
    converted = convert(content, version)
    assert written(converted) == ""
    assert [notice.message for notice in converted.losses] == [loss]
    assert converted.losses[0].place.file == "item.xml"


def test_a_named_loss_takes_no_text_around_it_along() -> None:
    assert (
        written(convert("<qti-item-body>a<qti-catalog-info/>b</qti-item-body>")) == "<itemBody>ab</itemBody>"
    )


def test_an_image_of_a_graphic_interaction_becomes_an_object_others_stay() -> None:
    image = '<img src="a.png" alt="A cat" width="9"/>'
    converted = convert(f"<p>{image}</p><qti-hotspot-interaction>{image}</qti-hotspot-interaction>")
    assert written(converted) == (
        f'<p>{image}</p><hotspotInteraction><object data="a.png" type="image/png" width="9">A cat</object>'
        "</hotspotInteraction>"
    )
    assert not converted.losses


def test_a_picture_becomes_its_image() -> None:
    converted = convert('<p><picture><source srcset="b.png 2x"/><img src="a.png" alt="A"/></picture></p>')
    assert written(converted) == '<p><img src="a.png" alt="A"/></p>'
    assert len(converted.losses) == 1


def test_films_stay_in_2_2_and_become_objects_in_2_1() -> None:
    film = '<video width="9"><source src="f.mp4" type="video/mp4"/></video>'
    assert written(convert(film)) == film
    assert written(convert(film, "2.1")) == '<object data="f.mp4" type="video/mp4" width="9"/>'


def test_html5_and_speech_markup_keep_their_text_in_2_1() -> None:
    content = f'<section>a<s:sub xmlns:s="{SSML}" alias="x">b</s:sub>c</section>'
    converted = convert(content, "2.1")
    assert written(converted) == "<div>abc</div>"
    assert len(converted.losses) == 2
    assert not convert(content).losses


def test_data_and_aria_attributes_go_in_2_1_only() -> None:
    content = '<p data-x="1" aria-label="l" id="p">t</p>'
    assert written(convert(content)) == content
    converted = convert(content, "2.1")
    assert written(converted) == '<p id="p">t</p>'
    assert [loss.message for loss in converted.losses] == ["the attribute data-x", "the attribute aria-label"]


def test_attributes_that_2_1_does_not_know_are_named() -> None:
    declaration = '<qti-outcome-declaration identifier="S" external-scored="human"/>'
    assert written(convert(declaration)) == '<outcomeDeclaration identifier="S" externalScored="human"/>'
    converted = convert(declaration, "2.1")
    assert written(converted) == '<outcomeDeclaration identifier="S"/>'
    assert [loss.message for loss in converted.losses] == ["the attribute external-scored"]


def test_a_portable_custom_interaction_gets_its_namespace_back() -> None:
    pci = (
        '<qti-portable-custom-interaction response-identifier="R" module="m" data-x="1">'
        "<qti-interaction-modules>"
        '<qti-interaction-module id="m" primary-path="m.js"/></qti-interaction-modules>'
        "<qti-interaction-markup>"
        "<p>t</p></qti-interaction-markup></qti-portable-custom-interaction>"
    )
    converted = convert(pci)
    assert f'<portableCustomInteraction xmlns="{PCI_V1}" module="m" data-x="1">' in written(converted)
    assert not converted.losses
    again = to_3_0(converted.document).document.root
    assert canonical(again[0]) == canonical(parse(f'<x xmlns="{QTI_30}">{pci}</x>'.encode()).root[0])


def test_an_extension_of_the_use_of_rubrics_loses_its_prefix() -> None:
    rubric = '<qti-rubric-block view="candidate" use="ext:intro"><qti-content-body/></qti-rubric-block>'
    assert written(convert(rubric)) == '<rubricBlock view="candidate" use="intro"/>'


def test_markup_in_a_summary_is_a_loss() -> None:
    converted = convert("<details><summary>a <b>c</b></summary><p/></details>")
    assert written(converted) == '<infoControl title="a c"><p/></infoControl>'
    assert [loss.message for loss in converted.losses] == ["the markup in the summary"]
