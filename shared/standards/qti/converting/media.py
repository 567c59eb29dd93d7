"""Images, sound and film: HTML5 in 3.0 and 2.2, `object` in 2.1 and for images of graphic interactions."""

import mimetypes
from typing import Final

from shared.standards.qti.converting.conversion import Conversion
from shared.standards.qti.documents.element import Element, child_named, name_of

_GRAPHIC: Final = frozenset(
    (
        "qti-hotspot-interaction",
        "qti-select-point-interaction",
        "qti-graphic-order-interaction",
        "qti-graphic-associate-interaction",
        "qti-graphic-gap-match-interaction",
        "qti-position-object-interaction",
        "qti-position-object-stage",
        "qti-drawing-interaction",
        "qti-gap-img",
    )
)
"""What takes its image from an `object` in all 2.x."""

_SHARED: Final = ("width", "height", "id", "class", "label")


def convert_image(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write an image as an `object` where 2.x allows nothing else, its alternative text inside."""
    around = source.getparent()
    if around is None or name_of(around) not in _GRAPHIC:
        conversion.add(source, parent)
        return
    target = _object(source, parent, conversion, source.get("src", ""), None)
    target.text = source.get("alt")


def convert_picture(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write a picture as the image it holds for browsers that know no other choice."""
    image = child_named(source, "img")
    if image is None:
        conversion.note(source, "a picture without an image", rule="QTI 2.2 has no picture")
        return
    conversion.note(source, "the choice of images by size of screen", rule="QTI 2.2 has no picture")
    around = source.getparent()
    if around is not None and name_of(around) in _GRAPHIC:
        _object(image, parent, conversion, image.get("src", ""), None).text = image.get("alt")
    else:
        conversion.add(image, parent)


def convert_player(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write sound or film as an `object`, for 2.1, which has no other element for it."""
    choice = child_named(source, "source")
    reference: str = source.get("src") or ("" if choice is None else choice.get("src") or "")
    if len(list(source.iterchildren("*"))) > 1 or (source.get("src") and choice is not None):
        conversion.note(source, "sources and tracks but the first", rule="QTI 2.1, object")
    _object(source, parent, conversion, reference, None if choice is None else choice.get("type"))


def _object(
    source: Element, parent: Element, conversion: Conversion, reference: str, media_type: str | None
) -> Element:
    target = conversion.add_new("object", parent)
    target.set("data", reference)
    target.set("type", media_type or mimetypes.guess_type(reference)[0] or "application/octet-stream")
    for key in _SHARED:
        if key in source.attrib:
            target.set(key, source.attrib[key])
    return target
