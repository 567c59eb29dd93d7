"""Items of a variable of each type, with values by a seed."""

from random import Random

from tests.unit.standards.qti.literal.generating import BASES, CARDINALITIES, TEXTS, variable
from tests.unit.standards.qti.literal.spelling import Node, node


def declarations(seed: int, *kinds: str) -> tuple[Node, ...]:
    """Return declarations of a variable of each kind, cardinality and base type; some have no values."""
    chance = Random(seed)  # noqa: S311 - has to repeat
    return tuple(
        _declaration(chance, kind, cardinality, base)
        for kind in kinds
        for cardinality in CARDINALITIES
        for base in BASES
    )


def lookups() -> tuple[Node, Node]:
    """Return an outcome with a match table and one with an interpolation table."""
    matched = [node("match-table-entry", source_value=at, target_value=word) for at, word in _MATCHED]
    steps = [
        node("interpolation-table-entry", source_value=at, target_value=worth, include_boundary=bound)
        for at, worth, bound in _STEPS
    ]
    return (
        node(
            "outcome-declaration",
            node("match-table", *matched, default_value="C"),
            identifier="MATCHED",
            cardinality="single",
            base_type="identifier",
        ),
        node(
            "outcome-declaration",
            node("interpolation-table", *steps),
            identifier="STEPPED",
            cardinality="single",
            base_type="float",
        ),
    )


_MATCHED = (("1", "A"), ("3", "B"), ("1", "B"), ("0", "A"))
_STEPS = (("3", "2.5", "false"), ("2.5", "1.5", "true"), ("0", "0.5", "true"))


def texts(chance: Random, cardinality: str, base: str) -> list[str]:
    """Return how some values are written; one at most for a single variable."""
    return chance.choices(
        TEXTS[base], k=chance.choice((0, 1, 1, 1) if cardinality == "single" else (0, 1, 2, 3, 4))
    )


def _declaration(chance: Random, kind: str, cardinality: str, base: str) -> Node:
    inside = [_stated(chance, "default-value", cardinality, base)]
    if kind == "response":
        inside += [_stated(chance, "correct-response", cardinality, base), *_mapping(base)]
    name = variable(kind, cardinality, base)
    return node(f"{kind}-declaration", *inside, identifier=name, cardinality=cardinality, base_type=base)


def _stated(chance: Random, name: str, cardinality: str, base: str) -> Node:
    return node(name, *(node("value", text=text) for text in texts(chance, cardinality, base)))


def _mapping(base: str) -> list[Node]:
    if base == "point":
        return [_areas()]
    entries = [
        node("map-entry", map_key=key, mapped_value=worth, case_sensitive=case)
        for key, worth, case in _ENTRIES.get(base, ())
    ]
    return (
        [node("mapping", *entries, default_value="-0.5", upper_bound="4", lower_bound="-0.75")]
        if entries
        else []
    )


def _areas() -> Node:
    areas = [("circle", "4,4,3", "1"), ("rect", "3,3,9,9", "2"), ("poly", "0,0,9,0,0,9", "-0.5")]
    entries = [
        node("area-map-entry", shape=shape, coords=coords, mapped_value=worth)
        for shape, coords, worth in areas
    ]
    return node("area-mapping", *entries, default_value="-1", lower_bound="-1.5", upper_bound="2.5")


_ENTRIES: dict[str, tuple[tuple[str, float, str], ...]] = {
    "identifier": (("A", 1, "true"), ("B", 2, "true"), ("A", 3, "true")),
    "string": (("a", 1, "true"), ("AB", 2, "false"), ("ab", 3, "true"), ("", 0.5, "true")),
    "pair": (("A B", 1, "true"), ("C C", 3.5, "true")),
    "directedPair": (("A B", 1, "true"), ("B A", -2, "true")),
    "integer": (("3", 1, "true"), ("-3", 5, "true")),
}
