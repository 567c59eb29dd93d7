"""The clauses of numbers, read aloud (QTI 2.1, 15.3): in exact arithmetic where a clause speaks of digits."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from shared.standards.qti.documents.element import Element
from tests.unit.standards.qti.literal.spelling import attribute
from tests.unit.standards.qti.literal.values import Held, Many, Single

if TYPE_CHECKING:
    from tests.unit.standards.qti.literal.interpreter import Interpreter

type Operand = Single | Many
type Operator = Callable[["Interpreter", Element, list[Operand]], Held]
type Number = int | float

DIGITS = 300


def plain(held: Operand) -> Number:
    """Return what a single number or boolean is."""
    assert isinstance(held, Single)
    assert isinstance(held.plain, int | float)
    return held.plain


def only_integer(interpreter: "Interpreter", element: Element) -> Held:
    """Random: the interpreter does not draw, and is given one number to draw from only."""
    least, most = interpreter.number(element, "min", "0"), interpreter.number(element, "max")
    if least is None or most is None or least > most:
        return None
    assert most - least < (interpreter.number(element, "step", "1") or 1)
    return Single("integer", int(least))


def only_float(interpreter: "Interpreter", element: Element) -> Held:
    """Random: as for integers."""
    least, most = interpreter.number(element, "min", "0"), interpreter.number(element, "max")
    if least is None or most is None or least > most:
        return None
    assert least == most
    return Single("float", float(least))


def _all(operands: list[Operand]) -> list[Number]:
    found: list[Number] = []
    for operand in operands:
        found.extend(map(plain, operand.members) if isinstance(operand, Many) else [plain(operand)])
    return found


def _are_integers(operands: list[Operand]) -> bool:
    singles = [operand.members[0] if isinstance(operand, Many) else operand for operand in operands]
    return all(single.base == "integer" for single in singles)


def _made(operands: list[Operand], number: Number) -> Held:
    """An integer if all operands are, else a float; an integer beyond the limit of digits is NULL."""
    if not _are_integers(operands):
        return Single("float", float(number))
    return _integer(int(number))


def _integer(number: int) -> Held:
    return Single("integer", number) if len(str(abs(number))) <= DIGITS else None


def _sum(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    total: Number = 0
    for number in _all(operands):
        total = total + number
    return _made(operands, total)


def _product(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    total: Number = 1
    for number in _all(operands):
        total = total * number
        if isinstance(total, int) and _integer(total) is None:
            return None
    return _made(operands, total)


def _subtract(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    return _made(operands, plain(operands[0]) - plain(operands[1]))


def _max(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    numbers = _all(operands)
    return None if any(map(math.isnan, numbers)) else _made(operands, _extreme(numbers, lambda x, y: x > y))


def _min(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    numbers = _all(operands)
    return None if any(map(math.isnan, numbers)) else _made(operands, _extreme(numbers, lambda x, y: x < y))


def _extreme(numbers: list[Number], beats: Callable[[Number, Number], bool]) -> Number:
    found = numbers[0]
    for number in numbers:
        found = number if beats(number, found) else found
    return found


def _gcd(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    """The greatest that divides all, tried one by one; 0 where all are zero."""
    numbers = [abs(int(number)) for number in _all(operands) if number]
    if not numbers:
        return Single("integer", 0)
    return Single("integer", _greatest_divisor(numbers))


def _greatest_divisor(numbers: list[int]) -> int:
    found, *rest = numbers
    for number in rest:
        while number:
            found, number = number, found % number  # noqa: PLW2901 - as Euclid has it
    return found


def _lcm(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    """The product over the greatest divisor, two by two; 0 where one is zero."""
    found = 1
    for number in map(int, _all(operands)):
        if number == 0:
            return Single("integer", 0)
        found = abs(found * number) // _greatest_divisor([found, abs(number)])
    return _integer(found)


def _divide(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    above, below = map(plain, operands)
    if below == 0:
        return None
    return _finite(float(above) / float(below))


def _power(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    base, exponent = map(plain, operands)
    try:
        return _finite(math.pow(base, exponent))
    except (ValueError, OverflowError):
        return None


def _finite(number: float) -> Held:
    return Single("float", number) if math.isfinite(number) else None


def _integer_divide(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    above, below = map(plain, operands)
    return None if below == 0 else Single("integer", math.floor(Fraction(int(above), int(below))))


def _integer_modulus(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    above, below = map(plain, operands)
    if below == 0:
        return None
    return Single("integer", int(above - math.floor(Fraction(int(above), int(below))) * below))


def _integer_to_float(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    return Single("float", float(plain(operands[0])))


def _truncate(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    number = plain(operands[0])
    if not math.isfinite(number):
        return None if math.isnan(number) else Single("integer", number)
    whole = math.floor(abs(Fraction(number)))
    return _integer(-whole if number < 0 else whole)


def _round(_: "Interpreter", __: Element, operands: list[Operand]) -> Held:
    """The integer n for all x such that n - 0.5 <= x < n + 0.5."""
    number = plain(operands[0])
    if not math.isfinite(number):
        return None if math.isnan(number) else Single("integer", number)
    return _integer(math.floor(Fraction(number) + Fraction(1, 2)))


def _round_to(interpreter: "Interpreter", element: Element, operands: list[Operand]) -> Held:
    return _rounded(interpreter, element, operands[0])


def _rounded(interpreter: "Interpreter", element: Element, operand: Operand) -> Held:
    """Look at the deciding digit of the decimal string: five or more rounds away from zero."""
    number, figures = plain(operand), interpreter.number(element, "figures")
    if figures is None or math.isnan(number):
        return None
    if not math.isfinite(number) or number == 0:
        return Single("float", float(number))
    exact = abs(Fraction(repr(number)))
    if attribute(element, "roundingmode") == "decimalPlaces":
        place = -int(figures)
        if figures < 0:
            return None
    else:
        if figures < 1:
            return None
        place = _first_digit(exact) - int(figures) + 1
    unit = Fraction(10) ** place
    rounded = math.floor(exact / unit + Fraction(1, 2)) * unit
    return Single("float", float(-rounded if number < 0 else rounded))


def _first_digit(number: Fraction) -> int:
    """Return the power of ten of the first digit that is not zero."""
    place = 0
    while number >= 10:
        number, place = number / 10, place + 1
    while number < 1:
        number, place = number * 10, place - 1
    return place


def _equal_rounded(interpreter: "Interpreter", element: Element, operands: list[Operand]) -> Held:
    one, other = (_rounded(interpreter, element, operand) for operand in operands)
    return None if one is None or other is None else Single("boolean", one == other)


def _equal(interpreter: "Interpreter", element: Element, operands: list[Operand]) -> Held:
    """x and y: exactly, or y within x - t0 and x + t1, or those as percentages of x."""
    x, y = map(plain, operands)
    mode = attribute(element, "tolerancemode") or "exact"
    if mode == "exact":
        return Single("boolean", x == y)
    parts = str(attribute(element, "tolerance")).split()
    below, above = float(parts[0]), float(parts[-1])
    if mode == "absolute":
        lower, upper = x - below, x + above
    else:
        lower, upper = sorted((x * (1 - below / 100), x * (1 + above / 100)))
    in_lower = lower < y if attribute(element, "includelowerbound") == "false" else lower <= y
    in_upper = y < upper if attribute(element, "includeupperbound") == "false" else y <= upper
    return Single("boolean", in_lower and in_upper)


def _comparison(holds: Callable[[Number, Number], bool]) -> Operator:
    return lambda _, __, operands: Single("boolean", holds(plain(operands[0]), plain(operands[1])))


def _math(_: "Interpreter", element: Element, operands: list[Operand]) -> Held:
    """A function where it is defined; NULL for NaN and elsewhere."""
    name = str(attribute(element, "name"))
    numbers = [float(plain(operand)) for operand in operands]
    if any(map(math.isnan, numbers)):
        return None
    try:
        found = _FUNCTIONS[name](*numbers)
    except (ValueError, ZeroDivisionError):
        return None
    if name in {"signum", "floor", "ceil"}:
        return Single("integer", found)
    return Single("float", float(found))


_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: math.cos(x) / math.sin(x),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "atan2": math.atan2,
    "asec": lambda x: math.acos(1 / x),
    "acsc": lambda x: math.asin(1 / x),
    "acot": lambda x: math.atan(1 / x) if x else math.pi / 2,
    "tanh": math.tanh,
    "coth": lambda x: 1 / math.tanh(x),
    "log": lambda x: math.log(x) / math.log(10),
    "ln": math.log,
    "abs": lambda x: max(x, -x),
    "signum": lambda x: 0 if x == 0 else 1 if x > 0 else -1,
    "floor": lambda x: x if math.isinf(x) else math.floor(x),
    "ceil": lambda x: x if math.isinf(x) else math.ceil(x),
    "toDegrees": lambda x: x * 180 / math.pi,
    "toRadians": lambda x: x * math.pi / 180,
}


def _stats(_: "Interpreter", element: Element, operands: list[Operand]) -> Held:
    """In exact fractions; a spread takes two values or more."""
    name = str(attribute(element, "name"))
    numbers = _all(operands)
    if not all(map(math.isfinite, numbers)):
        return None
    values = [Fraction(number) for number in numbers]
    mean = sum(values) / len(values)
    if name == "mean":
        return Single("float", float(mean))
    if len(values) == 1:
        return None
    squares = sum((value - mean) ** 2 for value in values)
    variance = squares / (len(values) - 1 if "sample" in name else len(values))
    return Single("float", math.sqrt(variance) if "SD" in name else float(variance))


OPERATORS: dict[str, Operator] = {
    "sum": _sum,
    "product": _product,
    "subtract": _subtract,
    "max": _max,
    "min": _min,
    "gcd": _gcd,
    "lcm": _lcm,
    "divide": _divide,
    "power": _power,
    "integerdivide": _integer_divide,
    "integermodulus": _integer_modulus,
    "integertofloat": _integer_to_float,
    "truncate": _truncate,
    "round": _round,
    "roundto": _round_to,
    "equalrounded": _equal_rounded,
    "equal": _equal,
    "lt": _comparison(lambda x, y: x < y),
    "lte": _comparison(lambda x, y: x <= y),
    "gt": _comparison(lambda x, y: x > y),
    "gte": _comparison(lambda x, y: x >= y),
    "durationlt": _comparison(lambda x, y: x < y),
    "durationgte": _comparison(lambda x, y: x >= y),
    "mathoperator": _math,
    "statsoperator": _stats,
}
