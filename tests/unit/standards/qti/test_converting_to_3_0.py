"""2.x becomes 3.0: every name by the rule, every difference in structure by its own, and no loss unsaid."""

import pytest
from lxml import etree

from shared.standards.qti.converting.conversion import Converted
from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element, attributes_of, descendants_named, name_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.vocabulary.namespaces import (
    APIP,
    MATHML,
    PCI,
    PCI_V1,
    QTI_21,
    QTI_22,
    QTI_30,
    XHTML,
    XSI,
)
from shared.standards.qti.writing.serialising import canonical, serialise


def convert(inside: str, *, namespace: str = QTI_22) -> Converted:
    attributes = f'xmlns="{namespace}" identifier="i" timeDependent="false"'
    item = f"<assessmentItem {attributes}>{inside}</assessmentItem>"
    return to_3_0(parse(item.encode(), file="item.xml"))


def one(converted: Converted, name: str) -> Element:
    found = list(descendants_named(converted.document.root, name))
    assert len(found) == 1
    return found[0]


def body(content: str) -> str:
    return f"<itemBody>{content}</itemBody>"


def written(element: Element) -> str:
    """Return an element as it is written, the declarations of its document aside."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return text.replace(f' xmlns="{QTI_30}"', "").replace(f' xmlns:xsi="{XSI}"', "")


@pytest.mark.parametrize(
    "namespace", ["", "http://www.imsglobal.org/xsd/imsqti_v2p0", QTI_21, QTI_22, QTI_30]
)
def test_names_and_namespace_change_whatever_namespace_a_2_x_file_claims(namespace: str) -> None:
    converted = convert('<responseDeclaration baseType="float"/>', namespace=namespace)
    assert canonical(converted.document.root) == canonical(
        etree.fromstring(
            f'<qti-assessment-item xmlns="{QTI_30}" xmlns:xsi="{XSI}" identifier="i" time-dependent="false" '
            f'xsi:schemaLocation="{QTI_30} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/'
            f'imsqti_asiv3p0p1_v1p0.xsd"><qti-response-declaration base-type="float"/></qti-assessment-item>'
        )
    )
    assert not converted.notices


def test_a_document_of_3_0_stays_as_it_is() -> None:
    document = parse(f'<qti-assessment-item xmlns="{QTI_30}" identifier="i"/>'.encode())
    assert to_3_0(document).document is document


def test_the_original_is_left_untouched() -> None:
    document = parse(
        f'<assessmentItem xmlns="{QTI_21}"><itemBody><p>a</p></itemBody></assessmentItem>'.encode()
    )
    before = serialise(document)
    to_3_0(document)
    assert serialise(document) == before


def test_comments_around_the_root_stay_in_their_order() -> None:
    converted = to_3_0(parse(b"<!--a--><!--b--><?xml-model href='2.rng'?><assessmentItem/><!--c--><!--d-->"))
    told = serialise(converted.document).decode()
    assert "<!--a--><!--b--><qti-assessment-item" in told and told.endswith("/><!--c--><!--d-->")
    assert "xml-model" not in told


def test_what_is_no_content_of_2_x_is_refused_with_its_place() -> None:
    with pytest.raises(Invalid, match=r"a\.xml, line 1.*no content of QTI 2"):
        to_3_0(parse(b"<quiz/>", file="a.xml"))


def test_a_qti_prefix_and_html_in_the_namespace_of_html_are_understood() -> None:
    html = f'<p xmlns="{XHTML}">a<b>c</b></p>'
    source = f'<q:assessmentItem xmlns:q="{QTI_21}"><q:itemBody>{html}</q:itemBody></q:assessmentItem>'
    converted = to_3_0(parse(source.encode()))
    assert written(one(converted, "qti-item-body")).endswith("<p>a<b>c</b></p></qti-item-body>")
    assert {etree.QName(element).namespace for element in converted.document.root.iter("*")} == {QTI_30}


def test_content_of_other_vocabularies_keeps_names_attributes_and_prefixes() -> None:
    math = f'<m:math xmlns:m="{MATHML}"><m:mi mathVariant="bold">x</m:mi></m:math>'
    vendor = '<w:value xmlns:w="urn:w" someName="1">t</w:value>'
    converted = convert(body(f'<p>{math} and {vendor}<unknown dataName="2"/></p>'))
    text = written(one(converted, "p"))
    assert "<m:mi mathVariant=" in text and '<w:value xmlns:w="urn:w" someName="1">t</w:value>' in text
    assert '<unknown dataName="2"/>' in text and "</m:math> and <w:value" in text


def test_html_data_and_aria_attributes_stay() -> None:
    converted = convert(body('<p data-someThing="1" aria-label="x" xml:lang="nl" xml:base="a/">t</p>'))
    paragraph = one(converted, "p")
    assert paragraph.get("data-someThing") == "1" and paragraph.get("aria-label") == "x"
    assert "xml:lang" in written(paragraph) and "xml:base" in written(paragraph)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://www.imsglobal.org/question/qti_v2p0/rptemplates/match_correct", "match_correct.xml"),
        ("http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response.xml", "map_response.xml"),
        ("http://www.imsglobal.org/question/qti_v2p2/rptemplates/CC2_map_response", "CC2_map_response.xml"),
    ],
)
def test_standard_templates_get_their_uri_of_3_0(old: str, new: str) -> None:
    processing = one(convert(f'<responseProcessing template="{old}"/>'), "qti-response-processing")
    assert processing.get("template") == f"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{new}"


def test_a_template_whose_name_means_something_else_in_3_0_is_written_out() -> None:
    address = "http://www.imsglobal.org/question/qti_v2p2/rptemplates/CC2_match"
    converted = convert(f'<responseProcessing template="{address}"/>')
    processing = one(converted, "qti-response-processing")
    assert processing.get("template") is None
    assert [name_of(rule) for rule in processing] == ["qti-set-outcome-value", "qti-response-condition"]
    assert [notice.severity for notice in converted.notices] == ["warning"]


def test_keys_say_whether_their_case_counts_since_the_default_changed() -> None:
    mapping = '<mapping><mapEntry mapKey="1"/><mapEntry mapKey="2" caseSensitive="false"/></mapping>'
    declaration = '<responseDeclaration identifier="R" baseType="{}">{}</responseDeclaration>'
    entries = descendants_named(convert(declaration.format("string", mapping)).document.root, "qti-map-entry")
    assert [entry.get("case-sensitive") for entry in entries] == ["true", "false"]
    entries = descendants_named(
        convert(declaration.format("integer", mapping)).document.root, "qti-map-entry"
    )
    assert [entry.get("case-sensitive") for entry in entries] == [None, "false"]


def test_a_template_of_an_authors_own_keeps_its_address() -> None:
    processing = one(convert('<responseProcessing template="mine.xml"/>'), "qti-response-processing")
    assert processing.get("template") == "mine.xml"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("modalFeedback", 'outcomeIdentifier="F" identifier="a" showHide="show"'),
        ("feedbackBlock", 'outcomeIdentifier="F" identifier="a" showHide="hide"'),
        ("templateBlock", 'templateIdentifier="F" identifier="a" showHide="show"'),
    ],
)
def test_content_of_feedback_and_template_blocks_gets_a_body(name: str, attributes: str) -> None:
    block = f'<{name} {attributes}>a <stylesheet href="s.css" type="text/css"/>b<p>c</p>d</{name}>'
    converted = convert(body(block))
    holder = next(
        element
        for element in converted.document.root.iter("*")
        if "identifier" in element.attrib and element.get("show-hide")
    )
    assert [name_of(child) for child in holder] == ["qti-stylesheet", "qti-content-body"]
    assert written(holder[1]) == "<qti-content-body>a b<p>c</p>d</qti-content-body>"


def test_content_that_has_a_body_already_gets_no_second_one() -> None:
    converted = convert(body('<rubricBlock view="candidate"><contentBody><p/></contentBody></rubricBlock>'))
    assert written(one(converted, "qti-content-body")) == "<qti-content-body><p/></qti-content-body>"


@pytest.mark.parametrize(
    ("attributes", "use"),
    [
        ('view="candidate"', "instructions"),
        ('view="scorer tutor"', "scoring"),
        ('view="candidate scorer"', "instructions"),
        ('view="candidate" use="scoring"', "scoring"),
        ('view="candidate" use="shared stimulus"', "ext:shared-stimulus"),
    ],
)
def test_a_rubric_says_its_use_which_3_0_requires(attributes: str, use: str) -> None:
    rubric = one(convert(body(f"<rubricBlock {attributes}><p/></rubricBlock>")), "qti-rubric-block")
    assert rubric.get("use") == use


def test_an_info_control_becomes_details() -> None:
    details = one(
        convert(body('<infoControl title="Hint" id="h">look <p>there</p></infoControl>')), "details"
    )
    assert written(details) == '<details id="h"><summary>Hint</summary>look <p>there</p></details>'


def test_int_or_identifier_becomes_identifier_with_a_notice() -> None:
    converted = convert(
        '<responseDeclaration identifier="R" baseType="intOrIdentifier" cardinality="single"/>'
    )
    assert one(converted, "qti-response-declaration").get("base-type") == "identifier"
    assert [notice.severity for notice in converted.notices] == ["warning"]


def test_the_draft_of_portable_custom_interactions_becomes_that_of_3_0() -> None:
    converted = convert(
        body(
            f'<customInteraction responseIdentifier="R"><pci:portableCustomInteraction xmlns:pci="{PCI}" '
            'customInteractionTypeIdentifier="likert" hook="likert/run.js" version="1.2">'
            '<pci:responseSchema href="s.json"/><pci:resources><pci:libraries><pci:lib id="jq" href="jq.js"/>'
            '</pci:libraries></pci:resources><pci:properties><pci:entry key="level">5</pci:entry>'
            '<pci:properties key="scale"><pci:entry key="min">1</pci:entry></pci:properties></pci:properties>'
            f'<pci:markup><div xmlns="{XHTML}">m</div></pci:markup></pci:portableCustomInteraction>'
            "</customInteraction>"
        )
    )
    assert written(one(converted, "qti-portable-custom-interaction")) == (
        '<qti-portable-custom-interaction response-identifier="R" '
        'custom-interaction-type-identifier="likert" module="likert/run.js" data-version="1.2" '
        'data-level="5" data-scale-min="1">'
        '<qti-interaction-modules><qti-interaction-module id="jq" primary-path="jq.js"/>'
        "</qti-interaction-modules>"
        "<qti-interaction-markup><div>m</div></qti-interaction-markup></qti-portable-custom-interaction>"
    )
    assert [notice.message for notice in converted.losses] == [
        "responseSchema of a portable custom interaction"
    ]


def test_version_1_of_portable_custom_interactions_becomes_that_of_3_0() -> None:
    converted = convert(
        body(
            f'<customInteraction responseIdentifier="R"><portableCustomInteraction xmlns="{PCI_V1}" '
            'customInteractionTypeIdentifier="urn:t" module="m" data-x="1">'
            '<modules primaryConfiguration="c.json"><module id="m" primaryPath="m.js" fallbackPath="f.js"/>'
            "</modules>"
            '<templateVariable templateIdentifier="T"/><interactionMarkup/></portableCustomInteraction>'
            "</customInteraction>"
        )
    )
    assert written(one(converted, "qti-portable-custom-interaction")) == (
        '<qti-portable-custom-interaction response-identifier="R" custom-interaction-type-identifier="urn:t" '
        'module="m" data-x="1"><qti-interaction-modules primary-configuration="c.json">'
        '<qti-interaction-module id="m" primary-path="m.js" fallback-path="f.js"/></qti-interaction-modules>'
        '<qti-template-variable template-identifier="T"/><qti-interaction-markup/>'
        "</qti-portable-custom-interaction>"
    )
    assert not converted.losses


def test_a_custom_interaction_that_is_not_portable_is_kept() -> None:
    custom = one(
        convert(body('<customInteraction responseIdentifier="R"><p>x</p></customInteraction>')),
        "qti-custom-interaction",
    )
    assert (
        written(custom) == '<qti-custom-interaction response-identifier="R"><p>x</p></qti-custom-interaction>'
    )


def test_accessibility_of_apip_becomes_catalogs() -> None:
    information = f"""<apipAccessibility xmlns="{APIP}"><inclusionOrder/><companionMaterialsInfo><calculator>
      <calculatorType>basic</calculatorType><description>d</description></calculator></companionMaterialsInfo>
      <accessibilityInfo><accessElement identifier="a1"><contentLinkInfo qtiLinkIdentifierRef="p1"><textLink>
      <fullString/></textLink></contentLinkInfo><relatedElementInfo>
      <spoken><spokenText contentLinkIdentifier="s">say</spokenText>
      <textToSpeechPronunciation>say it</textToSpeechPronunciation></spoken>
      <brailleText>
      <brailleTextString>b</brailleTextString></brailleText><keyWordEmphasis/><scaffold/></relatedElementInfo>
      </accessElement>
      <accessElement identifier="a2"><contentLinkInfo qtiLinkIdentifierRef="gone"/></accessElement>
      </accessibilityInfo></apipAccessibility>"""
    converted = convert(body('<p id="p1" class="c">t</p>') + information)
    root = converted.document.root
    assert [name_of(child) for child in root] == [
        "qti-companion-materials-info",
        "qti-item-body",
        "qti-catalog-info",
    ]
    assert dict(attributes_of(one(converted, "p"))) == {
        "id": "p1",
        "class": "c qti-keyword-emphasis",
        "data-catalog-idref": "catalog-p1",
    }
    assert [card.get("support") for card in descendants_named(root, "qti-card")] == ["spoken", "braille"]
    spoken = next(descendants_named(root, "qti-card"))
    assert [(entry.get("default"), entry[0].text) for entry in spoken] == [(None, "say"), ("true", "say it")]
    assert len(converted.losses) == 3
    assert all(loss.place.file == "item.xml" and loss.place.line for loss in converted.losses)


def test_misspelled_speech_markup_gets_the_namespace_of_ssml() -> None:
    converted = convert(
        body('<p><s:sub xmlns:s="http://www.w3.org/2010/10/synthesis" alias="a">b</s:sub></p>')
    )
    assert '<s:sub xmlns:s="http://www.w3.org/2001/10/synthesis" alias="a">b</s:sub>' in written(
        one(converted, "p")
    )


def test_content_as_deep_as_it_may_be_read_is_converted() -> None:
    deep = "<feedbackBlock>" * 240 + "x" + "</feedbackBlock>" * 240
    assert len(list(descendants_named(convert(body(deep)).document.root, "qti-content-body"))) == 240
