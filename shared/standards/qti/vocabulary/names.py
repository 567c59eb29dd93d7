"""One vocabulary for all versions: the element and attribute names of QTI 3.0, and how 2.x spells them.

QTI 3.0 renamed every element of 2.x by one rule, `responseIf` to `qti-response-if`, and every attribute
likewise, `baseType` to `base-type`. Readers ask for 3.0 names only; which spelling a file uses never shows
beyond here.
"""

import re
from typing import Final

from shared.standards.qti.vocabulary.elements import ELEMENTS
from shared.standards.qti.vocabulary.namespaces import FOREIGN

# Where 2.x does not follow the rule.
_IRREGULAR: Final = {
    "qti-duration-gte": "durationGTE",
    "qti-duration-lt": "durationLT",
}


def camel(name: str) -> str:
    """Return the 2.x spelling of a 3.0 attribute name: `base-type` to `baseType`."""
    head, *tail = name.split("-")
    return head + "".join(part.capitalize() for part in tail)


def kebab(name: str) -> str:
    """Return the 3.0 spelling of a 2.x attribute name: `baseType` to `base-type`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()


LEGACY: Final = {name: _IRREGULAR.get(name) or camel(name.removeprefix("qti-")) for name in ELEMENTS}
"""The 2.x name of each element of 3.0."""

MODERN: Final = {legacy: name for name, legacy in LEGACY.items()}
"""The 3.0 name of each element of 2.x."""


class _Names(dict[object, str]):
    """Tags as lxml gives them, to names of 3.0; filled as they are met, up to a bound no author reaches."""

    def __missing__(self, tag: object) -> str:
        name = _canonical(tag)
        if len(self) < 4096:
            self[tag] = name
        return name


def _canonical(tag: object) -> str:
    if not isinstance(tag, str):
        return ""  # a comment or processing instruction
    namespace, brace, local = tag.rpartition("}")
    if brace and namespace[1:] in FOREIGN:
        return tag
    return MODERN.get(local, local)


NAMES: Final = _Names()
"""The 3.0 name for each tag; names of HTML stay, those of foreign vocabularies keep their namespace."""


class _Spellings(dict[str, str]):
    def __missing__(self, name: str) -> str:
        self[name] = spelling = camel(name)
        return spelling


SPELLINGS: Final = _Spellings()
"""The 2.x spelling of each attribute that was asked for."""
