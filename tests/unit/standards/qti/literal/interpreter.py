"""A literal interpreter of expressions: each clause of QTI 2.1, 15, read aloud; slow, and for tests alone.

It walks the XML at run time and shares nothing with the library but the elements. Content has to be what the
clauses allow: what exports do beyond them is not for it.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.standards.qti.documents.element import Element
from tests.unit.standards.qti.literal import numbers
from tests.unit.standards.qti.literal.shapes import is_inside
from tests.unit.standards.qti.literal.spelling import attribute, child, children, name_of
from tests.unit.standards.qti.literal.values import Held, Many, Single, read, same


@dataclass
class Interpreter:
    """The variables of an item, by identifier, and how expressions see them."""

    root: Element
    values: dict[str, Held] = field(default_factory=dict)
    corrects: dict[str, Held] = field(default_factory=dict)
    defaults: dict[str, Held] = field(default_factory=dict)

    def declaration(self, identifier: str) -> Element:
        return next(
            element for element in children(self.root) if attribute(element, "identifier") == identifier
        )

    def stated(self, identifier: str, what: str) -> Held:
        """Return a default value or correct response as declared."""
        declared = self.declaration(identifier)
        held = child(declared, what)
        if held is None:
            return None
        base = str(attribute(declared, "basetype"))
        found = [value for inner in children(held) if (value := read(inner.text or "", base)) is not None]
        if attribute(declared, "cardinality") == "single":
            return found[0] if found else None
        return collect(list(found), ordered=attribute(declared, "cardinality") == "ordered")

    def evaluate(self, element: Element) -> Held:
        """Return the value of an expression."""
        name = name_of(element)
        alone: Callable[[Interpreter, Element], Held] | None = _ALONE.get(name)
        if alone is not None:
            return alone(self, element)
        operands = [self.evaluate(operand) for operand in children(element)]
        if name in _MINDING_NULL:
            return _MINDING_NULL[name](self, element, operands)
        if None in operands:
            return None  # "If any of the sub-expressions is NULL, the result is NULL", in all other clauses
        return _OPERATORS[name](self, element, [operand for operand in operands if operand is not None])

    def mapped(self, expression: str, identifier: str) -> Held:
        """Return what a response is worth by its mapping (mapresponse) or area mapping (mapresponsepoint)."""
        return (_map_of if expression == "mapresponse" else _map_point_of)(self, identifier)

    def number(self, element: Element, name: str, otherwise: str = "") -> float | None:
        """Return a number that an attribute gives or names a variable for."""
        written = attribute(element, name) or otherwise
        if re.fullmatch(r"\{?[A-Za-z_]\w*\}?", written):
            held = self.values[written.strip("{}")]
            return None if held is None else numbers.plain(held)
        return float(written)


type Operand = Single | Many


def truth(value: bool | None) -> Held:
    return None if value is None else Single("boolean", value)


def members(held: Held) -> list[Single]:
    if held is None:
        return []
    return list(held.members) if isinstance(held, Many) else [held]


def collect(operands: list[Held], *, ordered: bool) -> Held:
    """NULLs are ignored, members of containers are added one by one, an empty container is NULL."""
    found = [member for operand in operands for member in members(operand)]
    return Many(ordered, tuple(found)) if found else None


def _base_value(_: Interpreter, element: Element) -> Held:
    return read(element.text or "", str(attribute(element, "basetype")))


def _null(_: Interpreter, __: Element) -> Held:
    return None


def _variable(interpreter: Interpreter, element: Element) -> Held:
    return interpreter.values[str(attribute(element, "identifier"))]


def _correct(interpreter: Interpreter, element: Element) -> Held:
    identifier = str(attribute(element, "identifier"))
    if identifier in interpreter.corrects:
        return interpreter.corrects[identifier]
    return interpreter.stated(identifier, "correctresponse")


def _default(interpreter: Interpreter, element: Element) -> Held:
    identifier = str(attribute(element, "identifier"))
    if identifier in interpreter.defaults:
        return interpreter.defaults[identifier]
    return interpreter.stated(identifier, "defaultvalue")


def _constant(_: Interpreter, element: Element) -> Held:
    return Single("float", {"pi": math.pi, "e": math.e}[str(attribute(element, "name"))])


def _map_response(interpreter: Interpreter, element: Element) -> Held:
    return _map_of(interpreter, str(attribute(element, "identifier")))


def _map_of(interpreter: Interpreter, identifier: str) -> Held:
    """Each value once; the first entry that it equals, or the default; the sum within the bounds."""
    declared = interpreter.declaration(identifier)
    mapping = child(declared, "mapping")
    assert mapping is not None
    total = 0.0
    seen: list[object] = []
    for value in _given(interpreter, identifier):
        plain = None if value is None else value.plain
        if plain not in seen:
            seen.append(plain)
            total += _target(mapping, value, str(attribute(declared, "basetype")))
    return Single("float", _bounded(mapping, total))


def _given(interpreter: Interpreter, identifier: str) -> list[Single | None]:
    """Return the values of a response; NULL is mapped, too."""
    return [*members(interpreter.values[identifier])] or [None]


def _target(mapping: Element, value: Single | None, base: str) -> float:
    for entry in children(mapping):
        key = read(str(attribute(entry, "mapkey")), base)
        folds = base == "string" and attribute(entry, "casesensitive") == "false"
        if key is None or value is None:
            hit = key is None and value is None
        elif folds:
            hit = str(key.plain).casefold() == str(value.plain).casefold()
        else:
            hit = key.plain == value.plain
        if hit:
            return float(str(attribute(entry, "mappedvalue")))
    return float(attribute(mapping, "defaultvalue") or "0")


def _bounded(mapping: Element, total: float) -> float:
    lower, upper = attribute(mapping, "lowerbound"), attribute(mapping, "upperbound")
    if lower is not None and total < float(lower):
        return float(lower)
    if upper is not None and total > float(upper):
        return float(upper)
    return total


def _map_response_point(interpreter: Interpreter, element: Element) -> Held:
    return _map_point_of(interpreter, str(attribute(element, "identifier")))


def _map_point_of(interpreter: Interpreter, identifier: str) -> Held:
    """Each area once, each point by the first area that holds it; points in no area get the default."""
    mapping = child(interpreter.declaration(identifier), "areamapping")
    assert mapping is not None
    points = {None if value is None else value.plain for value in _given(interpreter, identifier)}
    entries = children(mapping)
    hit: set[int] = set()
    missed = 0
    for point in points:
        holding = [
            place for place, entry in enumerate(entries) if point is not None and is_inside(point, entry)
        ]
        if holding:
            hit.add(holding[0])
        else:
            missed += 1
    total = missed * float(attribute(mapping, "defaultvalue") or "0")
    total += sum(float(str(attribute(entries[place], "mappedvalue"))) for place in sorted(hit))
    return Single("float", _bounded(mapping, total))


def _repeat(interpreter: Interpreter, element: Element) -> Held:
    times = interpreter.number(element, "numberrepeats")
    found: list[Held] = []
    for _ in range(int(times or 0)):
        found.extend(interpreter.evaluate(operand) for operand in children(element))
    return collect(found, ordered=True)


def _is_null(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    return truth(operands[0] is None)


def _container_size(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    return Single("integer", len(members(operands[0])))


def _multiple(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    return collect(operands, ordered=False)


def _ordered(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    return collect(operands, ordered=True)


def _and(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    values = [None if operand is None else numbers.plain(operand) for operand in operands]
    if False in values:
        return truth(False)
    return truth(None if None in values else True)


def _or(_: Interpreter, __: Element, operands: list[Held]) -> Held:
    values = [None if operand is None else numbers.plain(operand) for operand in operands]
    if True in values:
        return truth(True)
    return truth(None if None in values else False)


def _any_n(interpreter: Interpreter, element: Element, operands: list[Held]) -> Held:
    """False when more than n - min are false or more than max true; true when min to max are; else NULL."""
    least, most = interpreter.number(element, "min"), interpreter.number(element, "max")
    if least is None or most is None:
        return None
    true = sum(1 for operand in operands if operand is not None and numbers.plain(operand))
    false = sum(1 for operand in operands if operand is not None and not numbers.plain(operand))
    if false > len(operands) - least or true > most:
        return truth(False)
    return truth(True if least <= true and len(operands) - false <= most else None)


def _member(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    return truth(any(same(operands[0], member) for member in members(operands[1])))


def _delete(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    container = operands[1]
    kept: list[Held] = [member for member in members(container) if not same(operands[0], member)]
    return collect(kept, ordered=isinstance(container, Many) and container.ordered)


def _contains(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    whole = [member.plain for member in members(operands[0])]
    part = [member.plain for member in members(operands[1])]
    if isinstance(operands[0], Many) and operands[0].ordered:
        return truth(any(whole[at : at + len(part)] == part for at in range(len(whole))))
    return truth(all(whole.count(value) >= part.count(value) for value in part))


def _index(interpreter: Interpreter, element: Element, operands: list[Operand]) -> Held:
    place = interpreter.number(element, "n")
    found = members(operands[0])
    return None if place is None or not 1 <= place <= len(found) else found[int(place) - 1]


def _only(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    """Random: the interpreter does not draw, and is given containers of one only."""
    (member,) = members(operands[0])
    return member


def _match(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    return truth(same(operands[0], operands[1]))


def _not(_: Interpreter, __: Element, operands: list[Operand]) -> Held:
    return truth(not numbers.plain(operands[0]))


def _string_match(_: Interpreter, element: Element, operands: list[Operand]) -> Held:
    one, other = _texts(element, operands)
    return truth(other in one if attribute(element, "substring") == "true" else one == other)


def _substring(_: Interpreter, element: Element, operands: list[Operand]) -> Held:
    one, other = _texts(element, operands)
    return truth(one in other)


def _texts(element: Element, operands: list[Operand]) -> list[str]:
    texts = [str(member.plain) for operand in operands for member in members(operand)]
    return [text.casefold() for text in texts] if attribute(element, "casesensitive") == "false" else texts


def _pattern_match(_: Interpreter, element: Element, operands: list[Operand]) -> Held:
    """Patterns that are the same in XML Schema and Python."""
    (member,) = members(operands[0])
    return truth(re.fullmatch(str(attribute(element, "pattern")), str(member.plain)) is not None)


def _inside(_: Interpreter, element: Element, operands: list[Operand]) -> Held:
    return truth(any(is_inside(member.plain, element) for member in members(operands[0])))


_ALONE = {
    "basevalue": _base_value,
    "null": _null,
    "variable": _variable,
    "correct": _correct,
    "default": _default,
    "mathconstant": _constant,
    "mapresponse": _map_response,
    "mapresponsepoint": _map_response_point,
    "repeat": _repeat,
    "randominteger": numbers.only_integer,
    "randomfloat": numbers.only_float,
}
_MINDING_NULL = {
    "and": _and,
    "or": _or,
    "anyn": _any_n,
    "isnull": _is_null,
    "containersize": _container_size,
    "multiple": _multiple,
    "ordered": _ordered,
}
_OPERATORS = {
    "member": _member,
    "delete": _delete,
    "contains": _contains,
    "index": _index,
    "random": _only,
    "match": _match,
    "not": _not,
    "stringmatch": _string_match,
    "substring": _substring,
    "patternmatch": _pattern_match,
    "inside": _inside,
    **numbers.OPERATORS,
}
