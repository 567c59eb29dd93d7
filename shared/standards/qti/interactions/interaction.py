"""The interactions of an item, as a typed view of its body (QTI 3.0 information model, Interaction).

Which elements hold the choices of which interaction, and whether a choice is where a pair begins or ends, is
one table; all else reads attributes by their names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, descendants_named, name_of, place_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.vocabulary.elements import INTERACTIONS

type Role = Literal["choice", "source", "target"]

_CHOICES: Final[Mapping[str, Mapping[str, Role]]] = {
    "associate": {"qti-simple-associable-choice": "choice"},
    "choice": {"qti-simple-choice": "choice"},
    "gap-match": {"qti-gap-text": "source", "qti-gap-img": "source", "qti-gap": "target"},
    "graphic-associate": {"qti-associable-hotspot": "choice"},
    "graphic-gap-match": {
        "qti-gap-img": "source",
        "qti-gap-text": "source",
        "qti-associable-hotspot": "target",
    },
    "graphic-order": {"qti-hotspot-choice": "choice"},
    "hotspot": {"qti-hotspot-choice": "choice"},
    "hottext": {"qti-hottext": "choice"},
    "inline-choice": {"qti-inline-choice": "choice"},
    "match": {"qti-simple-associable-choice": "source"},
    "order": {"qti-simple-choice": "choice"},
}
_TRUE: Final = ("true", "1")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a candidate chooses, orders or pairs.

    `match_max` is None where the standard sets no bound: a choice that may be paired any number of times.

    >>> Choice("A", "choice", element=None, match_min=0, match_max=1).identifier
    'A'
    """

    identifier: str
    role: Role
    element: Element | None
    match_min: int
    match_max: int | None
    match_group: frozenset[str] = frozenset()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction: its kind (`choice`, `gap-match`, ...), the response it is bound to, its choices.

    >>> from shared.standards.qti import interactions_of, parse
    >>> body = b'<itemBody><uploadInteraction responseIdentifier="FILE"/></itemBody>'
    >>> interaction: Interaction = interactions_of(parse(b"<assessmentItem>%b</assessmentItem>" % body))[0]
    >>> interaction.kind, interaction.response_identifier
    ('upload', 'FILE')
    """

    kind: str
    response_identifier: str
    element: Element
    choices: tuple[Choice, ...]

    def whole(self, name: str, default: int) -> int:
        """Return a count that an attribute states. Raises Invalid where it is none."""
        return _whole(self.element, name, default)

    def number(self, name: str) -> float | None:
        """Return a number that an attribute states. Raises Invalid where it is none."""
        text = attribute(self.element, name)
        try:
            return None if text is None else float(text)
        except ValueError:
            raise _invalid(self.element, f"{name} is {text!r}, not a number") from None

    def flag(self, name: str, *, default: bool) -> bool:
        """Return what a boolean attribute states."""
        text = attribute(self.element, name)
        return default if text is None else text in _TRUE

    def text(self, name: str) -> str | None:
        """Return an attribute, None where it is empty or not given."""
        return attribute(self.element, name) or None


def interactions_of(document: Document) -> tuple[Interaction, ...]:
    """Return the interactions in the body of an item, in document order. Raises Invalid.

    >>> from shared.standards.qti import parse
    >>> item = parse(b'''<assessmentItem><itemBody><choiceInteraction responseIdentifier="RESPONSE">
    ...   <simpleChoice identifier="A">yes</simpleChoice><simpleChoice identifier="B">no</simpleChoice>
    ... </choiceInteraction></itemBody></assessmentItem>''')
    >>> [choice.identifier for choice in interactions_of(item)[0].choices]
    ['A', 'B']
    """
    return tuple(map(_interaction, descendants_named(document.root, *INTERACTIONS)))


def _interaction(element: Element) -> Interaction:
    kind = name_of(element).removeprefix("qti-").removesuffix("-interaction")
    bound = attribute(element, "response-identifier")
    if not bound:
        raise _invalid(element, "response-identifier is missing")
    return Interaction(kind, bound, element, tuple(_choices(kind, element)))


def _choices(kind: str, element: Element) -> Iterator[Choice]:
    roles = _CHOICES.get(kind)
    if roles is None:
        return
    targets = _second_set(element) if kind == "match" else ()
    for found in descendants_named(element, *roles):
        yield _choice(found, "target" if found in targets else roles[name_of(found)])


def _second_set(element: Element) -> frozenset[Element]:
    """Return the choices of the second set of a match interaction, where pairs end."""
    sets = list(descendants_named(element, "qti-simple-match-set"))
    return frozenset(sets[1].iterchildren("*")) if len(sets) > 1 else frozenset()


def _choice(element: Element, role: Role) -> Choice:
    identifier = attribute(element, "identifier")
    if not identifier:
        raise _invalid(element, "identifier is missing")
    most = _whole(element, "match-max", 1)  # a gap states none: it holds one
    return Choice(
        identifier,
        role,
        element,
        _whole(element, "match-min", 1 if attribute(element, "required") in _TRUE else 0),
        most or None,
        frozenset((attribute(element, "match-group") or "").split()),
        attribute(element, "fixed") in _TRUE,
    )


def _whole(element: Element, name: str, default: int) -> int:
    text = attribute(element, name)
    if text is None:
        return default
    if not text.isdecimal():
        raise _invalid(element, f"{name} is {text!r}, not a count")
    return int(text[:9])


def _invalid(element: Element, message: str) -> Invalid:
    return Invalid(message, rule=f"QTI 3.0, {name_of(element)}", place=place_of(element))
