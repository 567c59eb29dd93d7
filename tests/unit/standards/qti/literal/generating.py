"""Expressions that the clauses allow, of any type, from hypothesis.

Chance has one way to fall only, as the interpreter does not draw; what is computed with rounding errors is
rounded to six figures, so that no comparison hangs on the last bit.
"""

from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st

from tests.unit.standards.qti.literal.spelling import Node, node

type Nodes = st.SearchStrategy[Node]
type Kinds = tuple[str, ...]
type Productions = dict[str, Nodes]

BASES = ("boolean", "integer", "float", "identifier", "string", "pair", "directedPair", "point", "duration")
CARDINALITIES = ("single", "multiple", "ordered")
TEXTS = {
    "boolean": ("true", "false"),
    "integer": ("0", "1", "2", "3", "-3", "4", "-7", "12", "20"),
    "float": ("0", "0.5", "-0.5", "2.5", "2.675", "-1.005", "3", "-4", "1e3", "0.25"),
    "identifier": ("A", "B", "C"),
    "string": ("a", "A", "ab", "AB", "b", "aba", "é", "É", "a b", ""),
    "pair": ("A B", "B A", "C C", "A C", "C A"),
    "directedPair": ("A B", "B A", "C C", "A C"),
    "point": ("4 4", "0 0", "7 4", "4 1", "5 5", "6 7", "9 9", "2 8", "4 6", "8 4"),
    "duration": ("0", "1.5", "60"),
}
"""How values are written, by base type."""

_FUNCTIONS = (
    *("sin", "cos", "tan", "sec", "csc", "cot", "asin", "acos", "atan", "asec", "acsc", "acot", "tanh"),
    *("coth", "log", "ln", "abs", "toDegrees", "toRadians"),
)
_STATISTICS = ("mean", "sampleVariance", "sampleSD", "popVariance", "popSD")
_ROUNDINGS = (
    {"rounding_mode": "decimalPlaces", "figures": "1"},
    {"rounding_mode": "decimalPlaces", "figures": "0"},
    {"rounding_mode": "significantFigures", "figures": "2"},
    {"figures": "3"},
)
_SHAPES = (
    ("rect", "2,2,6,7"),
    ("circle", "4,4,3"),
    ("ellipse", "4,4,4,2"),
    ("poly", "0,0,9,0,4,4,9,9,0,9"),
    ("poly", "1,1,8,3,5,9,2,6"),
    ("poly", "0,0,8,4,0,8"),
    ("default", ""),
)


def variable(kind: str, cardinality: str, base: str) -> str:
    """Return the name of the variable of a type that each item declares."""
    return f"{kind}_{cardinality}_{base}"


@cache
def singles(base: str, depth: int, kinds: Kinds) -> Nodes:
    """Generate expressions of a single value of a base type."""
    constants = _constants(base)
    leaves = st.one_of(constants, constants, _reads("single", base, kinds))
    leaves = st.one_of(leaves, leaves, leaves, st.just(node("null")))
    return leaves if depth == 0 else st.one_of(leaves, *productions(base, depth - 1, kinds).values())


@cache
def containers(cardinality: str, base: str, depth: int, kinds: Kinds) -> Nodes:
    """Generate expressions of a multiple or ordered container of a base type."""
    constants = st.lists(_constants(base), min_size=1, max_size=4)
    leaves = st.one_of(
        constants.map(lambda parts: node(cardinality, *parts)), _reads(cardinality, base, kinds)
    )
    if depth == 0:
        return leaves
    return st.one_of(leaves, *collections(cardinality, base, depth - 1, kinds).values())


@cache
def productions(base: str, depth: int, kinds: Kinds) -> Productions:
    """Return what generates each operator that gives a single value of a base type."""
    ordered = containers("ordered", base, depth, kinds)
    made = {
        "index": _map(lambda many, n: node("index", many, n=n), ordered, st.integers(1, 3)),
        "random": singles(base, depth, kinds).map(lambda one: node("random", node("multiple", one))),
    }
    return made | (_OF_BASE[base](depth, kinds) if base in _OF_BASE else {})


@cache
def collections(cardinality: str, base: str, depth: int, kinds: Kinds) -> Productions:
    """Return what generates each operator that gives a container of a base type."""
    one, same = singles(base, depth, kinds), containers(cardinality, base, depth, kinds)
    parts = st.lists(st.one_of(one, same), max_size=3)
    made = {cardinality: parts.map(lambda parts: node(cardinality, *parts))}
    if base != "duration":
        made["delete"] = _map(lambda *pair: node("delete", *pair), one, same)
    if cardinality == "ordered":
        made["repeat"] = _map(
            lambda parts, times: node("repeat", *(parts or [node("null")]), number_repeats=times),
            parts,
            st.integers(1, 3),
        )
    return made


