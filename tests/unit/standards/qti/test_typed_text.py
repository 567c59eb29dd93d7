"""What candidates type becomes values of the declared type (QTI 3.0, TextEntryInteraction)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import parse
from shared.standards.qti.interactions.typed_text import read_typed, typed_record
from shared.standards.qti.values.types import Value


def _declared(cardinality: str, base_type: str) -> Declaration:
    base = f'baseType="{base_type}"' if base_type else ""
    xml = f'<i><responseDeclaration identifier="R" cardinality="{cardinality}" {base}/></i>'
    return next(declarations_of(parse(xml.encode()).root))


@pytest.mark.parametrize(
    ("typed", "text", "expected"),
    [
        ("single string", " a ", " a "),
        ("single string", "", None),
        ("single integer", " 12 ", 12),
        ("single integer", "1.5", None),
        ("single float", "1e3", 1000.0),
        ("single float", "1,5", None),
        ("multiple string", "a", ("a",)),
        ("ordered float", "x", None),
        ("record ", "", None),
    ],
)
def test_text_is_read_by_the_type_of_its_response(typed: str, text: str, expected: Value) -> None:
    assert read_typed(text, _declared(*typed.split(" ", 1))) == expected


@pytest.mark.parametrize(("text", "base", "expected"), [("ff", 16, 255), ("101", 2, 5), ("9", 8, None)])
def test_integers_have_the_base_of_their_interaction(text: str, base: int, expected: Value) -> None:
    assert read_typed(text, _declared("single", "integer"), base) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", {"floatValue": 12.0, "integerValue": 12, "leftDigits": 2, "ndp": 0, "nsf": 2}),
        ("0.050", {"floatValue": 0.05, "leftDigits": 1, "rightDigits": 3, "ndp": 3, "nsf": 2}),
        (
            "1.25e1",
            {"floatValue": 12.5, "leftDigits": 1, "rightDigits": 2, "ndp": 1, "nsf": 3, "exponent": 1},
        ),
        ("-3.", {"floatValue": -3.0, "leftDigits": 1, "rightDigits": 0, "ndp": 0, "nsf": 1}),
        ("about 3", {}),
        (".", {}),
    ],
)
def test_a_record_tells_the_number_and_its_digits(text: str, expected: dict[str, object]) -> None:
    assert typed_record(text) == {"stringValue": text, **expected}


@given(st.text(min_size=1))
def test_whatever_is_typed_has_a_record(text: str) -> None:
    assert typed_record(text)["stringValue"] == text
