"""Accumulators of the aggregate functions: constant memory, whatever the size of the group."""

from abc import ABC, abstractmethod

from infra.local.cosmos.sql.functions import tidy
from infra.local.cosmos.values import ARRAY, NUMBER, RANKS, UNDEFINED, order_key


class Accumulator(ABC):
    """Takes the values of a group one by one. Undefined values are not part of the group."""

    def add(self, value: object) -> None:
        """Take a value."""
        if value is not UNDEFINED:
            self._add(value)

    @abstractmethod
    def _add(self, value: object) -> None:
        """Take a defined value."""

    @abstractmethod
    def result(self) -> object:
        """Return the aggregate of the values so far."""


class Count(Accumulator):
    """The number of defined values."""

    def __init__(self) -> None:
        self._count = 0

    def _add(self, value: object) -> None:
        self._count += 1

    def result(self) -> object:
        """Return the count."""
        return self._count


class CountIf(Count):
    """The number of values that are true."""

    def _add(self, value: object) -> None:
        if value is True:
            super()._add(value)


class Sum(Accumulator):
    """The sum of numbers; undefined as soon as there is anything else."""

    def __init__(self) -> None:
        self._sum: float = 0
        self._count = 0
        self._defined = True

    def _add(self, value: object) -> None:
        if isinstance(value, (int, float)) and RANKS[type(value)] == NUMBER:
            self._sum += value
            self._count += 1
        else:
            self._defined = False

    def result(self) -> object:
        """Return the sum, 0 for an empty group."""
        return tidy(self._sum) if self._defined else UNDEFINED


class Average(Sum):
    """The mean of numbers; undefined for an empty group."""

    def result(self) -> object:
        """Return the mean."""
        return tidy(self._sum / self._count) if self._defined and self._count else UNDEFINED


class Minimum(Accumulator):
    """The least scalar in the order of types; arrays and objects do not take part."""

    def __init__(self) -> None:
        self._best: object = UNDEFINED

    def _add(self, value: object) -> None:
        if RANKS[type(value)] < ARRAY and (self._best is UNDEFINED or self._is_better(value)):
            self._best = value

    def _is_better(self, value: object) -> bool:
        return order_key(value) < order_key(self._best)

    def result(self) -> object:
        """Return the extreme, undefined for an empty group."""
        return self._best


class Maximum(Minimum):
    """The greatest scalar."""

    def _is_better(self, value: object) -> bool:
        return order_key(value) > order_key(self._best)


ACCUMULATORS: dict[str, type[Accumulator]] = {
    "COUNT": Count,
    "COUNTIF": CountIf,
    "SUM": Sum,
    "AVG": Average,
    "MIN": Minimum,
    "MAX": Maximum,
}