def _map(make: Callable[..., Node], *parts: st.SearchStrategy[object]) -> Nodes:
    return st.tuples(*parts).map(lambda drawn: make(*drawn))


def _constants(base: str) -> Nodes:
    return st.sampled_from([node("base-value", text=text, base_type=base) for text in TEXTS[base]])


def _reads(cardinality: str, base: str, kinds: Kinds) -> Nodes:
    ways = [(kind, "variable") for kind in kinds] + [(kind, "default") for kind in kinds]
    ways += [(kind, "correct") for kind in kinds if kind == "response"]
    return st.sampled_from([node(way, identifier=variable(kind, cardinality, base)) for kind, way in ways])


def _anything(base: str, depth: int, kinds: Kinds) -> Nodes:
    many = [containers(name, base, depth, kinds) for name in ("multiple", "ordered")]
    return st.one_of(singles(base, depth, kinds), *many)


def _number(depth: int, kinds: Kinds) -> Nodes:
    return st.one_of(singles("integer", depth, kinds), singles("float", depth, kinds))


def _six_figures(tree: Node) -> Node:
    return node("round-to", tree, figures=6)


def _alone(name: str, /, one: Nodes, **attributes: str) -> Nodes:
    return one.map(lambda operand: node(name, operand, **attributes))


def _pairs(name: str, /, one: Nodes, **attributes: str) -> Nodes:
    return st.tuples(one, one).map(lambda pair: node(name, *pair, **attributes))


def _listed(name: str, /, part: Nodes, least: int = 1) -> Nodes:
    return st.lists(part, min_size=least, max_size=3).map(lambda parts: node(name, *parts))


def _led(name: str, /, first: Nodes, rest: Nodes) -> Nodes:
    return _map(lambda one, others: node(name, one, *others), first, st.lists(rest, max_size=2))


