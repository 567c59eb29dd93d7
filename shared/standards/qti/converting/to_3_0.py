"""QTI 2.0, 2.1, 2.2, APIP and aQTI to 3.0.

All elements and attributes are renamed by one rule; the rules here are for what differs in structure.
"""

import re
from typing import Final

from shared.standards.qti.converting.accessibility import ACCESSIBILITY, convert_accessibility
from shared.standards.qti.converting.changed_meanings import convert_map_entry, convert_processing
from shared.standards.qti.converting.content_bodies import HOLDERS, wrap_content
from shared.standards.qti.converting.conversion import Conversion, Converted, Rule
from shared.standards.qti.converting.custom_interactions import convert_custom_interaction
from shared.standards.qti.converting.info_controls import to_details
from shared.standards.qti.converting.schema_locations import locate
from shared.standards.qti.converting.spelling import QTI_3_0
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, local_name, place_of
from shared.standards.qti.faults import Invalid

_ROOTS: Final = frozenset(
    (
        "qti-assessment-item",
        "qti-assessment-test",
        "qti-assessment-section",
        "qti-assessment-stimulus",
        "qti-response-processing",
        "qti-outcome-processing",
        "qti-outcome-declaration",
    )
)
_USES: Final = frozenset(("instructions", "scoring", "navigation"))
_SCORING_VIEWS: Final = frozenset(("scorer", "tutor", "author", "testConstructor", "proctor"))
_NO_EXTENSION: Final = re.compile(r"[^\w.-]+")


def to_3_0(document: Document) -> Converted:
    """Return an item, test, section, stimulus or template of any 2.x as 3.0; one of 3.0 as it is.

    Nothing is lost but what notices of severity `loss` name. Raises Invalid for a document of another kind.

    >>> from shared.standards.qti import parse
    >>> to_3_0(parse(b"<assessmentItem><itemBody/></assessmentItem>")).document.root[0].tag
    '{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-item-body'
    """
    if not can_convert(document):
        raise Invalid(
            f"{document.kind or 'this'} is no content of QTI 2.x",
            rule="QTI 3.0, root elements",
            place=place_of(document.root, document.file),
        )
    if is_3_0(document):
        return Converted(document)
    converted = Conversion(QTI_3_0, _RULES, document.file).run(document)
    locate(converted.document.root, QTI_3_0)
    return converted


def can_convert(document: Document) -> bool:
    """Say whether a document is an item, test, section, stimulus or template of 2.x or 3.0."""
    return document.kind in _ROOTS


def is_3_0(document: Document) -> bool:
    """Say whether a document is spelled as QTI 3.0."""
    return local_name(document.root) == document.kind


def _holder(source: Element, parent: Element, conversion: Conversion) -> None:
    wrap_content(source, conversion.add(source, parent), conversion)


def _rubric(source: Element, parent: Element, conversion: Conversion) -> None:
    """3.0 requires `use` of a rubric and lists its values; others are extensions (5.128)."""
    target = conversion.add(source, parent)
    use = target.get("use", "").strip()
    views = frozenset(target.get("view", "").split())
    if not use:
        target.set("use", "scoring" if views and views <= _SCORING_VIEWS else "instructions")
    elif use not in _USES and not use.startswith("ext:"):
        target.set("use", "ext:" + _NO_EXTENSION.sub("-", use))
    wrap_content(source, target, conversion)


def _typed(source: Element, parent: Element, conversion: Conversion) -> None:
    """3.0 has no `intOrIdentifier` any more; as identifiers, such values compare as they did."""
    target = conversion.add(source, parent)
    if target.get("base-type") == "intOrIdentifier":
        target.set("base-type", "identifier")
        conversion.note(
            source,
            "intOrIdentifier is written as identifier",
            rule="QTI 3.0, baseType",
            severity="warning",
        )
    conversion.fill(source, target)


_RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(HOLDERS, _holder),
    "qti-rubric-block": _rubric,
    "qti-response-processing": convert_processing,
    "qti-map-entry": convert_map_entry,
    "qti-info-control": to_details,
    "qti-custom-interaction": convert_custom_interaction,
    "qti-response-declaration": _typed,
    "qti-outcome-declaration": _typed,
    "qti-template-declaration": _typed,
    "qti-base-value": _typed,
    ACCESSIBILITY: convert_accessibility,
}
