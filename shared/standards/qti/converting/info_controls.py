"""Content that is shown when the candidate asks for it: `infoControl` in 2.x, `details` of HTML in 3.0."""

from collections.abc import Iterator
from typing import cast

from shared.standards.qti.converting.conversion import Conversion, append_text
from shared.standards.qti.documents.element import Element, child_named

_DEFAULT_TITLE = "Information"


def to_details(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write an `infoControl` as `details`, its title as the summary; 3.0 has no other word for it."""
    details = conversion.add(source, parent, "details")
    title = source.get("title")
    if title is not None:
        del details.attrib["title"]
    conversion.add_new("summary", details).text = title or _DEFAULT_TITLE
    conversion.fill(source, details)


def to_info_control(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write `details` as an `infoControl`, whose title has room for text only."""
    control = conversion.add(source, parent, "qti-info-control")
    summary = child_named(source, "summary")
    if summary is None:
        control.set("title", _DEFAULT_TITLE)
    else:
        if len(summary):
            conversion.note(
                summary, "the markup in the summary", rule="QTI 2.2, infoControl has a title of text"
            )
        control.set("title", "".join(cast("Iterator[str]", summary.itertext())).strip() or _DEFAULT_TITLE)
    append_text(control, source.text or "")
    for child in source:
        if child is not summary:
            conversion.convert(child, control)
        append_text(control, child.tail or "")
