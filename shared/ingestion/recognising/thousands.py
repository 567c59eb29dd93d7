"""Tells numbers whose thousands are grouped by commas from numbers with a decimal comma."""

import re
from collections.abc import Iterable
from typing import Final

_WITH_COMMAS: Final = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d+)?")
_GROUPED: Final = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_WITH_A_POINT: Final = re.compile(r"[+-]?\d*\.\d+")


def groups_thousands(cells: Iterable[str]) -> bool:
    """Tell whether the commas in numbers end thousands: each stands so, and others have a decimal point.

    Such a file has no decimal comma: read by one, `1,015` would be about one.
    """
    grouped = pointed = False
    for cell in map(str.strip, cells):
        if _WITH_COMMAS.fullmatch(cell):
            if not _GROUPED.fullmatch(cell):
                return False
            grouped = True
        elif _WITH_A_POINT.fullmatch(cell):
            pointed = True
    return grouped and pointed
