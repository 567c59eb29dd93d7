"""A small memory of what views were shaped to: the same version for the same audience is shaped once.

Views of a whole tenant are large, everybody looks at them, and they change only when a fold writes them. Each
is still read anew for every call, so that no answer is older than the store.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from shared.analytics.model import Rollup
from shared.analytics.policies import Audience
from shared.kernel.scope import TenantScope

CAPACITY: Final = 64
"""Tenants and audiences whose last shape is remembered: one shape may take a megabyte."""


class Shapes[T]:
    """Remembers what one view of each tenant was last shaped to for each audience of many people."""

    def __init__(self) -> None:
        self._shapes: OrderedDict[tuple[str, Audience], tuple[Rollup, T]] = OrderedDict()

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
            self._shapes[key] = known
        self._shapes.move_to_end(key)
        if len(self._shapes) > CAPACITY:
            self._shapes.popitem(last=False)
        return known[1]
