"""The order in which a candidate sees choices (QTI 3.0, shuffle and fixed)."""

from collections.abc import Sequence
from random import Random

from shared.standards.qti.documents.element import Element, is_true


def in_order(choices: Sequence[Element], *, shuffle: bool, chance: str) -> list[Element]:
    """Return choices in the order to show them in, the same for the same text of chance.

    Fixed ones keep their place. The text of chance stays here: who knew it could turn the shuffling back.
    """
    if not shuffle:
        return list(choices)
    movable = [choice for choice in choices if not is_true(choice, "fixed")]
    Random(chance).shuffle(movable)  # noqa: S311 - repeatable on purpose, no secret depends on it
    moved = iter(movable)
    return [choice if is_true(choice, "fixed") else next(moved) for choice in choices]
