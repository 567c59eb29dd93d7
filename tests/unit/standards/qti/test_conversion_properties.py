"""Whatever a document holds: conversion loses no text, there and back is the same, a view is safe."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shared.standards import qti
from shared.standards.qti.converting.schema_locations import SCHEMA_LOCATION
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.delivery.view import candidate_view
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import QtiError, Refused
from shared.standards.qti.vocabulary.names import LEGACY
from shared.standards.qti.vocabulary.namespaces import MATHML, QTI_22
from shared.standards.qti.writing.serialising import serialise

_CHANGED = """
rubricBlock infoControl customInteraction portableCustomInteraction contentBody mapEntry responseProcessing
stylesheet catalogInfo companionMaterialsInfo contextDeclaration adaptiveSelection
"""
_DIFFERING = frozenset(_CHANGED.split())
"""What is not the same after there and back: 3.0 or 2.2 wants it in other words, or has no place for it."""

_ALIKE = sorted(set(LEGACY.values()) - _DIFFERING)
_ALL = sorted(LEGACY.values())
_HTML = ["p", "div", "span", "table", "object", "b"]
_FOREIGN = [f"{{{MATHML}}}mi", "{urn:vendor}value", "{urn:vendor}rubricBlock"]
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["identifier", "baseType", "responseIdentifier", "showHide", "data-aB", "{urn:v}aB", "id"]
    ),
    st.sampled_from(["a", "b", "show", "hide", "1", "identifier"]),
    max_size=4,
)
_SUMMARY = "Information"
"""What details are called whose `infoControl` had no title."""
_TEXT = st.sampled_from(["", " ", "one", "two & <three>", "é"])


def trees(names: list[str]) -> st.SearchStrategy[Element]:
    """Draw trees of 2.2, elements of others among them."""
    ours = st.sampled_from([f"{{{QTI_22}}}{name}" for name in (*names, *_HTML)])
    leaf = st.builds(_element, ours | st.sampled_from(_FOREIGN), _ATTRIBUTES, _TEXT, _TEXT, st.just([]))
    return st.recursive(
        leaf,
        lambda inner: st.builds(_element, ours, _ATTRIBUTES, _TEXT, _TEXT, st.lists(inner, max_size=4)),
        max_leaves=12,
    )


def _element(tag: str, attributes: dict[str, str], text: str, tail: str, inside: list[Element]) -> Element:
    element = etree.Element(tag, attributes)
    element.text, element.tail = text, tail
    element.extend(inside)
    return element


def item(body: Element) -> Document:
    """Return an item around a tree, as a parser would."""
    root = etree.fromstring(f'<assessmentItem xmlns="{QTI_22}" identifier="i"><itemBody/></assessmentItem>')
    root[0].append(body)
    return parse(etree.tostring(root), file="item.xml")


def _whatever_prefixes(document: Document) -> str:
    return str(etree.canonicalize(serialise(document).decode(), rewrite_prefixes=True))


def _text(document: Document) -> str:
    return "".join(cast("Iterator[str]", document.root.itertext()))


@given(trees(_ALIKE))
def test_there_and_back_is_the_same_document(body: Element) -> None:
    before = item(body)
    after = to_2_x(to_3_0(before).document, "2.2").document
    del after.root.attrib[SCHEMA_LOCATION]
    assert _whatever_prefixes(after) == _whatever_prefixes(before)


@given(trees(_ALL))
def test_no_text_is_lost_on_the_way_to_3_0(body: Element) -> None:
    before = item(body)
    after = to_3_0(before).document
    assert sorted(_text(before)) == sorted(_text(after).replace(_SUMMARY, ""))


@given(trees(_ALL))
def test_all_names_are_those_of_3_0(body: Element) -> None:
    after = to_3_0(item(body)).document
    known = {*_HTML, "details", "summary"}
    for element in after.root.iter("*"):
        name = etree.QName(element)
        if name.namespace == after.root.nsmap[None]:
            assert name.localname in known or name.localname.startswith("qti-")
            assert (
                not {"baseType", "responseIdentifier", "showHide"} & set(element.keys())
                or name.localname in _HTML
            )


@given(trees(_ALL))
def test_a_view_is_given_or_refused_with_a_reason(body: Element) -> None:
    for document in (item(body), to_3_0(item(body)).document):
        with suppress(QtiError):
            assert "<script" not in candidate_view(document).html


def test_nesting_that_the_stack_has_no_room_for_is_refused() -> None:
    deep = parse(
        b"<assessmentItem><itemBody>%b%b</itemBody></assessmentItem>" % (b"<div>" * 200, b"</div>" * 200)
    )
    room = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 150)
    try:
        for work in (to_3_0, candidate_view):
            with pytest.raises(Refused, match="nested too deep"):
                work(deep)
    finally:
        sys.setrecursionlimit(room)


def test_without_nh3_only_the_view_is_missing() -> None:
    code = """
import sys
sys.modules["nh3"] = None
from shared.standards.qti import candidate_view, compile_item, parse, serialise, to_2_x, to_3_0
item = parse(b'<assessmentItem identifier="i"><itemBody><p/></itemBody></assessmentItem>')
compile_item(item).score({})
serialise(to_2_x(to_3_0(item).document).document)
try:
    candidate_view(item)
except ImportError:
    print("no view")
"""
    root = str(Path(qti.__file__).parents[3])
    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": root},
    )
    assert told.stdout.strip() == "no view"
