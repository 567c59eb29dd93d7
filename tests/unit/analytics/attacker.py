"""An attacker who knows sums over published groups and solves for others."""

from collections.abc import Hashable, Sequence
from fractions import Fraction


def solvable[C: Hashable](published: Sequence[frozenset[C]], wanted: frozenset[C]) -> bool:
    """Tell whether the sum over `wanted` is a linear combination of the published sums."""
    columns = list(wanted.union(*published))
    rows = [[Fraction(cell in group) for cell in columns] for group in published]
    target = [Fraction(cell in wanted) for cell in columns]
    for column in range(len(columns)):
        pivot = next((row for row in rows if row[column] and not any(row[:column])), None)
        if pivot is None:
            continue
        rows = [row if row is pivot else reduced(row, pivot, column) for row in rows]
        target = reduced(target, pivot, column)
    return not any(target)


def reduced(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    factor = row[column] / pivot[column]
    return [value - factor * other for value, other in zip(row, pivot, strict=True)]
