"""Whatever authors write, an expression has a value or is Invalid or Refused: nothing else goes wrong."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.standards.qti.faults import Invalid, Refused
from shared.standards.qti.limits import Limits
from shared.standards.qti.values.types import Record, Value
from tests.fixtures.qti_expressions import evaluate
from tests.unit.standards.qti.literal.generating import BASES, CARDINALITIES, variable
from tests.unit.standards.qti.literal.items import declarations
from tests.unit.standards.qti.literal.spelling import Node, node, write

_NUMBERS = ("0", "1", "2", "N", "{N}", "-1", "1.5", "x y", "UNKNOWN", "1000000000")
_FLAGS = ("true", "false", "yes")
_ATTRIBUTES: dict[str, dict[str, tuple[str, ...]]] = {
    "any-n": {"min": _NUMBERS, "max": _NUMBERS},
    "index": {"n": _NUMBERS},
    "repeat": {"number-repeats": _NUMBERS},
    "field-value": {"field-identifier": ("unit", "A")},
    "equal": {
        "tolerance-mode": ("exact", "absolute", "relative", "loose"),
        "tolerance": ("1", "0.5 2", "N", "1,5", "1e308 INF"),
        "include-lower-bound": _FLAGS,
    },
    "equal-rounded": {"figures": _NUMBERS, "rounding-mode": ("decimalPlaces", "significantFigures", "up")},
    "round-to": {"figures": _NUMBERS, "rounding-mode": ("decimalPlaces", "significantFigures", "up")},
    "string-match": {"case-sensitive": _FLAGS, "substring": _FLAGS},
    "substring": {"case-sensitive": _FLAGS},
    "pattern-match": {"pattern": ("a*", "(a|b)+", "{TEXT}", "[^", "(.?){40}")},
    "inside": {
        "shape": ("rect", "poly", "circle", "default"),
        "coords": ("1,1,5,5", "0,0,9,0,0,9", "4,4,3", ""),
    },
    "math-operator": {"name": ("sin", "log", "floor", "atan2", "acsc", "exp", "cosh", "toDegrees", "sqrt")},
    "stats-operator": {"name": ("mean", "popSD", "sampleVariance", "median")},
    "custom-operator": {"definition": ("depcp:Trim", "qade:ToAscii", "qade:ParseCommaDecimal", "acme:X")},
    "random-integer": {"min": _NUMBERS, "max": _NUMBERS, "step": _NUMBERS},
    "random-float": {"min": _NUMBERS, "max": _NUMBERS},
    "math-constant": {"name": ("pi", "e", "tau")},
}
_OPERATORS = (
    *("and", "or", "not", "any-n", "is-null", "multiple", "ordered", "container-size", "index", "random"),
    *(
        "member",
        "delete",
        "contains",
        "field-value",
        "repeat",
        "match",
        "equal",
        "equal-rounded",
        "lt",
        "gte",
    ),
    *("duration-lt", "string-match", "substring", "pattern-match", "inside", "sum", "product", "subtract"),
    *("divide", "power", "integer-divide", "integer-modulus", "integer-to-float", "max", "min", "gcd", "lcm"),
    *("round", "round-to", "truncate", "math-operator", "stats-operator", "custom-operator"),
)
_WORDS = ("0", "1", "-2", "1.5", "1e308", "INF", "-INF", "NaN", "A", "true", "", "1 2", "A B", "9" * 300)
_BASE_TYPES = (*BASES, "uri", "intOrIdentifier", "file", "number")
_RECORD = node("response-declaration", identifier="RECORD", cardinality="record")
_COUNT = node("outcome-declaration", identifier="N", cardinality="single", base_type="integer")
_TEXT = node("outcome-declaration", identifier="TEXT", cardinality="single", base_type="string")
_DECLARED = [
    "".join(write(each, modern=False) for each in (*declarations(seed, "response"), _RECORD, _COUNT, _TEXT))
    for seed in range(8)
]


def _named(name: str) -> st.SearchStrategy[Node]:
    """Generate an expression without operands, with attributes that may or may not be right."""
    options = _ATTRIBUTES.get(name, {})
    given = st.fixed_dictionaries(
        {}, optional={key: st.sampled_from(words) for key, words in options.items()}
    )
    return given.map(lambda attributes: Node(name, tuple(attributes.items())))


_identifiers = [variable("response", cardinality, base) for cardinality in CARDINALITIES for base in BASES]
_leaves = st.one_of(
    st.builds(
        lambda base, text: node("base-value", text=text, base_type=base),
        st.sampled_from(_BASE_TYPES),
        st.sampled_from(_WORDS),
    ),
    st.builds(
        lambda name, identifier: node(name, identifier=identifier),
        st.sampled_from(["variable", "default", "correct", "map-response", "map-response-point"]),
        st.sampled_from([*_identifiers, "RECORD", "N", "TEXT", "UNKNOWN"]),
    ),
    st.sampled_from(["null", "math-constant", "random-integer", "random-float"]).flatmap(_named),
)
_expressions = st.recursive(
    _leaves,
    lambda inner: st.builds(
        lambda tree, children: Node(tree.name, tree.attributes, tuple(children)),
        st.sampled_from(_OPERATORS).flatmap(_named),
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=6,
)
_records = st.sampled_from([None, {"unit": "cm"}, {"unit": 1.5, "A": True}])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(_expressions, st.sampled_from(_DECLARED), _records, st.sampled_from([None, 0, 2, -3]))
def test_any_expression_has_a_value_or_is_invalid_or_refused(
    expression: Node, declared: str, record: Record | None, count: int | None
) -> None:
    values: dict[str, Value] = {"RECORD": record, "N": count, "TEXT": "(a|b"}
    limits = Limits(repeats=500, collected=50, pattern_steps=2_000)
    try:
        evaluate(write(expression, modern=True), declared, values, limits=limits)
    except (Invalid, Refused):
        return
