"""Durations as exports of QTI 1.2 write them."""

import re
from typing import Final

_ISO: Final = re.compile(
    r"P(?:0+Y)?(?:0+M)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})(?:\.\d+)?S)?)?"
)
_WEBCT: Final = re.compile(r"([DHMS])(\d{1,8})")
_SECONDS: Final = {"D": 86_400, "H": 3_600, "M": 60, "S": 1}


def seconds_of(text: str) -> int | None:
    """Return the seconds of a duration, PT1H or H1 of WebCT; None for anything else, and for zero."""
    written = text.strip().upper()
    if webct := _WEBCT.fullmatch(written):
        return int(webct[2]) * _SECONDS[webct[1]] or None
    iso = _ISO.fullmatch(written)
    if iso is None or not any(iso.groups()):
        return None
    amounts = zip(iso.groups(), _SECONDS.values(), strict=True)
    return sum(int(amount or 0) * unit for amount, unit in amounts) or None


def minutes_of(text: str) -> int | None:
    """Return the seconds of a time limit in minutes, None where there is none."""
    return int(text) * 60 or None if text.isdecimal() and len(text) < 8 else None
