"""Which responses an interaction may be bound to (QTI 3.0 information model, the clause of each kind)."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import place_of
from shared.standards.qti.faults import Notice
from shared.standards.qti.interactions.interaction import Interaction
from shared.standards.qti.values.types import BaseType, Cardinality

type Binding = tuple[frozenset[Cardinality], frozenset[BaseType]]

_SINGLE: Final = frozenset((Cardinality.SINGLE,))
_BAG: Final = frozenset((Cardinality.SINGLE, Cardinality.MULTIPLE))
_ROW: Final = frozenset((Cardinality.ORDERED,))
_ANY: Final = frozenset(Cardinality)
_NUMBERS: Final = frozenset((BaseType.INTEGER, BaseType.FLOAT))
_TEXTS: Final = _NUMBERS | {BaseType.STRING}


def _binding(cardinalities: frozenset[Cardinality], *base_types: BaseType) -> Binding:
    return cardinalities, frozenset(base_types)


_BINDINGS: Final[Mapping[str, Binding]] = {
    "associate": _binding(_BAG, BaseType.PAIR),
    "choice": _binding(_BAG | _ROW, BaseType.IDENTIFIER),
    "drawing": _binding(_SINGLE, BaseType.FILE),
    "end-attempt": _binding(_SINGLE, BaseType.BOOLEAN),
    "extended-text": _binding(_ANY, *_TEXTS),
    "gap-match": _binding(_BAG, BaseType.DIRECTED_PAIR),
    "graphic-associate": _binding(_BAG, BaseType.PAIR),
    "graphic-gap-match": _binding(_BAG, BaseType.DIRECTED_PAIR),
    "graphic-order": _binding(_ROW, BaseType.IDENTIFIER),
    "hotspot": _binding(_BAG | _ROW, BaseType.IDENTIFIER),
    "hottext": _binding(_BAG | _ROW, BaseType.IDENTIFIER),
    "inline-choice": _binding(_SINGLE, BaseType.IDENTIFIER),
    "match": _binding(_BAG, BaseType.DIRECTED_PAIR),
    "media": _binding(_SINGLE, BaseType.INTEGER),
    "order": _binding(_ROW, BaseType.IDENTIFIER),
    "position-object": _binding(_BAG, BaseType.POINT),
    "select-point": _binding(_BAG, BaseType.POINT),
    "slider": _binding(_SINGLE, *_NUMBERS),
    "text-entry": _binding(_SINGLE | {Cardinality.RECORD}, *_TEXTS),
    "upload": _binding(_SINGLE, BaseType.FILE),
}
"""By kind; custom and portable custom interactions may be bound to anything."""


def check_binding(interaction: Interaction, declared: Declaration | None, file: str = "") -> Notice | None:
    """Return what is wrong with the response that an interaction is bound to, None where nothing is.

    >>> from shared.standards.qti import declarations_of, interactions_of, parse
    >>> item = parse(b'''<assessmentItem>
    ...   <responseDeclaration identifier="RESPONSE" cardinality="multiple" baseType="identifier"/>
    ...   <itemBody><orderInteraction responseIdentifier="RESPONSE"/></itemBody></assessmentItem>''')
    >>> notice = check_binding(interactions_of(item)[0], next(declarations_of(item.root)))
    >>> print(notice.message)
    RESPONSE is multiple identifier; an order interaction asks for ordered identifier
    """
    if declared is None or declared.kind != "response":
        return _notice(interaction, f"{interaction.response_identifier} is no declared response", file)
    cardinalities, base_types = _BINDINGS.get(interaction.kind, (_ANY, None))
    if base_types is None or _fits(declared, cardinalities, base_types):
        return None
    wanted = " or ".join((*sorted(cardinalities),)) + " " + " or ".join((*sorted(base_types),))
    article = "an" if interaction.kind[0] in "aeiou" else "a"
    has = f"{declared.identifier} is {declared.cardinality} {declared.base_type or ''}".strip()
    return _notice(interaction, f"{has}; {article} {interaction.kind} interaction asks for {wanted}", file)


def _fits(
    declared: Declaration, cardinalities: frozenset[Cardinality], base_types: frozenset[BaseType]
) -> bool:
    if declared.cardinality not in cardinalities:
        return False
    return declared.cardinality is Cardinality.RECORD or declared.base_type in base_types


def _notice(interaction: Interaction, message: str, file: str) -> Notice:
    return Notice(message, f"QTI 3.0, {interaction.kind}", place_of(interaction.element, file), "error")
