"""A small memory of what views were shaped to: the same version for the same audience is shaped once.

Views change only when a fold writes them, and open pages ask for them every ten seconds. A shape is kept with
the text that it was made of, and given again for the same text only: it needs no time to live.
"""

from collections.abc import Callable
from typing import Any, Final

from shared.analytics.model import Rollup
from shared.analytics.policies import Audience
from shared.kernel.bounded import Bounded
from shared.kernel.scope import TenantScope

type Mastery = tuple[int, ...]
type Shaping[T] = Callable[[Rollup, Mastery], T]

CAPACITY: Final = 64
"""Tenants and audiences whose last shape is remembered: one shape may take a megabyte."""


BYTES: Final = 4_000_000
"""Texts of views whose shapes are remembered: a shape may take ten times as much memory."""


class WholeShapes:
    """Remembers what views were last shaped to for all who see the whole of them.

    Such a shape follows from the view and from the tenant's bounds of mastery. No shape may be changed.
    """

    def __init__(self) -> None:
        self._shapes: Bounded[tuple[str, Mastery], tuple[Rollup, Any]] = Bounded(BYTES, _size)

    def of[T](
        self, scope: TenantScope, view: tuple[str, str], rollup: Rollup, shape: Shaping[T], mastery: Mastery
    ) -> T:
        """Return what `shape` makes of a view, which shard and id name; from memory where it is as before."""
        key = (scope.key(*view), mastery)
        known = self._shapes.get(key)
        if known is None or known[0] != rollup:
            known = (rollup, shape(rollup, mastery))
            self._shapes.put(key, known)
        shaped: T = known[1]
        return shaped


class Shapes[T]:
    """Remembers what one view of each tenant was last shaped to for each audience of many people."""

    def __init__(self) -> None:
        self._shapes: Bounded[tuple[str, Audience], tuple[Rollup, T]] = Bounded(CAPACITY)

    def of(self, scope: TenantScope, audience: Audience, rollup: Rollup, shape: Callable[[Rollup], T]) -> T:
        """Return what `shape` makes of `rollup` for the audience, from memory where it is the same as before.

        Who has courses or results of their own is an audience of one, and not remembered.
        """
        if audience.courses or audience.learners:
            return shape(rollup)
        key = (scope.key(), audience)
        known = self._shapes.get(key)
        if known is None or known[0] != rollup:
            known = (rollup, shape(rollup))
            self._shapes.put(key, known)
        return known[1]


def _size(shaped: tuple[Rollup, Any]) -> int:
    return len(shaped[0].text)
