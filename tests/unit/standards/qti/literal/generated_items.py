"""Items that the clauses allow, from hypothesis: with rules of their own, or a standard template."""

from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from tests.unit.standards.qti.literal.generating import (
    BASES,
    CARDINALITIES,
    TEXTS,
    Kinds,
    Nodes,
    containers,
    singles,
    variable,
)
from tests.unit.standards.qti.literal.items import declarations, lookups, texts
from tests.unit.standards.qti.literal.spelling import Node, node

type Responses = dict[str, list[str]]

_RESPONDING = ("response", "outcome", "template")


def _values(cardinality: str, base: str, kinds: Kinds) -> Nodes:
    if cardinality == "single":
        return singles(base, 1, kinds)
    return containers(cardinality, base, 1, kinds)


def _setting(name: str, kind: str, kinds: Kinds) -> Nodes:
    """Generate a rule that sets a variable of a kind to a value of its type."""

    def of_type(which: tuple[str, str]) -> Nodes:
        set_to = variable(kind, *which)
        return _values(*which, kinds).map(lambda value: node(name, value, identifier=set_to))

    return st.tuples(st.sampled_from(CARDINALITIES), st.sampled_from(BASES)).flatmap(of_type)


def _condition(processing: str, rules: Nodes, kinds: Kinds) -> Nodes:
    some = st.lists(rules, max_size=2)
    branch = st.tuples(singles("boolean", 1, kinds), some)

    def make(first: Node, others: list[Node], last: Node | None) -> Node:
        return node(f"{processing}-condition", first, *others, *([] if last is None else [last]))

    def named(part: str) -> Nodes:
        return branch.map(lambda made: node(f"{processing}-{part}", made[0], *made[1]))

    otherwise = st.one_of(st.none(), some.map(lambda inside: node(f"{processing}-else", *inside)))
    return st.tuples(named("if"), st.lists(named("else-if"), max_size=2), otherwise).map(
        lambda parts: make(*parts)
    )


def _looking_up() -> Nodes:
    whole, number = singles("integer", 1, _RESPONDING), singles("float", 1, _RESPONDING)
    return st.one_of(
        whole.map(lambda source: node("lookup-outcome-value", source, identifier="MATCHED")),
        number.map(lambda source: node("lookup-outcome-value", source, identifier="STEPPED")),
    )


def _response_rules() -> Nodes:
    plain = st.one_of(_setting("set-outcome-value", "outcome", _RESPONDING), _looking_up())
    leaving = st.just(node("exit-response"))
    inner = st.one_of(plain, plain, plain, leaving)
    condition = _condition(
        "response", st.one_of(inner, _condition("response", inner, _RESPONDING)), _RESPONDING
    )
    fragment = st.lists(st.one_of(plain, condition), max_size=2).map(
        lambda inside: node("response-processing-fragment", *inside)
    )
    return st.one_of(plain, condition, condition, fragment)


def _template_rules() -> Nodes:
    kinds = ("template",)
    plain = st.one_of(
        _setting("set-template-value", "template", kinds),
        _setting("set-template-value", "template", kinds),
        _setting("set-correct-response", "response", kinds),
        _constants("set-default-value", "outcome"),
        _constants("set-default-value", "response"),
    )
    constraint = singles("boolean", 1, kinds).map(lambda holds: node("template-constraint", holds))
    leaving = st.just(node("exit-template"))
    condition = _condition("template", st.one_of(plain, plain, leaving), kinds)
    return st.one_of(plain, plain, plain, condition, constraint)


def _constants(name: str, kind: str) -> Nodes:
    rules = [
        node(name, node("base-value", text=text, base_type=base), identifier=variable(kind, "single", base))
        for base in BASES
        for text in TEXTS[base]
        if text
    ]
    return st.sampled_from(rules)


@dataclass(frozen=True)
class Made:
    """What is processed and how; variables and responses follow from the seed."""

    seed: int
    processing: tuple[Node, ...]
    response: str = ""

    def item(self) -> Node:
        """Return the whole item."""
        if self.response:
            return node("assessment-item", *_on_response(self), *self.processing, identifier="i")
        declared = declarations(self.seed, *_RESPONDING)
        return node("assessment-item", *declared, *lookups(), *self.processing, identifier="i")

    def responses(self) -> Responses:
        """Return responses to most of the response variables, as they are written."""
        chance = Random(self.seed + 1)  # noqa: S311 - has to repeat
        if self.response:
            _, cardinality, base = self.response.split("_")
            return {"RESPONSE": texts(chance, cardinality, base)}
        return _responses(chance)


def items() -> st.SearchStrategy[Made]:
    """Generate items with rules of their own."""
    template = st.lists(_template_rules(), max_size=3).map(lambda rules: node("template-processing", *rules))
    responding = st.lists(_response_rules(), min_size=1, max_size=4)
    processing = st.tuples(template, responding.map(lambda rules: node("response-processing", *rules)))
    return st.builds(Made, st.integers(0, 1_000), processing)


def templated() -> st.SearchStrategy[Made]:
    """Generate items that are processed by a standard template."""
    return st.builds(
        lambda seed, version, made: Made(seed, (_by_template(version, made[0]),), made[1]),
        st.integers(0, 1_000),
        st.sampled_from(["qti_v2p0", "qti_v2p1", "qti_v2p2", "qti_v3p0"]),
        st.sampled_from(
            [
                (name, variable("response", cardinality, base))
                for name, bases in _MAPPED.items()
                for base in bases
                for cardinality in CARDINALITIES
            ]
        ),
    )


_MAPPED = {
    "match_correct": tuple(base for base in BASES if base != "duration"),
    "map_response": ("identifier", "string", "pair", "directedPair", "integer"),
    "map_response_point": ("point",),
}


def _by_template(version: str, name: str) -> Node:
    address = f"http://www.imsglobal.org/question/{version}/rptemplates/{name}"
    return node("response-processing", template=address)


def _on_response(made: Made) -> tuple[Node, Node]:
    """Return declarations of SCORE and of RESPONSE, with the type and values of one of the variables."""
    declared = declarations(made.seed, "response")
    found = next(each for each in declared if ("identifier", made.response) in each.attributes)
    response = Node(found.name, (("identifier", "RESPONSE"), *found.attributes[1:]), found.children)
    return response, node("outcome-declaration", identifier="SCORE", cardinality="single", base_type="float")


def _responses(chance: Random) -> Responses:
    return {
        variable("response", cardinality, base): texts(chance, cardinality, base)
        for cardinality in CARDINALITIES
        for base in BASES
        if chance.random() < 0.75
    }
