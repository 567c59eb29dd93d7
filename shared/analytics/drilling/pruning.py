"""Which files of a version can hold a row that is asked for, told by partition and statistics alone."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shared.analytics.drilling.model import Among, Condition, DataFile
from shared.kernel.batches import sized

PARTITION: Final = "source"

_TOGETHER: Final = 32 * 1024**2
"""Bytes of files read in one go. Between two goes the clock is looked at, and what is held is measured."""


def admitted(
    files: Iterable[DataFile], conditions: Sequence[Condition], alternatives: Sequence[Condition] | None
) -> list[DataFile]:
    """Return the files that may hold a row which meets all `conditions` and one of `alternatives`."""
    return [
        file
        for file in files
        if all(_may_meet(file, condition) for condition in conditions)
        and (alternatives is None or any(_may_meet(file, condition) for condition in alternatives))
    ]


def groups(files: Iterable[DataFile]) -> Iterator[list[DataFile]]:
    """Yield files in their order, as many together as are read in one go."""
    return sized(files, lambda file: file.size, _TOGETHER)


def _may_meet(file: DataFile, condition: Condition) -> bool:
    extremes = (
        (file.source, file.source) if condition.column == PARTITION else file.extremes.get(condition.column)
    )
    if extremes is None:
        return True
    least, greatest = extremes
    if isinstance(condition, Among):
        return any(least <= str(value) <= greatest for value in condition.values)
    below = condition.greatest is not None and str(condition.greatest) < least
    above = condition.least is not None and str(condition.least) > greatest
    return not (below or above)
