"""Patterns read (XML Schema 1.0 part 2, appendix F), and what authors write as in other dialects.

Anchors around a pattern, groups that capture nothing and lazy quantifiers change no match of a whole string:
they are read over, with a note. What would change one (look-around, backreferences, flags) is an error.
"""

import re
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.expressions.pattern_characters import (
    ANY,
    CLASSES,
    SINGLE_ESCAPES,
    Accepts,
    any_of,
    in_category,
    none_of,
    one,
    span,
    without,
)


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set; `cost` is how many sets are asked for it at most."""

    accepts: Accepts
    cost: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some ways."""

    ways: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `least` to `most` times; None has no end."""

    part: "Node"
    least: int
    most: int | None


type Node = One | Sequence | Choice | Repeat

_DEPTH: Final = 100
_COUNTS: Final = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_QUANTITY: Final = re.compile(r"\{(\d+)(,(\d+)?)?\}")
_META: Final = ".\\?*+{}()|[]"


def read_pattern(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """Return what a pattern says, and notes of what is no XML Schema. Raises ValueError."""
    reader = _Reader(pattern)
    if pattern.startswith("^"):
        reader.note("anchors around a pattern are read over")
        reader.at = 1
    if _ends_with_anchor(pattern):
        reader.note("anchors around a pattern are read over")
        reader.end -= 1
    node = reader.choice(0)
    if reader.at < reader.end:
        raise ValueError(f"{pattern[reader.at]!r} at {reader.at + 1} closes nothing")
    return node, tuple(reader.notes)


def _ends_with_anchor(pattern: str) -> bool:
    before = pattern[:-1]
    return pattern.endswith("$") and (len(before) - len(before.rstrip("\\"))) % 2 == 0


class _Reader:
    """A place in a pattern, and how to go on from it."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.end = len(pattern)
        self.notes: dict[str, None] = {}

    def note(self, message: str) -> None:
        self.notes[message] = None

    def choice(self, depth: int) -> Node:
        if depth > _DEPTH:
            raise ValueError(f"groups in groups deeper than {_DEPTH}")
        ways = [self._sequence(depth)]
        while self._take("|"):
            ways.append(self._sequence(depth))
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def _sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < self.end and self.pattern[self.at] not in "|)":
            parts.append(self._quantified(self._atom(depth)))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, atom: Node) -> Node:
        counts = self._counts()
        if counts is None:
            return atom
        least, most = counts
        if most is not None and most < least:
            raise ValueError(f"a quantity from {least} to {most}")
        if self._take("?"):
            self.note("a lazy quantifier matches the same whole strings")
        return Repeat(atom, least, most)

    def _counts(self) -> tuple[int, int | None] | None:
        mark = self._peek()
        if mark in _COUNTS:
            self.at += 1
            return _COUNTS[mark]
        if mark != "{":
            return None
        found = _QUANTITY.match(self.pattern, self.at, self.end)
        if found is None:
            raise ValueError(f"'{{' at {self.at + 1} begins no quantity")
        self.at = found.end()
        least = int(found[1])
        return least, least if found[2] is None else int(found[3]) if found[3] else None

    def _atom(self, depth: int) -> Node:
        mark = self._next()
        if mark == "(":
            return self._group(depth)
        if mark == "[":
            return self._set(depth)
        if mark == "\\":
            return One(self._escape())
        if mark == ".":
            return One(ANY)
        if mark in _META:
            raise ValueError(f"{mark!r} at {self.at} has nothing before it, or closes nothing")
        return One(one(mark))

    def _group(self, depth: int) -> Node:
        if self._take("?"):
            if not self._take(":"):
                raise ValueError(f"'(?{self._peek()}' at {self.at - 1}: only groups are known")
            self.note("all groups capture nothing")
        node = self.choice(depth + 1)
        if not self._take(")"):
            raise ValueError("a group is not closed")
        return node

    def _escape(self) -> Accepts:
        mark = self._next()
        if mark in CLASSES:
            return CLASSES[mark]
        if mark in "pP":
            accepts = in_category(self._braced())
            return accepts if mark == "p" else none_of(accepts)
        return one(self._escaped(mark))

    def _escaped(self, mark: str) -> str:
        if mark in SINGLE_ESCAPES:
            return SINGLE_ESCAPES[mark]
        if mark.isalnum():
            raise ValueError(f"'\\{mark}' at {self.at - 1} is no escape of XML Schema")
        return mark

    def _braced(self) -> str:
        close = self.pattern.find("}", self.at, self.end)
        if not self._take("{") or close < 0:
            raise ValueError(f"'\\p' at {self.at - 1} names no category")
        name = self.pattern[self.at : close]
        self.at = close + 1
        return name

    def _set(self, depth: int) -> One:
        """Read what stands between brackets, which may end with a set to take away: `[a-z-[aeiou]]`."""
        if depth > _DEPTH:
            raise ValueError(f"sets in sets deeper than {_DEPTH}")
        negative = self._take("^")
        characters: set[str] = set()
        sets: list[Accepts] = []
        taken: One | None = None
        while not self._take("]"):
            if taken is not None:
                raise ValueError("a set goes on after what is taken away from it")
            if (characters or sets) and self.pattern.startswith("-[", self.at):
                self.at += 2
                taken = self._set(depth + 1)
            else:
                self._add_member(characters, sets)
        if not characters and not sets:
            raise ValueError("a set of no characters")
        union = any_of(frozenset(characters), sets)
        accepts = none_of(union) if negative else union
        cost = 1 + len(sets)
        return (
            One(accepts, cost) if taken is None else One(without(accepts, taken.accepts), cost + taken.cost)
        )

    def _add_member(self, characters: set[str], sets: list[Accepts]) -> None:
        mark = self._next()
        if mark == "\\":
            mark = self._next()
            if mark in CLASSES or mark in "pP":
                self.at -= 1
                sets.append(self._escape())
                return
            mark = self._escaped(mark)
        if self._peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in {"]", "[", ""}:
            characters.add(mark)
            return
        self.at += 1
        sets.append(self._range_from(mark))

    def _range_from(self, mark: str) -> Accepts:
        last = self._next()
        if last == "\\":
            last = self._escaped(self._next())
        if last < mark:
            raise ValueError(f"a range from {mark!r} to {last!r}")
        return span(mark, last)

    def _peek(self) -> str:
        return self.pattern[self.at] if self.at < self.end else ""

    def _next(self) -> str:
        if self.at >= self.end:
            raise ValueError("the pattern ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def _take(self, mark: str) -> bool:
        if self._peek() != mark:
            return False
        self.at += 1
        return True
