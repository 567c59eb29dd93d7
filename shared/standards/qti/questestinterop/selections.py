"""What a section of QTI 1.2 chooses (selection_ordering): how many, in which order, from which bank."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text, below, given, inside, tag_of

_RULE: Final = "QTI 1.2 selection and ordering"
_SELECTORS: Final = ("bbmd_questionid", "bbmd_asi_object_id", "ident", "ITEMID")
_READ: Final = frozenset(
    (
        "selection",
        "order",
        "selection_number",
        "sourcebank_ref",
        "sourcebank_export_id",
        "selection_extension",
        "points_per_item",
        "or_selection",
        "selection_metadata",
        "and_selection",
        "sequence_parameter",
    )
)


@dataclass(frozen=True, slots=True)
class BankReference:
    """Items that a test takes from a bank outside its file.

    The idents of the bank and the item, None where `select` items of the whole bank are drawn, and the
    section that they go to.

    >>> BankReference("b1", item=None, section="s1", select=3).select
    3
    """

    bank: str
    item: str | None
    section: str
    select: int | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a section chooses. `named` are the idents that items are picked from one by one."""

    select: int | None = None
    shuffle: bool = False
    bank: str = ""
    named: tuple[str, ...] = ()
    points_per_item: Fraction | None = None


def selection_of(section: Element, findings: Findings) -> Selection:
    """Return what a section chooses."""
    found = list(inside(section, "selection_ordering"))
    numbers = [number for each in found for number in _numbers(each)]
    orders = [given(order, "order_type").lower() for each in found for order in below(each, "order")]
    points = [number_of(all_text(each)) for one in found for each in below(one, "points_per_item")]
    banks = [all_text(each).strip() for one in found for each in below(one, "sourcebank_ref")]
    named = tuple(name for each in found for name in _named(each, findings))
    for each in found:
        _tell_rest(each, findings)
    return Selection(
        numbers[0] if numbers else None,
        any(order == "random" for order in orders),
        next(iter(banks), ""),
        named,
        next(iter(points), None),
    )


def _numbers(selection_ordering: Element) -> Iterator[int]:
    for number in below(selection_ordering, "selection_number"):
        text = all_text(number).strip()
        if text.isdecimal() and len(text) < 7:
            yield int(text)


def _named(selection_ordering: Element, findings: Findings) -> Iterator[str]:
    for each in below(selection_ordering, "selection_metadata"):
        name, operator = given(each, "mdname"), given(each, "mdoperator") or "EQ"
        if name in _SELECTORS and operator == "EQ":
            yield all_text(each).strip()
        else:
            findings.lose(each, f"a selection by {name!r} is left out", rule=_RULE)


def _tell_rest(selection_ordering: Element, findings: Findings) -> None:
    for each in selection_ordering.iterdescendants("*"):
        if tag_of(each) not in _READ:
            findings.lose(each, f"the element {tag_of(each)} is left out", rule=_RULE)


def weights_of(section: Element) -> dict[str, Fraction]:
    """Return the weights that a section gives to its items by ident, as WebCT writes them."""
    found: dict[str, Fraction] = {}
    for processing in inside(section, "outcomes_processing"):
        for condition in inside(processing, "objects_condition"):
            idents = [
                all_text(each).strip()
                for each in inside(condition, "outcomes_metadata")
                if given(each, "mdname") == "ident"
            ]
            weights = [
                number_of(all_text(each))
                for each in inside(condition, "objects_parameter")
                if given(each, "pname") == "qmd_weighting"
            ]
            if idents and weights and weights[0] is not None:
                found[idents[0]] = weights[0]
    return found
