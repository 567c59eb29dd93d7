"""Bytes become documents safely, and every version is looked at by the names of 3.0."""

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import attribute, children, name_of, place_of
from shared.standards.qti.faults import Malformed, Refused
from shared.standards.qti.limits import Limits
from shared.standards.qti.vocabulary.elements import ELEMENTS, EXPRESSIONS, INTERACTIONS
from shared.standards.qti.vocabulary.names import LEGACY, MODERN, kebab

_BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


def test_old_and_new_spellings_read_the_same() -> None:
    old = parse(b'<assessmentItem timeDependent=" false "><itemBody/></assessmentItem>').root
    new = parse(b'<qti-assessment-item time-dependent="false"><qti-item-body/></qti-assessment-item>').root
    for root in (old, new):
        assert name_of(root) == "qti-assessment-item"
        assert attribute(root, "time-dependent") == "false"
        assert [name_of(child) for child in children(root)] == ["qti-item-body"]


def test_names_of_html_stay_and_names_of_foreign_vocabularies_keep_their_namespace() -> None:
    root = parse(b'<p><math xmlns="http://www.w3.org/1998/Math/MathML"><and/></math></p>').root
    math = next(children(root))
    assert name_of(root) == "p"
    assert name_of(math[0]) == "{http://www.w3.org/1998/Math/MathML}and"


def test_every_name_of_3_0_has_one_name_of_2_x() -> None:
    assert len(MODERN) == len(LEGACY) == len(set(ELEMENTS)) == len(ELEMENTS)
    assert (len(INTERACTIONS), len(EXPRESSIONS)) == (22, 64)
    assert LEGACY["qti-any-n"] == "anyN"
    assert kebab("responseIdentifier") == "response-identifier"


@pytest.mark.parametrize(
    "content",
    [
        _BOMB,
        _BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    ],
)
def test_declarations_in_a_doctype_are_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="DOCTYPE"):
        parse(content, file="bomb.xml")


def test_a_doctype_that_only_names_a_dtd_is_left_aside_with_a_notice() -> None:
    document = parse(b'<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2p1.dtd">\n<questestinterop/>')
    assert [notice.rule for notice in document.notices] == ["no document type"]
    assert not parse(b"<p><![CDATA[<!DOCTYPE html>]]></p>").notices


def test_a_doctype_that_declares_elements_and_attributes_is_left_aside_and_gives_no_defaults() -> None:
    declared = b"<!-- ours -->\n<!ELEMENT y (z+)>\n<!ATTLIST y shuffle (Yes|No) 'No' >"
    document = parse(b"<!DOCTYPE x [\n%b\n]>\n<x><y/></x>" % declared)
    assert [notice.rule for notice in document.notices] == ["no document type"]
    assert not document.root[0].attrib
    assert place_of(document.root).line == 6


@pytest.mark.parametrize(
    "declaration", [b"%p;", b"<!ENTITY % p 'x'>", b"<!ATTLIST y a CDATA '&b;'>", b"<?x?>"]
)
def test_a_doctype_that_declares_what_could_expand_is_refused(declaration: bytes) -> None:
    with pytest.raises(Refused, match="DOCTYPE"):
        parse(b"<!DOCTYPE x [<!ELEMENT y (z+)>" + declaration + b"]><x/>")


def test_an_xinclude_of_the_package_stays_what_it_is() -> None:
    root = parse(
        b'<x xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="a.txt" parse="text"/></x>'
    ).root
    assert len(root) == 1 and not root[0].text


def test_deep_nesting_and_large_files_are_refused() -> None:
    with pytest.raises(Refused, match="depth"):
        parse(b"<p>" * 100_000 + b"</p>" * 100_000)
    with pytest.raises(Refused, match="at most 10"):
        parse(b"<p>long enough</p>", limits=Limits(document_bytes=10))


def test_what_is_no_xml_names_file_and_line() -> None:
    with pytest.raises(Malformed, match=r"item\.xml, line 2"):
        parse(b"<a>\n<b></a>", file="item.xml")


def test_places_name_line_and_xpath() -> None:
    root = parse(b"<a>\n<b/>\n<b/></a>").root
    place = place_of(root[1], "item.xml")
    assert str(place) == "item.xml, line 3, /a/b[2]"
