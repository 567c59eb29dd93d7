"""What about an item deserves a look, and why. Pure rules over rounded figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FEWEST_ANSWERS: Final = 10
"""With fewer answers nothing is said about an item but how many there are."""

_HARD: Final = 0.30
_EASY: Final = 0.90
_RARE: Final = 0.05
"""A wrong option that fewer learners choose does not distract anybody (Haladyna and Downing, 1993)."""

_CHOICES: Final = 8
"""With more different answers, they are combinations or entries: a rare one is no distractor that fails."""


class FlagCode(StrEnum):
    """What a flag says."""

    TOO_FEW = "too-few"
    TOO_HARD = "too-hard"
    TOO_EASY = "too-easy"
    KEY_SUSPECT = "key-suspect"
    DEAD_DISTRACTOR = "dead-distractor"


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at, its reason in words, and the option that it is about."""

    code: FlagCode
    reason: str
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that was given to an item, None for no answer.

    `share` is of all to whom the item was presented, `credit` the part of the points that the answer gave,
    `correlation` that of giving it with the total, `mean_total` the mean part of all points of those who did.
    """

    text: str | None
    count: int
    share: float
    credit: float | None
    correlation: float | None
    mean_total: float | None

    @property
    def keyed(self) -> bool:
        """Whether the answer gave all points."""
        return self.text is not None and self.credit is not None and self.credit >= 1

    @property
    def wrong(self) -> bool:
        """Whether the answer, if it is one, cost points."""
        return self.text is not None and self.credit is not None and self.credit < 1


def flags(
    presented: int, scored: int, p: float | None, item_rest: float | None, options: Sequence[Option]
) -> list[Flag]:
    """Return the flags of an item in a fixed order; only that it has too few answers, where it has."""
    if scored < FEWEST_ANSWERS:
        return [Flag(FlagCode.TOO_FEW, _too_few(presented, scored))]
    return [*_difficulty(p), *_key(item_rest, options), *_distractors(options)]


def _too_few(presented: int, scored: int) -> str:
    said = f"{scored} of {presented} answers are scored" if scored < presented else f"{scored} answers"
    return f"{said}; figures need at least {FEWEST_ANSWERS}"


def _difficulty(p: float | None) -> Iterator[Flag]:
    if p is not None and p < _HARD:
        yield Flag(FlagCode.TOO_HARD, f"{p:.1%} of the points were reached; below {_HARD:.0%} is hard")
    if p is not None and p > _EASY:
        yield Flag(FlagCode.TOO_EASY, f"{p:.1%} of the points were reached; above {_EASY:.0%} is easy")


def _key(item_rest: float | None, options: Sequence[Option]) -> Iterator[Flag]:
    if item_rest is not None and item_rest < 0:
        reason = f"those who do better on the other items do worse on this one ({item_rest:.2f})"
        yield Flag(FlagCode.KEY_SUSPECT, reason)
    keyed = [known.correlation for known in options if known.keyed and known.correlation is not None]
    best = max(keyed, default=None)
    for option in options:
        draws = option.correlation
        if best is None or draws is None or not option.wrong or option.share < _RARE:
            continue
        if draws > max(best, 0):
            reason = f"those who chose it do better ({draws:.2f}) than those who chose the key ({best:.2f})"
            yield Flag(FlagCode.KEY_SUSPECT, reason, option.text)


def _distractors(options: Sequence[Option]) -> Iterator[Flag]:
    if sum(option.text is not None for option in options) > _CHOICES:
        return
    for option in options:
        if option.wrong and option.share < _RARE:
            reason = f"{option.share:.1%} chose it; a wrong option below {_RARE:.0%} distracts nobody"
            yield Flag(FlagCode.DEAD_DISTRACTOR, reason, option.text)
