"""Turns regular expressions round: writes a text that a pattern matches, with what its groups are to hold."""

import importlib
import re
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, Final

_PARSER: Final = importlib.import_module("re._parser")
"""The syntax tree that `re` itself compiles; there is no public way to it."""
_WORDS: Final = "abcdefghijklmnopqrstuvwxyz"
_MOST: Final = 6


class NotInvertible(Exception):
    """A pattern of a mapping file for which no text could be found; it names the pattern."""


def inverted(pattern: str, wishes: Mapping[str, str], random: Random) -> tuple[str, dict[str, str]]:
    """Return a text that `pattern` matches and what its named groups hold there.

    A group holds what is wished where the pattern allows that, else something that it does allow.
    """
    tree = _PARSER.parse(pattern)
    names = {number: name for name, number in tree.state.groupdict.items()}
    refused: set[str] = set()
    while True:
        kept = {name: text for name, text in wishes.items() if name not in refused}
        writing = _Writing(names, kept, random)
        text = writing.text(tree)
        match = re.search(pattern, text)
        if match is not None:
            found = {name: held for name, held in match.groupdict().items() if held is not None}
            wrong = {name for name, held in writing.held.items() if found.get(name) != held}
            if not wrong:
                return text, found
            refused |= wrong
        else:
            refused |= kept.keys()
        if not kept:
            raise NotInvertible(f"no text was found for the pattern {pattern}")


class _Writing:
    """One text for a syntax tree; `held` is what its groups were filled with."""

    def __init__(self, names: Mapping[int, str], wishes: Mapping[str, str], random: Random) -> None:
        self._names = names
        self._wishes = wishes
        self._random = random
        self.held: dict[str, str] = {}

    def text(self, tree: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._node(str(kind), argument) for kind, argument in tree)

    def _node(self, kind: str, argument: Any) -> str:  # noqa: ANN401, PLR0911 - a node of any kind
        match kind:
            case "LITERAL":
                return chr(argument)
            case "NOT_LITERAL" | "ANY":
                return self._random.choice(_WORDS)
            case "IN":
                return self._one_of(argument)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, _, inner = argument
                return "".join(self.text(inner) for _ in range(least))
            case "SUBPATTERN":
                return self._group(argument[0], argument[-1])
            case "BRANCH":
                return self.text(argument[1][0])
            case "CATEGORY":
                return self._of_category(str(argument))
            case _:
                # Anchors and assertions take no characters; whether they hold is seen by matching.
                return ""

    def _group(self, number: int | None, inner: Iterable[tuple[Any, Any]]) -> str:
        name = self._names.get(number or 0)
        if name is None:
            return self.text(inner)
        self.held[name] = self._wishes[name] if name in self._wishes else self._varied(inner)
        return self.held[name]

    def _varied(self, inner: Iterable[tuple[Any, Any]]) -> str:
        """Return a text for a group nobody wished for; longer than the least, so that two rarely agree."""
        parts = list(inner)
        if len(parts) == 1 and str(parts[0][0]).endswith("REPEAT"):
            least, most, repeated = parts[0][1]
            return "".join(self.text(repeated) for _ in range(max(least, min(int(most), _MOST))))
        return self.text(parts)

    def _one_of(self, choices: list[tuple[Any, Any]]) -> str:
        negated = str(choices[0][0]) == "NEGATE"
        allowed = "".join(_members(str(kind), argument, self) for kind, argument in choices[negated:])
        if negated:
            allowed = "".join(letter for letter in _WORDS if letter not in allowed)
        return self._random.choice(allowed)

    def _of_category(self, category: str) -> str:
        if category.endswith("NOT_DIGIT"):
            return "x"
        if category.endswith("DIGIT"):
            return self._random.choice("123456789")
        return " " if category.endswith("CATEGORY_SPACE") else self._random.choice(_WORDS)


def _members(kind: str, argument: Any, writing: _Writing) -> str:  # noqa: ANN401 - a node of any kind
    match kind:
        case "LITERAL":
            return chr(argument)
        case "RANGE":
            return "".join(map(chr, range(argument[0], argument[1] + 1)))
        case _:
            return writing.text([(kind, argument)])
