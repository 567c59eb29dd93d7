"""Which vendor wrote a file of QTI 1.2: told by signs in its content, never by the name of a file."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.names import attributes_of, tag_of
from shared.standards.qti.vocabulary.namespaces import XSI


class Vendor(StrEnum):
    """Whose reading of QTI 1.2 a file follows."""

    BLACKBOARD = "Blackboard"
    BRIGHTSPACE = "Brightspace"
    CANVAS = "Canvas Classic Quizzes"
    NEW_QUIZZES = "Canvas New Quizzes"
    COMMON_CARTRIDGE = "Common Cartridge"
    RESPONDUS = "Respondus"
    WEBCT = "WebCT Vista"
    UNKNOWN = "QTI 1.2"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A vendor, and the signs that tell it; those of `others` were seen too, as in exports of imports.

    >>> Dialect(Vendor.CANVAS, signs=("field question_type",)).is_canvas
    True
    """

    vendor: Vendor
    signs: tuple[str, ...] = ()
    others: tuple[Vendor, ...] = ()

    @property
    def is_canvas(self) -> bool:
        """Whether Canvas wrote this, with its old quizzes or its new ones."""
        return self.vendor in {Vendor.CANVAS, Vendor.NEW_QUIZZES}


_LABELS: Final = {
    "question_type": Vendor.CANVAS,
    "assessment_question_identifierref": Vendor.CANVAS,
    "bank_title": Vendor.CANVAS,
    "original_answer_ids": Vendor.CANVAS,
    "scoring_algorithm": Vendor.NEW_QUIZZES,
    "parent_stimulus_item_ident": Vendor.NEW_QUIZZES,
    "passage": Vendor.NEW_QUIZZES,
    "calculator_type": Vendor.NEW_QUIZZES,
    "cc_profile": Vendor.COMMON_CARTRIDGE,
}
_TAGS: Final = {
    "mat_formattedtext": Vendor.BLACKBOARD,
    "qti_metadatafield": Vendor.BRIGHTSPACE,
    "bankentry_item": Vendor.NEW_QUIZZES,
    "calculated": Vendor.CANVAS,
}
_ATTRIBUTES: Final = {"answer_type": Vendor.NEW_QUIZZES, "scoring_algorithm": Vendor.NEW_QUIZZES}
_PREFIXES: Final = {
    "bbmd_": Vendor.BLACKBOARD,
    "d2l_": Vendor.BRIGHTSPACE,
    "wct_": Vendor.WEBCT,
    "webct_": Vendor.WEBCT,
    "QUE_": Vendor.RESPONDUS,
    "que_score": Vendor.RESPONDUS,
    "D2L_": Vendor.BRIGHTSPACE,
}
_PREFIX: Final = re.compile("|".join(_PREFIXES))
# What says more than another sign that the same file may show: new quizzes write all that old ones do.
_RANK: Final = (
    Vendor.BLACKBOARD,
    Vendor.BRIGHTSPACE,
    Vendor.WEBCT,
    Vendor.NEW_QUIZZES,
    Vendor.CANVAS,
    Vendor.COMMON_CARTRIDGE,
    Vendor.RESPONDUS,
)


def dialect_of(root: Element) -> Dialect:
    """Return the dialect of a questestinterop tree. Its signs are told; without any it is plain QTI 1.2.

    >>> from shared.standards.qti import parse
    >>> root = parse(b'<questestinterop><item ident="QUE_1"/></questestinterop>').root
    >>> dialect_of(root).signs
    ('ident QUE_',)
    """
    seen: dict[Vendor, Counter[str]] = {}
    for element in root.iter("*"):
        for vendor, sign in _signs(element):
            seen.setdefault(vendor, Counter())[sign] += 1
    if not seen:
        return Dialect(Vendor.UNKNOWN)
    ranked = sorted(seen, key=_RANK.index)
    return Dialect(ranked[0], tuple(sign for sign, _ in seen[ranked[0]].most_common()), tuple(ranked[1:]))


def _signs(element: Element) -> Iterator[tuple[Vendor, str]]:
    name = tag_of(element)
    if name in _TAGS:
        yield _TAGS[name], f"element {name}"
    elif name == "fieldlabel" and (label := (element.text or "").strip()):
        if label in _LABELS:
            yield _LABELS[label], f"field {label}"
        yield from _prefixed(label, "field")
    elif "_" in name:
        yield from _prefixed(name, "element")
    for attribute, value in attributes_of(element):
        if attribute in {"ident", "varname"}:
            yield from _prefixed(value, attribute)
        elif attribute in _ATTRIBUTES:
            yield _ATTRIBUTES[attribute], f"attribute {attribute}"
        elif attribute[0] == "{":
            yield from _of_namespace(attribute, value)


def _of_namespace(attribute: str, value: str) -> Iterator[tuple[Vendor, str]]:
    if attribute == f"{{{XSI}}}schemaLocation" and "/profile/cc/" in value:
        yield Vendor.COMMON_CARTRIDGE, "schema of the Common Cartridge profile"
    elif "d2l" in attribute.partition("}")[0]:
        yield Vendor.BRIGHTSPACE, "namespace of Brightspace"


def _prefixed(text: str, where: str) -> Iterator[tuple[Vendor, str]]:
    found = _PREFIX.match(text)
    if found is not None:
        yield _PREFIXES[found[0]], f"{where} {found[0]}"
