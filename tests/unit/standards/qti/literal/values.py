"""Values as the literal interpreter holds them: each with its base type beside it; NULL is None."""

import math
from dataclasses import dataclass

from shared.standards.qti.values import types

type Plain = bool | int | float | str | tuple[object, ...] | frozenset[str]


@dataclass(frozen=True)
class Single:
    """One value: a pair as the set of its identifiers, a directed pair and a point as tuples."""

    base: str
    plain: Plain


@dataclass(frozen=True)
class Many:
    """A multiple or ordered container, never an empty one."""

    ordered: bool
    members: tuple[Single, ...]


type Held = Single | Many | None


def read(text: str, base: str) -> Single | None:
    """Read a value as XML writes it; an empty string is NULL (QTI 2.1, 9.1)."""
    if text == "":
        return None
    words = text.split()
    plain: Plain = text
    if base == "boolean":
        plain = text == "true"
    elif base == "integer":
        plain = int(text)
    elif base in {"float", "duration"}:
        plain = float(text)
    elif base == "pair":
        plain = frozenset(words)
    elif base == "directedPair":
        plain = (words[0], words[1])
    elif base == "point":
        plain = (int(words[0]), int(words[1]))
    return Single(base, plain)


def same(one: Held, other: Held) -> bool:
    """Say whether two values are the same: members of a multiple in any order (QTI 2.1, 15.3: match)."""
    if isinstance(one, Many) and isinstance(other, Many):
        if one.ordered:
            return [member.plain for member in one.members] == [member.plain for member in other.members]
        rest = [member.plain for member in other.members]
        for member in one.members:
            if member.plain not in rest:
                return False
            rest.remove(member.plain)
        return not rest
    return isinstance(one, Single) and isinstance(other, Single) and one.plain == other.plain


def agrees(value: types.Value, held: Held) -> bool:
    """Say whether a value of the library is the same as one of the interpreter."""
    if value is None or held is None:
        return value is None and held is None
    if isinstance(held, Many):
        return types.is_container(value) and same(
            Many(held.ordered, tuple(Single("", _plain(member)) for member in value)), held
        )
    return not types.is_container(value) and not isinstance(value, dict) and _alike(_plain(value), held)


def _plain(value: types.Single) -> Plain:
    if isinstance(value, types.Pair):
        return frozenset(value)
    if isinstance(value, types.DirectedPair | types.Point):
        return tuple(value)
    assert not isinstance(value, types.FileValue)
    return value


def _alike(plain: Plain, held: Single) -> bool:
    if isinstance(plain, float) and isinstance(held.plain, float):
        both_nan = math.isnan(plain) and math.isnan(held.plain)
        return both_nan or plain == held.plain or math.isclose(plain, held.plain, rel_tol=1e-9)
    return type(plain) is type(held.plain) and plain == held.plain
