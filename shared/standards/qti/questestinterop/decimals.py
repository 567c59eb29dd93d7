"""Numbers as QTI 1.2 writes them, exactly and of bounded size."""

import re
from fractions import Fraction
from typing import Final

_DECIMAL: Final = re.compile(r"([+-]?)(?=\.?\d)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,2}))?")
_POWER_OF_TEN: Final = re.compile(r"([^*]+)\*10\^([+-]?\d{1,2})")


def number_of(text: str) -> Fraction | None:
    """Return the number that text writes, None for anything else. Canvas writes 1*10^1 too."""
    written = text.strip()
    if "*" in written and (power := _POWER_OF_TEN.fullmatch(written)):
        written = f"{power[1].strip()}e{power[2]}"
    found = _DECIMAL.fullmatch(written)
    if found is None:
        return None
    sign, whole, part, exponent = found.groups(default="")
    part = part.rstrip("0")
    places = int(exponent or 0) - len(part)
    digits = int(f"{sign}{whole}{part}" if whole or part else "0")
    return Fraction(digits * 10**places) if places >= 0 else Fraction(digits, 10**-places)
