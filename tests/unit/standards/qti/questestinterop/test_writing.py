"""Items of QTI 3.0 written as QTI 1.2 for Canvas, and read again, come to the same scores; losses are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.declarations.declaration import declarations_of
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.canvas.writing import write_questestinterop
from shared.standards.qti.questestinterop.dialects import Vendor
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.reading import Imported, read_questestinterop
from shared.standards.qti.values.types import Value
from shared.standards.qti.writing.serialising import serialise
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
    after = compile_item(second.document).score(_renamed(first.document, second.document, given_first)).outcomes
    assert after["SCORE"] == pytest.approx(before["SCORE"])
    assert sorted(map(str, after["FEEDBACK"] or ())) == sorted(map(str, before["FEEDBACK"] or ()))
