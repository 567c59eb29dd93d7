"""QTI 3.0 to 2.2 and 2.1, with a list of what these versions have no place for."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from lxml import etree

from shared.standards.qti.converting.changed_meanings import convert_map_entry, convert_processing
from shared.standards.qti.converting.content_bodies import unwrap_content
from shared.standards.qti.converting.conversion import Conversion, Converted, Rule
from shared.standards.qti.converting.custom_interactions import convert_portable
from shared.standards.qti.converting.info_controls import to_info_control
from shared.standards.qti.converting.media import convert_image, convert_picture, convert_player
from shared.standards.qti.converting.schema_locations import locate
from shared.standards.qti.converting.spelling import QTI_2_1, SPELLINGS
from shared.standards.qti.converting.to_3_0 import to_3_0
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, attributes_of, name_of, place_of
from shared.standards.qti.faults import Notice
from shared.standards.qti.vocabulary.namespaces import SSML

_DROPPED: Final = (
    "qti-catalog-info",
    "qti-companion-materials-info",
    "qti-context-declaration",
    "qti-adaptive-selection",
)
"""What 2.x has no place for."""

_HTML5: Final = {
    **dict.fromkeys(
        ("article", "aside", "figcaption", "figure", "footer", "header", "nav", "section", "main"), "div"
    ),
    **dict.fromkeys(("bdi", "mark", "time", "ruby", "u"), "span"),
}
"""Elements of HTML5, to what 2.1 has in their place."""

_SINCE_2_2: Final = {
    "qti-outcome-declaration": ("external-scored", "variable-identifier-ref"),
    "qti-choice-interaction": ("orientation",),
}
"""Attributes that 2.1 does not know yet."""


def to_2_x(document: Document, version: Literal["2.1", "2.2"] = "2.2") -> Converted:
    """Return a document of any version from 2.0 on as 2.2 or 2.1; notices name what these have no place for.

    Raises Invalid for a document of another kind.

    >>> from shared.standards.qti import parse
    >>> converted = to_2_x(parse(b"<qti-assessment-item><qti-catalog-info/></qti-assessment-item>"), "2.1")
    >>> [loss.rule for loss in converted.losses]
    ['QTI 2.1 has no qti-catalog-info']
    """
    modern = to_3_0(document)
    spelling = SPELLINGS[version]
    conversion = Conversion(spelling, _RULES[version], document.file)
    converted = conversion.run(modern.document)
    root = converted.document.root
    locate(root, spelling)
    late = tuple(_without_extensions(root, document.file)) if version == "2.1" else ()
    return Converted(converted.document, (*modern.notices, *converted.notices, *late))


def _without_extensions(root: Element, file: str) -> Iterator[Notice]:
    """Take out `data-*` and `aria-*`, which the schema of 2.1 refuses."""
    for element in root.iter("*"):
        if etree.QName(element).namespace != QTI_2_1.namespace:
            continue
        for name, _ in attributes_of(element):
            if not name.startswith(("data-", "aria-")):
                continue
            del element.attrib[name]
            place = place_of(element, file)
            yield Notice(f"the attribute {name}", "QTI 2.1 has no data-* and aria-*", place, "loss")


def _drop(source: Element, parent: Element, conversion: Conversion) -> None:
    name = name_of(source)
    conversion.note(
        source, f"{name} and what is in it", rule=f"QTI {conversion.spelling.version} has no {name}"
    )


def _rubric(source: Element, parent: Element, conversion: Conversion) -> None:
    target = conversion.add(source, parent)
    use = attribute(source, "use")
    if use is not None:
        target.set("use", use.removeprefix("ext:"))
    conversion.fill(source, target)


def _renamed_for_2_1(source: Element, parent: Element, conversion: Conversion) -> None:
    name = name_of(source)
    conversion.note(source, f"{name} is written as {_HTML5[name]}", rule="QTI 2.1, XHTML elements")
    conversion.fill(source, conversion.add(source, parent, _HTML5[name]))


def _spoken_text(source: Element, parent: Element, conversion: Conversion) -> None:
    conversion.note(source, "how the text is spoken; the text is kept", rule="QTI 2.1 has no SSML")
    conversion.fill(source, parent)


def _without_new_attributes(source: Element, parent: Element, conversion: Conversion) -> None:
    target = conversion.add(source, parent)
    for name in _SINCE_2_2[name_of(source)]:
        if attribute(source, name) is not None:
            del target.attrib[conversion.spelling.attributes[name]]
            conversion.note(source, f"the attribute {name}", rule="QTI 2.1 does not know it")
    conversion.fill(source, target)


_COMMON: Final[dict[str, Rule]] = {
    **dict.fromkeys(_DROPPED, _drop),
    "qti-content-body": unwrap_content,
    "qti-rubric-block": _rubric,
    "qti-response-processing": convert_processing,
    "qti-map-entry": convert_map_entry,
    "qti-portable-custom-interaction": convert_portable,
    "details": to_info_control,
    "img": convert_image,
    "picture": convert_picture,
}
_ONLY_2_1: Final[dict[str, Rule]] = {
    **dict.fromkeys(_HTML5, _renamed_for_2_1),
    **dict.fromkeys(_SINCE_2_2, _without_new_attributes),
    **{
        f"{{{SSML}}}{name}": _spoken_text
        for name in ("sub", "break", "phoneme", "prosody", "say-as", "emphasis")
    },
    "qti-assessment-stimulus-ref": _drop,
    "audio": convert_player,
    "video": convert_player,
}
_RULES: Final[Mapping[str, Mapping[str, Rule]]] = {"2.2": _COMMON, "2.1": {**_COMMON, **_ONLY_2_1}}
