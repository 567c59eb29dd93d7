"""What was read is written again: no element, attribute, text or comment is lost, known or not."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.writing.serialising import canonical, serialise

_ODD = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- before --><?xml-model href="a.sch"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" xmlns:v="urn:vendor" v:mark="1">
  <itemBody>caf\xe9 &amp; <![CDATA[<b>]]><v:unknown a="&lt;&#10;"> <!-- in --> </v:unknown>tail</itemBody>
</assessmentItem><!-- after -->"""

_NAMES = st.sampled_from(
    ["p", "itemBody", "{urn:vendor}x", "{http://www.w3.org/1998/Math/MathML}mi", "simpleChoice"]
)
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="￾￿"), max_size=20
)


def test_unknown_elements_comments_and_odd_text_survive() -> None:
    first = parse(_ODD)
    written = serialise(first)
    assert canonical(parse(written).root) == canonical(first.root)
    for kept in (
        "café &amp; &lt;b&gt;",
        "<!-- before -->",
        "<!-- after -->",
        "<!-- in -->",
        "xml-model",
        "v:unknown",
    ):
        assert kept in written.decode()


def test_the_same_document_always_gives_the_same_bytes() -> None:
    once = serialise(parse(_ODD))
    assert serialise(parse(once)) == once == serialise(parse(_ODD))


@st.composite
def _trees(draw: st.DrawFn, depth: int = 3) -> Element:
    element = etree.Element(
        draw(_NAMES), draw(st.dictionaries(st.sampled_from(["id", "a", "{urn:v}b"]), _TEXT))
    )
    element.text = draw(_TEXT)
    for child in draw(st.lists(_trees(depth - 1), max_size=3)) if depth else ():
        element.append(child)
        child.tail = draw(_TEXT)
    return element


@given(_trees())
def test_any_tree_is_read_as_it_was_written(tree: Element) -> None:
    document = parse(etree.tostring(tree, encoding="UTF-8"))
    assert canonical(parse(serialise(document)).root) == canonical(document.root)
