"""How much may be made of one file: a small one could compare each of many labels many times."""

from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Refused
from shared.standards.qti.limits import LIMITS


class Budget:
    """What comparisons may still be made of a file."""

    def __init__(self, left: int = LIMITS.elements) -> None:
        self._left = left

    def spend(self, comparisons: int, element: Element) -> None:
        """Take comparisons from what is left. Raises Refused when it is used up."""
        self._left -= comparisons
        if self._left < 0:
            raise Refused(
                "more comparisons than a file may ask for", rule="limits.elements", place=place_of(element)
            )