def _booleans(depth: int, kinds: Kinds) -> Productions:
    truth, number = singles("boolean", depth, kinds), _number(depth, kinds)
    numbers = {name: _pairs(name, number) for name in ("lt", "lte", "gt", "gte", "equal")}
    lengths = singles("duration", depth, kinds)
    return {
        "and": _listed("and", truth),
        "or": _listed("or", truth),
        "not": _alone("not", truth),
        "any-n": _map(
            lambda parts, least, most: node("any-n", *parts, min=least, max=most),
            st.lists(truth, min_size=2, max_size=4),
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        **numbers,
        "equal-tolerance": _tolerances(number),
        "duration-lt": _pairs("duration-lt", lengths),
        "duration-gte": _pairs("duration-gte", lengths),
        "equal-rounded": st.sampled_from(_ROUNDINGS).flatmap(
            lambda rounding: _pairs("equal-rounded", number, **rounding)
        ),
        "is-null": st.sampled_from(BASES)
        .flatmap(lambda base: _anything(base, depth, kinds))
        .map(lambda one: node("is-null", one)),
        **_matches(depth, kinds),
        **_texts(depth, kinds),
        "inside": _map(
            lambda points, shape: node("inside", points, shape=shape[0], coords=shape[1]),
            _anything("point", depth, kinds),
            st.sampled_from(_SHAPES),
        ),
    }


def _tolerances(number: Nodes) -> Nodes:
    flags = st.sampled_from(["true", "false"])
    return _map(
        lambda x, y, mode, tolerance, lower, upper: node(
            "equal",
            x,
            y,
            tolerance_mode=mode,
            tolerance=tolerance,
            include_lower_bound=lower,
            include_upper_bound=upper,
        ),
        number,
        number,
        st.sampled_from(["absolute", "relative"]),
        st.sampled_from(["1", "0.5 2", "25 100", "0"]),
        flags,
        flags,
    )


def _matches(depth: int, kinds: Kinds) -> Productions:
    made = {"match": _of_bases(lambda base: _pairs("match", singles(base, depth, kinds)))}
    for name in ("multiple", "ordered"):
        made |= _container_matches(name, depth, kinds)
    return made


def _container_matches(name: str, depth: int, kinds: Kinds) -> Productions:
    def member(base: str) -> Nodes:
        return _map(
            lambda one, many: node("member", one, many),
            singles(base, depth, kinds),
            containers(name, base, depth, kinds),
        )

    return {
        f"match-{name}": _of_bases(lambda base: _pairs("match", containers(name, base, depth, kinds))),
        f"contains-{name}": _of_bases(lambda base: _pairs("contains", containers(name, base, depth, kinds))),
        f"member-{name}": _of_bases(member),
    }


def _of_bases(make: Callable[[str], Nodes]) -> Nodes:
    return st.sampled_from([base for base in BASES if base != "duration"]).flatmap(make)


def _texts(depth: int, kinds: Kinds) -> Productions:
    text, flags = singles("string", depth, kinds), st.sampled_from(["true", "false"])
    return {
        "string-match": _map(
            lambda one, other, case, within: node(
                "string-match", one, other, case_sensitive=case, substring=within
            ),
            text,
            text,
            flags,
            flags,
        ),
        "substring": flags.flatmap(lambda case: _pairs("substring", text, case_sensitive=case)),
        "pattern-match": _map(
            lambda one, pattern: node("pattern-match", one, pattern=pattern),
            text,
            st.sampled_from(["[aA]+", "(a|b)*.?", "a{2}|b?", "[^a]*", "(a?b?)+", "é|(a.*)"]),
        ),
    }


def _integers(depth: int, kinds: Kinds) -> Productions:
    whole, some = singles("integer", depth, kinds), _anything("integer", depth, kinds)
    folds = {name: _listed(name, some) for name in ("sum", "product", "max", "min", "gcd", "lcm")}
    pairs = {name: _pairs(name, whole) for name in ("subtract", "integer-divide", "integer-modulus")}
    wholes = {name: _alone(name, _number(depth, kinds)) for name in ("round", "truncate")}
    many = st.sampled_from(BASES).flatmap(
        lambda base: st.one_of(*(containers(name, base, depth, kinds) for name in ("multiple", "ordered")))
    )
    return {
        **folds,
        **pairs,
        **wholes,
        "container-size": many.map(lambda one: node("container-size", one)),
        "random-integer": st.integers(-5, 5).map(lambda at: node("random-integer", min=at, max=at)),
        "math-operator-whole": _map(
            lambda name, one: node("math-operator", one, name=name),
            st.sampled_from(["signum", "floor", "ceil"]),
            _number(depth, kinds),
        ),
    }


def _floats(depth: int, kinds: Kinds) -> Productions:
    number, some = _number(depth, kinds), _anything("float", depth, kinds)
    folds = {f"{name}-float": _led(name, some, number) for name in ("sum", "product", "max", "min")}
    made = {
        **folds,
        "subtract-float": _map(lambda *pair: node("subtract", *pair), number, singles("float", depth, kinds)),
        "divide": _pairs("divide", number),
        "power": _pairs("power", number),
        "integer-to-float": _alone("integer-to-float", singles("integer", depth, kinds)),
        "round-to": st.sampled_from(_ROUNDINGS).flatmap(
            lambda rounding: _alone("round-to", number, **rounding)
        ),
        "math-operator": _map(
            lambda name, one: _six_figures(node("math-operator", one, name=name)),
            st.sampled_from(_FUNCTIONS),
            number,
        ),
        "math-operator-atan2": _pairs("math-operator", number, name="atan2").map(_six_figures),
        "stats-operator": _map(
            lambda name, parts: _six_figures(node("stats-operator", node("multiple", *parts), name=name)),
            st.sampled_from(_STATISTICS),
            st.lists(_constants("float"), min_size=1, max_size=4),
        ),
        "random-float": st.integers(-4, 4).map(lambda at: node("random-float", min=at / 2, max=at / 2)),
        "math-constant": st.sampled_from([node("math-constant", name=name) for name in ("pi", "e")]),
    }
    return made | (_mapped() if "response" in kinds else {})


def _mapped() -> Productions:
    made = {
        f"map-response-{base}": _mapped_of("map-response", base)
        for base in ("identifier", "string", "pair", "directedPair", "integer")
    }
    return made | {"map-response-point": _mapped_of("map-response-point", "point")}


def _mapped_of(name: str, base: str) -> Nodes:
    responses = [variable("response", cardinality, base) for cardinality in CARDINALITIES]
    return st.sampled_from([node(name, identifier=response) for response in responses])


_OF_BASE: dict[str, Callable[[int, Kinds], Productions]] = {
    "boolean": _booleans,
    "integer": _integers,
    "float": _floats,
}
