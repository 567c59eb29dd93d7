"""How reliably an assessment measures: alpha over the items that most learners had, the core."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.analytics.items import figures
from shared.analytics.items.flags import FEWEST_ANSWERS


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of the core, in whatever version: multiples of its variance, and of that of the rest."""

    variance: int
    of_rest: int


@dataclass(frozen=True, slots=True)
class Form:
    """The core of an assessment, and the `n` learners for whom all of it was scored.

    Variances are multiples: n * xx - x * x. Figures are None for fewer than `FEWEST_ANSWERS` learners.
    """

    n: int
    possible: int
    total: int
    total_squares: int
    items: Mapping[str, _Item]
    within: int
    """The sum of the items' variances."""

    @classmethod
    def of(cls, assessment: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> Self:
        """Return the form of an assessment from its sums and those of its items."""
        n, total, squares = (assessment[name] for name in ("complete", "total", "total_squares"))
        sums: dict[str, list[int]] = {}
        for row in items:
            if row["core"]:
                own = [row[name] for name in ("core_points", "core_squares", "core_with_total")]
                sums[row["item"]] = [
                    a + b for a, b in zip(sums.get(row["item"], [0, 0, 0]), own, strict=True)
                ]
        spread = n * squares - total**2
        known = {
            item: _Item(n * xx - x * x, spread - 2 * (n * xt - x * total) + n * xx - x * x)
            for item, (x, xx, xt) in sums.items()
        }
        within = sum(item.variance for item in known.values())
        return cls(n, assessment["possible"], total, squares, known, within)

    @property
    def enough(self) -> bool:
        """Whether there are items, and learners enough for figures."""
        return self.n >= FEWEST_ANSWERS and bool(self.items)

    @property
    def maximum(self) -> float | None:
        """The points that could be reached."""
        return figures.points(self.possible, self.n) if self.enough else None

    @property
    def mean(self) -> float | None:
        """The mean of the totals in points."""
        return figures.points(self.total, self.n) if self.enough else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the totals in points."""
        return figures.deviation(self.n, self.total, self.total_squares) if self.enough else None

    @property
    def alpha(self) -> float | None:
        """Cronbach's alpha."""
        return figures.alpha(len(self.items), self.within, self._spread) if self.enough else None

    @property
    def standard_error(self) -> float | None:
        """The standard error of measurement in points."""
        if not self.enough:
            return None
        return figures.standard_error(len(self.items), self.within, self._spread, self.n)

    def alpha_without(self, item: str) -> float | None:
        """Return Cronbach's alpha of the other items of the core."""
        left_out = self.items[item]
        within = self.within - left_out.variance
        return figures.alpha(len(self.items) - 1, within, left_out.of_rest) if self.enough else None

    @property
    def _spread(self) -> int:
        return self.n * self.total_squares - self.total**2
