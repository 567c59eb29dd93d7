"""What the number format of a cell makes of its number (ECMA-376 part 1, section 18.8.31)."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TIME_FORMATS: Final = frozenset((*range(18, 22), 45, 46, 47))
_PERCENT_FORMATS: Final = frozenset((9, 10))

_SECTION: Final = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*+')
_PADDED: Final = re.compile(r'(?:0|[- ]|"[^"]*"|\\.)++')
_PIECE: Final = re.compile(r'(0)|([- ])|"([^"]*)"|\\(.)')
_LONGEST_CODE: Final = 255
"""Excel takes none that is longer, and no cell shall grow by more."""
_UNSEEN: Final = re.compile(r"\[(?:\$[^\]]*|[a-z]+)\]", re.IGNORECASE)
"""A language or a colour. A condition is neither: which numbers it is for would have to be told."""


class Kind(Enum):
    """What a number stands for."""

    NUMBER = auto()
    PERCENT = auto()
    DATE = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True)
class Padding:
    """A format of fixed digits, such as `0000` or `00000-0000`: what identifiers are written by.

    `pieces` are its places for digits, each None, and the texts between them.
    """

    pieces: tuple[str | None, ...]

    def shown(self, number: str) -> str:
        """Return a whole number, given by its digits, with zeros in front; any other as it is."""
        if not number.isdecimal():
            return number
        places = self.pieces.count(None)
        digits = number.zfill(places)
        # What a number has more of stands in front of the first place.
        first = len(digits) - places + 1
        filled = iter((digits[:first], *digits[first:]))
        return "".join(next(filled) if piece is None else piece for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What a number stands for, and the zeros before it."""

    kind: Kind = Kind.NUMBER
    padding: Padding | None = None


def format_of(format_id: int, code: str | None) -> NumberFormat:
    """Return what a number format says, by its code when the workbook defines one."""
    if code is not None:
        return NumberFormat(_kind_of_code(code), _padding_of(code))
    if format_id in _DATE_FORMATS:
        return NumberFormat(Kind.DATE)
    if format_id in _TIME_FORMATS:
        return NumberFormat(Kind.TIME)
    return NumberFormat(Kind.PERCENT if format_id in _PERCENT_FORMATS else Kind.NUMBER)


def _kind_of_code(code: str) -> Kind:
    letters = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if letters == "general":
        return Kind.NUMBER
    if re.search("[dy]", letters):
        return Kind.DATE
    if re.search("[hs]", letters):
        return Kind.TIME
    if "m" in letters:
        return Kind.DATE
    return Kind.PERCENT if "%" in letters else Kind.NUMBER


def _padding_of(code: str) -> Padding | None:
    """Return the padding of a code of at least two digits, all of which are shown, and of text alone."""
    section = _SECTION.match(code)
    positive = _UNSEEN.sub("", section[0]) if section else ""
    if len(code) > _LONGEST_CODE or not _PADDED.fullmatch(positive):
        return None
    pieces = tuple(None if found[1] else "".join(found.groups("")[1:]) for found in _PIECE.finditer(positive))
    return Padding(pieces) if pieces.count(None) > 1 else None
