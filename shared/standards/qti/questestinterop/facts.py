"""What an item read from QTI 1.2 asks and takes as right, in few words: read from its tree of QTI 3.0."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element, descendants_named
from shared.standards.qti.questestinterop.calculated import ANSWER, FORMULA, RANGE, TOLERANCE
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.names import all_text, tag_of

_CHOICES: Final = ("qti-simple-choice", "qti-inline-choice")
_EQUALS: Final = ("qti-equal", "qti-equal-rounded")


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a number may be off: so much, or so many percent."""

    amount: str
    kind: str


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """The facts of one item. Those that its kind of question does not have are empty.

    `pairs` tells the text that belongs to each text of a matching, `distractors` the texts that belong to
    none; `values` the numbers that are right, `ranges` the lowest and highest value of each variable of a
    formula, `answers` the right answer for each set of values.
    """

    kind: Kind
    points: float | None
    choices: tuple[str, ...]
    shuffle: bool
    correct: tuple[str, ...]
    pairs: dict[str, str]
    distractors: tuple[str, ...]
    all_or_nothing: bool
    values: tuple[str, ...]
    margin: Margin | None
    formula: str
    ranges: dict[str, tuple[float, float]]
    answers: tuple[float, ...]
    tolerance: str


def facts_of(item: ImportedItem) -> ItemFacts:
    """Return the facts of an item.

    >>> from shared.standards.qti import parse, read_questestinterop
    >>> file = parse(b'<questestinterop><item ident="8" title="Hi"/></questestinterop>')
    >>> facts: ItemFacts = facts_of(read_questestinterop(file).items[0])
    >>> facts.kind.value, facts.choices
    ('text only', ())
    """
    root = item.document.root
    pairs, distractors = _pairs(root)
    return ItemFacts(
        item.kind,
        item.points,
        tuple(all_text(each).strip() for each in descendants_named(root, *_CHOICES)),
        any(each.get("shuffle") == "true" for each in root.iter("*")),
        tuple(_correct(root)),
        pairs,
        distractors,
        _is_all_or_nothing(root),
        tuple(dict.fromkeys(_numbers(root))),
        _margin(root),
        next(iter(_default(root, FORMULA)), ""),
        dict(_ranges(root)),
        tuple(_answers(root)),
        next(iter(_default(root, TOLERANCE)), ""),
    )


def _correct(root: Element) -> Iterator[str]:
    for correct in descendants_named(root, "qti-correct-response"):
        yield from (all_text(value) for value in correct.iterchildren("*"))


def _pairs(root: Element) -> tuple[dict[str, str], tuple[str, ...]]:
    sets = list(descendants_named(root, "qti-simple-match-set"))
    if len(sets) != 2:
        return {}, ()
    left, right = ({each.get("identifier", ""): all_text(each).strip() for each in side} for side in sets)
    found = [value.split() for value in _correct(root)]
    used = {pair[1] for pair in found}
    pairs = {left[source]: right[target] for source, target in found}
    return pairs, tuple(text for name, text in right.items() if name not in used)


def _is_all_or_nothing(root: Element) -> bool:
    """Say whether a score is set as a whole, or made whole in the end, and not summed of parts."""
    sums = any(True for _ in descendants_named(root, "qti-sum", "qti-map-response"))
    processing = list(descendants_named(root, "qti-response-processing"))
    last = next(iter(processing[0].iterchildren("*", reversed=True)), None) if processing else None
    whole = last is not None and any(
        tag_of(each[0]) == "qti-variable" and each[0].get("identifier") == "SCORE"
        for each in descendants_named(last, "qti-gte")
    )
    return whole or not sums


def _numbers(root: Element) -> Iterator[str]:
    for equal in descendants_named(root, *_EQUALS):
        yield from (all_text(each) for each in descendants_named(equal, "qti-base-value"))


def _margin(root: Element) -> Margin | None:
    equal = next(descendants_named(root, *_EQUALS), None)
    if equal is None:
        return None
    if equal.get("tolerance-mode") in {"relative", "absolute"}:
        kind = "percent" if equal.get("tolerance-mode") == "relative" else "absolute"
        return Margin(equal.get("tolerance", "").split()[0], kind)
    beside = equal.getparent()
    lows = [] if beside is None else list(descendants_named(beside, "qti-gte", "qti-gt"))
    if not lows:
        return None
    value, low = (Fraction(all_text(each)) for each in (equal[1], lows[0][1]))
    return Margin(str(float(value - low)), "absolute")


def _default(root: Element, name: str) -> Iterator[str]:
    for declared in descendants_named(root, "qti-template-declaration"):
        if declared.get("identifier") == name:
            yield from (all_text(value) for value in descendants_named(declared, "qti-value"))


def _ranges(root: Element) -> Iterator[tuple[str, tuple[float, float]]]:
    for declared in descendants_named(root, "qti-template-declaration"):
        name = declared.get("identifier", "")
        if name.startswith(RANGE):
            low, high = (float(text) for text in _default(root, name))
            yield name.removeprefix(RANGE), (low, high)


def _answers(root: Element) -> Iterator[float]:
    for rule in descendants_named(root, "qti-set-template-value"):
        if rule.get("identifier") == ANSWER:
            yield from (float(all_text(each)) for each in descendants_named(rule, "qti-base-value"))
