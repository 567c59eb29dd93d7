"""Patterns matched in bounded time: an automaton that keeps all ways open at once, so none is tried twice.

A backtracking engine takes time exponential in the length of an answer for patterns like `(a+)+b`, and can't
be stopped. Here each character costs at most as many steps as the pattern has states; transitions once found
are kept, so ordinary answers cost a look-up per character.
"""

from typing import Final

from shared.standards.qti.expressions.pattern_characters import Accepts
from shared.standards.qti.expressions.pattern_syntax import Choice, Node, One, Repeat, Sequence, read_pattern
from shared.standards.qti.faults import Refused
from shared.standards.qti.limits import LIMITS, Limits

_KEPT: Final = 50_000
_END: Final = 0


class Pattern:
    """A pattern of XML Schema, which matches whole strings.

    >>> Pattern("[0-9]+(,[0-9]{1,2})?").matches("3,14")
    True
    """

    def __init__(self, pattern: str, limits: Limits = LIMITS) -> None:
        """Read a pattern. Raises ValueError with what is wrong, Refused for one of too many states."""
        self._most = limits.pattern_steps
        states = limits.pattern_steps // 20
        if len(pattern) > states:
            raise Refused(f"a pattern of {len(pattern)} characters", rule="limits.pattern_steps")
        node, self.notes = read_pattern(pattern)
        if _size(node, states) > states:
            raise Refused(f"a pattern of more than {states} states", rule="limits.pattern_steps")
        self._states = _States()
        self._first = self._states.add(node, _END)
        self._known: dict[frozenset[int], _Ways] = {}
        self._kept = 0

    def matches(self, text: str) -> bool:
        """Say whether the pattern matches a whole text. Raises Refused when that takes too many steps."""
        if self._kept > _KEPT:
            self._known.clear()
            self._kept = 0
        ways = self._open([self._first])
        steps = 0
        for character in text:
            after = ways.after.get(character)
            if after is None:
                after = self._step(ways, character)
                steps += ways.cost + len(after.states)
                if steps > self._most:
                    raise Refused(
                        f"a pattern that takes over {self._most} steps", rule="limits.pattern_steps"
                    )
            if not after.states:
                return False
            ways = after
        return _END in ways.states

    def _step(self, ways: "_Ways", character: str) -> "_Ways":
        """Return the ways that are open after one more character."""
        states = self._states
        taken = [
            states.targets[state][0]
            for state in ways.states
            if (accepts := states.accepts[state]) is not None and accepts(character)
        ]
        ways.after[character] = after = self._open(taken)
        self._kept += 1
        return after

    def _open(self, states: list[int]) -> "_Ways":
        """Return the ways that lead from states without a character."""
        seen = set(states)
        waiting = list(seen)
        while waiting:
            state = waiting.pop()
            if self._states.accepts[state] is None:
                for target in self._states.targets[state]:
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
        found = frozenset(seen)
        cost = sum(self._states.costs[state] for state in found)
        return self._known.setdefault(found, _Ways(found, cost))


class _Ways:
    """States that are open at the same time, what a step from them costs, and those after each character."""

    __slots__ = ("after", "cost", "states")

    def __init__(self, states: frozenset[int], cost: int) -> None:
        self.states = states
        self.cost = cost
        self.after: dict[str, _Ways] = {}


class _States:
    """The states of an automaton: one that takes a character has one target, one that takes none has some."""

    def __init__(self) -> None:
        self.accepts: list[Accepts | None] = [None]
        self.targets: list[list[int]] = [[]]  # of the end
        self.costs: list[int] = [1]

    def add(self, node: Node, then: int) -> int:
        """Add the states of a node that leads to a state; return the first of them."""
        match node:
            case One(accepts, cost):
                return self._new(accepts, [then], cost)
            case Sequence(parts):
                for part in reversed(parts):
                    then = self.add(part, then)
                return then
            case Choice(ways):
                return self._new(None, [self.add(way, then) for way in ways])
            case Repeat(part, least, most):
                return self._repeated(part, least, most, then)

    def _repeated(self, part: Node, least: int, most: int | None, then: int) -> int:
        if most is None:
            loop = self._new(None, [then])
            self.targets[loop].append(self.add(part, loop))
            then = loop
        else:
            leave = then
            for _ in range(most - least):
                then = self._new(None, [self.add(part, then), leave])
        for _ in range(least):
            then = self.add(part, then)
        return then

    def _new(self, accepts: Accepts | None, targets: list[int], cost: int = 1) -> int:
        self.accepts.append(accepts)
        self.targets.append(targets)
        self.costs.append(cost)
        return len(self.accepts) - 1


def _size(node: Node, most: int) -> int:
    """Return how many states a node takes, counted no further than just beyond `most`."""
    match node:
        case One():
            return 1
        case Sequence(nodes) | Choice(nodes):
            return min(1 + sum(_size(inner, most) for inner in nodes), most + 1)
        case Repeat(part, least, upper):
            times = least + 1 if upper is None else upper
            return min(1 + times * (1 + _size(part, most)), most + 1)
