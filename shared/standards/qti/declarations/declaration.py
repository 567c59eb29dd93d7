"""A declared variable (QTI 3.0 information model, VariableDeclaration and its kinds)."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

from shared.standards.qti.declarations.declared_values import read_base_type, read_value
from shared.standards.qti.declarations.mappings import (
    AreaMapping,
    Mapping,
    read_area_mapping,
    read_mapping,
)
from shared.standards.qti.declarations.tables import (
    InterpolationTable,
    MatchTable,
    read_interpolation_table,
    read_match_table,
)
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    name_of,
    place_of,
)
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import CARDINALITIES, BaseType, Cardinality, Value

type Kind = Literal["response", "outcome", "template", "context"]

KINDS: Final[dict[str, Kind]] = {
    "qti-response-declaration": "response",
    "qti-outcome-declaration": "outcome",
    "qti-template-declaration": "template",
    "qti-context-declaration": "context",
}
"""The kind of variable that an element declares."""

_RULE: Final = "QTI 3.0, VariableDeclaration"
_PAIRS: Final = (BaseType.PAIR, BaseType.DIRECTED_PAIR)
_DEFAULTS: Final[dict[BaseType, Value]] = {BaseType.INTEGER: 0, BaseType.FLOAT: 0.0}


class Declaration:
    """A variable as declared. What scoring may never ask for is read when it is asked for.

    `base_type` is None for a record only. Whoever reads a value, mapping or table that is written wrong gets
    Invalid.

    >>> from shared.standards.qti import parse
    >>> xml = b'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
    >>> score = Declaration("outcome", parse(xml).root)
    >>> score.identifier, score.default, score.initial
    ('SCORE', None, 0.0)
    """

    def __init__(self, kind: Kind, element: Element) -> None:
        """Read identifier and type. Raises Invalid."""
        self.kind: Final = kind
        self.element: Final = element
        self.identifier: Final = _required(element, "identifier")
        stated = _cardinality(element)
        self.base_type: Final = _base_type(element, stated)
        self.cardinality: Final = _held(element, self.base_type, stated)

    def __repr__(self) -> str:
        return f"Declaration({self.kind}, {self.identifier}, {self.base_type}, {self.cardinality})"

    @cached_property
    def default(self) -> Value:
        """The default value as declared, NULL where none is."""
        return self._stated("qti-default-value")

    @cached_property
    def initial(self) -> Value:
        """What the variable holds when a session begins (QTI 3.0, OutcomeDeclaration).

        That is the default; a numeric outcome without one begins at 0, a response without one at NULL.
        """
        default = self.default
        if default is None and self.kind == "outcome" and self.cardinality is Cardinality.SINGLE:
            return None if self.base_type is None else _DEFAULTS.get(self.base_type)
        return default

    @cached_property
    def correct(self) -> Value:
        """The correct response as declared, NULL where none is."""
        return self._stated("qti-correct-response")

    @cached_property
    def mapping(self) -> Mapping | None:
        """What values of the response are worth."""
        found = self._parts.get("qti-mapping")
        return None if found is None or self.base_type is None else read_mapping(found, self.base_type)

    @cached_property
    def area_mapping(self) -> AreaMapping | None:
        """What points of the response are worth."""
        found = self._parts.get("qti-area-mapping")
        return None if found is None else read_area_mapping(found)

    @cached_property
    def lookup(self) -> MatchTable | InterpolationTable | None:
        """The table by which the outcome is looked up."""
        if self.base_type is None:
            return None
        match = self._parts.get("qti-match-table")
        if match is not None:
            return read_match_table(match, self.base_type)
        steps = self._parts.get("qti-interpolation-table")
        return None if steps is None else read_interpolation_table(steps, self.base_type)

    @cached_property
    def _parts(self) -> dict[str, Element]:
        """What is inside, by name."""
        return {name_of(part): part for part in children(self.element)}

    def _stated(self, name: str) -> Value:
        stated = self._parts.get(name)
        return None if stated is None else read_value(stated, self.base_type, self.cardinality)


def _held(element: Element, base_type: BaseType | None, stated: Cardinality) -> Cardinality:
    """Return the cardinality that a variable has: exports state `single` for sets of pairs.

    Their correct response shows it, as a single pair has one; notices come from the structural validator.
    """
    if stated is not Cardinality.SINGLE or base_type not in _PAIRS:
        return stated
    correct = child_named(element, "qti-correct-response")
    return Cardinality.MULTIPLE if correct is not None and len(correct) > 1 else stated


def declarations_of(root: Element) -> Iterator[Declaration]:
    """Yield the variables that an item or test declares, in document order. Raises Invalid.

    >>> from shared.standards.qti import parse
    >>> declarations = declarations_of(parse(b"<assessmentItem/>").root)
    >>> [declaration.identifier for declaration in declarations]
    []
    """
    for element in children(root):
        kind = KINDS.get(name_of(element))
        if kind is not None:
            yield Declaration(kind, element)


def _required(element: Element, name: str) -> str:
    text = attribute(element, name)
    if not text:
        raise Invalid(f"{name} is missing", rule=_RULE, place=place_of(element))
    return text


def _cardinality(element: Element) -> Cardinality:
    text = _required(element, "cardinality")
    found = CARDINALITIES.get(text)
    if found is None:
        raise Invalid(f"{text!r} is not a cardinality", rule=_RULE, place=place_of(element))
    return found


def _base_type(element: Element, cardinality: Cardinality) -> BaseType | None:
    text = attribute(element, "base-type")
    if cardinality is Cardinality.RECORD:
        return None
    if text is None:
        raise Invalid("base-type is missing", rule=_RULE, place=place_of(element))
    return read_base_type(text, element)
