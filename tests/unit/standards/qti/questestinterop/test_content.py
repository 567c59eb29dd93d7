"""HTML in QTI 1.2 becomes content of QTI 3.0 by an allow-list; nothing that runs comes through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import make
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.markup import content_of_html
from shared.standards.qti.questestinterop.reading import read_questestinterop
from tests.unit.standards.qti.questestinterop.files import item, messages, read, read_one, text

_HOSTILE = [
    "<script>alert(1)</script>",
    "<p onclick='alert(1)'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<img src='data:text/html;base64,AAAA'>",
    "<svg onload=alert(1)>",
    "<style>*{}</style>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<math><mtext onmouseover='alert(1)'>x</mtext><script>alert(1)</script></math>",
    "<form action='x'><input name='a'></form>",
    "<object data='javascript:alert(1)'></object>",
]


def _div(html: str, findings: Findings | None = None) -> Element:
    source = etree.fromstring("<mattext/>")
    return make("div", {}, *content_of_html(html, source, findings or Findings()))


def _written(element: Element) -> str:
    return etree.tostring(element, encoding="unicode")


@pytest.mark.parametrize("html", _HOSTILE)
def test_nothing_that_runs_comes_through_and_its_loss_is_told(html: str) -> None:
    findings = Findings()
    written = _written(_div(html, findings)).lower()
    assert not any(word in written for word in ("alert", "script", "data:text", "onload", "<style", "<form"))
    assert [notice.severity for notice in findings.notices][:1] == ["loss"]


@given(
    st.lists(st.sampled_from([*_HOSTILE, "<p>", "</p>", "<b", ">", "&lt;", "x", "<td>", "]]>", "\"'"])).map(
        "".join
    )
)
def test_no_mixture_of_markup_comes_through_with_what_runs(html: str) -> None:
    for element in _div(html).iter("*"):
        assert not element.tag.lower().endswith(("script", "style", "iframe", "form", "input"))
        for name, value in element.items():
            assert not str(name).lower().startswith("on")
            assert "script:" not in "".join(str(value).lower().split())


def test_markup_escaped_once_too_often_is_unescaped_and_text_that_looks_like_code_is_not() -> None:
    assert _written(_div("&lt;p&gt;Hi&lt;/p&gt;")).count("<p>") == 1
    assert _div("if a &lt; b &amp;&amp; c &gt; d").text == "if a < b && c > d"
    assert _div("<p>write &lt;p&gt;</p>")[0].text == "write <p>"


def test_html_written_as_elements_and_html_written_as_text_say_the_same() -> None:
    elements = "<div><strong>Match</strong> these</div>"
    bodies = [
        next(read_one(item(text(content))).document.root.iter("{*}qti-item-body"))
        for content in (elements, elements.replace("<", "&lt;"))
    ]
    assert etree.tostring(bodies[0], method="c14n") == etree.tostring(bodies[1], method="c14n")
    assert len(list(bodies[0].iter("{*}strong"))) == 1


def test_what_html_has_and_qti_has_not_stays_as_far_as_it_can() -> None:
    findings = Findings()
    div = _div(
        '<center><u>x</u> <blink>y</blink></center><iframe src="https://a.b/v" title="Film"></iframe>',
        findings,
    )
    assert "".join(str(part) for part in div.itertext()) == "x yFilm"
    assert [notice.message for notice in findings.notices] == [
        "the HTML element center becomes div",
        "the HTML element u becomes span",
        "the HTML element blink is not one of QTI; its content stays",
        "the HTML element iframe is left out",
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("$IMS-CC-FILEBASE$/a/b.png", "$IMS-CC-FILEBASE$/a/b.png"),
        ("%24IMS-CC-FILEBASE%24/a/b.png", "$IMS-CC-FILEBASE$/a/b.png"),
        ("$IMS_CC_FILE_BASE$org1/b.png", "org1/b.png"),
    ],
)
def test_the_folder_of_files_stays_named_for_who_has_the_package(written: str, read: str) -> None:
    assert _div(f'<img src="{written}" alt="B">')[0].get("src") == read


def test_media_stay() -> None:
    media = (
        '<material><matvideo uri="v.mp4" videotype="video/mp4" width="10"/><mattext>x</mattext></material>'
    )
    body = read_one(item(media)).document.root
    found = next(body.iter("{*}object"))
    assert (found.get("data"), found.get("type"), found.get("width")) == ("v.mp4", "video/mp4", "10")


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_entities_of_html_that_a_named_dtd_would_declare_are_read(kind: str) -> None:
    shown = f'<material><mattext texttype="{kind}">a&nbsp;b &eacute;</mattext></material>'
    item_xml = f"<item><presentation>{shown}</presentation></item>"
    file = f'<!DOCTYPE questestinterop SYSTEM "qti.dtd"><questestinterop>{item_xml}</questestinterop>'
    (found,) = read_questestinterop(parse(file.encode())).items
    body = next(found.document.root.iter("{*}qti-item-body"))
    assert "".join(str(part) for part in body.itertext()) == "a\xa0b é"


def test_text_that_is_nested_deeper_than_anyone_writes_is_read_as_text() -> None:
    findings = Findings()
    div = _div("<div>" * 150 + "deep", findings)
    assert "".join(str(part) for part in div.itertext()) == "deep"
    assert len(list(div.iter("*"))) < 110


def test_every_element_and_attribute_that_is_not_carried_over_is_told_once() -> None:
    shown = '<presentation xmlns:v="urn:v" v:page="1"/>'
    odd = f'<item ident="q" label="L" colour="red">{shown}<itemcontrol/><itemcontrol/></item>'
    assert messages(read(odd), "loss") == [
        "the attribute colour of item is left out",
        "the attribute page of presentation is left out",
        "the element itemcontrol is left out",
    ]
