"""The sets of characters that patterns name (XML Schema 1.0 part 2, appendix F.1)."""

import unicodedata
from collections.abc import Callable
from typing import Final

type Accepts = Callable[[str], bool]

_BLOCKS: Final = {
    "BasicLatin": (0x00, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "IPAExtensions": (0x250, 0x2AF),
    "SpacingModifierLetters": (0x2B0, 0x2FF),
    "CombiningDiacriticalMarks": (0x300, 0x36F),
    "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Armenian": (0x530, 0x58F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Thai": (0xE00, 0xE7F),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
}
_CATEGORIES: Final = {
    "L": "ultmo",
    "M": "nce",
    "N": "dlo",
    "P": "cdseifo",
    "Z": "slp",
    "S": "mcko",
    "C": "cfon",
}


def one(character: str) -> Accepts:
    """Return the set of one character."""
    return lambda given: given == character


def any_of(characters: frozenset[str], sets: list[Accepts]) -> Accepts:
    """Return the union of characters and sets."""
    if not sets:
        return characters.__contains__
    return lambda given: given in characters or any(accepts(given) for accepts in sets)


def none_of(accepts: Accepts) -> Accepts:
    """Return all characters but those of a set."""
    return lambda given: not accepts(given)


def without(accepts: Accepts, taken: Accepts) -> Accepts:
    """Return a set less another."""
    return lambda given: accepts(given) and not taken(given)


def span(first: str, last: str) -> Accepts:
    """Return the characters from one to another."""
    return lambda given: first <= given <= last


def in_category(name: str) -> Accepts:
    """Return the characters of a Unicode category or block. Raises ValueError for an unknown name."""
    if name.startswith("Is"):
        if name[2:] not in _BLOCKS:
            raise ValueError(f"the block {name!r} is not known")
        low, high = _BLOCKS[name[2:]]
        return lambda given: low <= ord(given) <= high
    if name[:1] not in _CATEGORIES or name[1:] not in ("", *_CATEGORIES[name[0]]):
        raise ValueError(f"the category {name!r} is not known")
    return lambda given: unicodedata.category(given).startswith(name)


def _is_word(given: str) -> bool:
    return unicodedata.category(given)[0] not in "PZC"


def _is_name_start(given: str) -> bool:
    return given in "_:" or unicodedata.category(given) in {"Lu", "Ll", "Lt", "Lo", "Nl"}


def _is_name(given: str) -> bool:
    return (
        given in "-.·"
        or _is_name_start(given)
        or unicodedata.category(given) in {"Mc", "Me", "Mn", "Lm", "Nd"}
    )


ANY: Final[Accepts] = lambda given: given not in "\n\r"  # noqa: E731 - one of a family of sets
"""What a point stands for."""

CLASSES: Final[dict[str, Accepts]] = {
    "s": lambda given: given in " \t\n\r",
    "i": _is_name_start,
    "c": _is_name,
    "d": lambda given: unicodedata.category(given) == "Nd",
    "w": _is_word,
}
"""By the letter of an escape; the capital stands for all other characters."""
CLASSES.update({name.upper(): none_of(accepts) for name, accepts in CLASSES.items()})

SINGLE_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
"""The letters that escape one character."""
