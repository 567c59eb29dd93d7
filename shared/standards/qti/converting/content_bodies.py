"""QTI 3.0 puts the content of rubrics, feedback and template blocks into a `qti-content-body` of its own."""

from typing import Final

from shared.standards.qti.converting.conversion import Conversion, append_text
from shared.standards.qti.documents.element import Element, children, name_of

HOLDERS: Final = (
    "qti-rubric-block",
    "qti-feedback-block",
    "qti-template-block",
    "qti-modal-feedback",
    "qti-test-feedback",
    "qti-template-block-feedback",
    "qti-test-rubric-block",
)
"""The elements with a content body."""

_BESIDE: Final = frozenset(("qti-content-body", "qti-stylesheet", "qti-catalog-info"))
"""What stands beside the content, not in it."""


def wrap_content(source: Element, target: Element, conversion: Conversion) -> None:
    """Fill a holder: stylesheets first, as they are, then all other content in a content body."""
    if any(name_of(child) == "qti-content-body" for child in children(source)):
        conversion.fill(source, target)
        return
    for child in children(source):
        if name_of(child) in _BESIDE:
            conversion.convert(child, target)
    body = conversion.add_new("qti-content-body", target)
    append_text(body, source.text or "")
    for child in source:
        if name_of(child) not in _BESIDE:
            conversion.convert(child, body)
        append_text(body, child.tail or "")


def unwrap_content(source: Element, parent: Element, conversion: Conversion) -> None:
    """Put what is in a content body where the body stands."""
    conversion.fill(source, parent)
