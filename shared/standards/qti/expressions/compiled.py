"""What an expression is compiled to: a typed function of the values of one session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, Protocol

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Place, Refused
from shared.standards.qti.limits import Limits
from shared.standards.qti.values.types import BaseType, Cardinality, Value


@dataclass(slots=True)
class Frame:
    """One run of processing: the values of all variables, chance, and what may still be spent.

    `values` holds every declared variable and the built-in ones, by identifier; None is NULL. `corrects` and
    `defaults` hold what template processing put in the place of declared correct responses and defaults.
    `fixed` names outcomes that a human scored: no rule changes them. The same seed gives the same chance.
    """

    values: dict[str, Value]
    seed: int
    repeats_left: int
    corrects: dict[str, Value] = field(default_factory=dict)
    defaults: dict[str, Value] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    _chance: Random | None = None

    @property
    def chance(self) -> Random:
        """What is drawn from; seeded when first asked for, as most runs draw nothing and it takes time."""
        if self._chance is None:
            self._chance = Random(self.seed)  # noqa: S311 - has to repeat, not to be secret
        return self._chance

    def begin_anew(self, seed: int, repeats: int) -> None:
        """Let a further run go on with these values: its own chance, and all its repeats to spend."""
        self.seed, self.repeats_left, self._chance = seed, repeats, None

    def spend_repeats(self, turns: int) -> None:
        """Take turns of `repeat` from what is left. Raises Refused when it is used up."""
        self.repeats_left -= turns
        if self.repeats_left < 0:
            raise Refused(f"{turns} more repeats than a run may make", rule="limits.repeats")


type Run[T] = Callable[[Frame], T]


class Compiled(NamedTuple):
    """An expression: its type as far as it shows without a run, and the function that gives its value.

    Both are None where the run decides (custom operators, NULL); `base_type` is None for records, too, and
    for their fields.
    """

    base_type: BaseType | None
    cardinality: Cardinality | None
    run: Run[Value]


@dataclass(frozen=True, slots=True)
class Operator:
    """A custom operator: what it makes of the values of its operands, and the base type of that.

    `base_type` is None where only the run shows it. NULL is None.

    >>> count = Operator(lambda values: len(values), BaseType.INTEGER)
    >>> count.apply(("a", None))
    2
    """

    apply: Callable[[tuple[Value, ...]], Value]
    base_type: BaseType | None = None


class Scope(Protocol):
    """What a compiler of expressions may ask about the item or test that it compiles for."""

    @property
    def limits(self) -> Limits:
        """The bounds of processing."""
        ...

    @property
    def operators(self) -> Mapping[str, Operator]:
        """The custom operators, by definition."""
        ...

    def compile(self, element: Element) -> Compiled:
        """Compile an expression inside another."""
        ...

    def declaration(self, identifier: str) -> Declaration | None:
        """Return what is declared under an identifier, None where nothing is."""
        ...

    def place(self, element: Element) -> Place:
        """Return where an element stands, its file included."""
        ...

    def warn(self, element: Element, message: str, *, rule: str) -> None:
        """Note something that is off, but has an agreed meaning."""
        ...


type ExpressionCompiler = Callable[[Element, Scope], Compiled]
"""Compiles one kind of expression. Raises Invalid, with place and clause, for operands that can't be."""
