"""Areas of images: hot spots of QTI 1.2 to the shapes and coordinates of QTI 3.0 (5.25)."""

from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import make
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text, below, given

_SHAPES: Final = {"ellipse": "ellipse", "bounded": "poly", "polygon": "poly"}
_ASSUMED: Final = 1000
_RULE: Final = "QTI 1.2 ASI, rarea"


def image_of(response: Element, findings: Findings) -> Element:
    """Return the image that is pointed at, as an object with the size that its coordinates are of."""
    image = next(below(response, "matimage"), None)
    if image is None:
        raise findings.invalid(response, "a hot spot without an image", rule=_RULE)
    size = {key: given(image, key) for key in ("width", "height")}
    if not all(value.isdecimal() for value in size.values()):
        findings.warn(image, f"an image without a size is taken as {_ASSUMED} by {_ASSUMED}", rule=_RULE)
        size = dict.fromkeys(size, str(_ASSUMED))
    return make("object", {"data": given(image, "uri"), "type": given(image, "imagtype") or "image/*"} | size)


def area_of(label: Element, image: Element, findings: Findings) -> tuple[str, str] | None:
    """Return the shape and coordinates of a response_label; None, told as a loss, where it gives none."""
    numbers = [number_of(text) for text in all_text(label).replace(",", " ").split()]
    numbers = numbers or [number_of(given(label, key)) for key in ("x0", "y0", "width", "height")]
    found = [number for number in numbers if number is not None]
    if len(found) != len(numbers) or len(found) < 4 or len(found) % 2:
        findings.lose(label, "an area without coordinates can't be hit", rule=_RULE)
        return None
    kind = given(label, "rarea").lower()
    if all(0 <= number <= 1 for number in found):  # Canvas New Quizzes writes parts of the image
        width, height = (Fraction(given(image, key)) for key in ("width", "height"))
        found = [number * (height if at % 2 else width) for at, number in enumerate(found)]
    elif kind == "rectangle":
        found[2:4] = [found[0] + found[2], found[1] + found[3]]
    elif kind == "ellipse":
        found[2:4] = [found[2] / 2, found[3] / 2]
    shape = _SHAPES.get(kind, "poly") if len(found) > 4 or kind in _SHAPES else "rect"
    return shape, ",".join(str(round(number)) for number in found)
