"""Interactions as JSON, for clients that present them: constraints and choices, never what is right."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.delivery.custom_descriptions import custom
from shared.standards.qti.delivery.rendering import Rendering, image_of
from shared.standards.qti.delivery.shuffling import in_order
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    is_true,
    name_of,
)
from shared.standards.qti.vocabulary.elements import CHOICES
from shared.standards.qti.vocabulary.names import camel

type Description = dict[str, object]

_COUNTS: Final = """
max-choices min-choices max-associations min-associations expected-length expected-lines max-strings
min-strings base min-plays max-plays match-max match-min
"""
_WORDS: Final = """
orientation pattern-mask placeholder-text format title type center-point coords shape hotspot-label
match-group object-label data-min-selections-message data-max-selections-message data-patternmask-message
"""
_NUMBERS: Final = frozenset(_COUNTS.split())
_DECIMALS: Final = frozenset(("lower-bound", "upper-bound", "step"))
_FLAGS: Final = frozenset(("step-label", "reverse", "autostart", "loop", "count-attempt", "required"))
_TEXTS: Final = frozenset(_WORDS.split())
_CONSTRAINTS: Final = tuple(sorted(_NUMBERS | _DECIMALS | _FLAGS | _TEXTS))
"""The attributes of interactions and choices that a client needs to present them; all others stay here."""

_CHOICE_NAMES: Final = tuple(name for name in CHOICES if name not in {"qti-simple-match-set", "qti-gap"})


@dataclass(frozen=True, slots=True)
class Describing:
    """What the descriptions of one view share: its rendering, its declarations, and the text of chance."""

    rendering: Rendering
    declarations: Mapping[str, Declaration]
    chance: str

    def describe(self, source: Element) -> Description:
        """Return what a client needs to present an interaction and to collect a response that fits it."""
        identifier = attribute(source, "response-identifier") or ""
        declared = self.declarations.get(identifier)
        return {
            "kind": name_of(source).removeprefix("qti-").removesuffix("-interaction"),
            "responseIdentifier": identifier,
            "baseType": None if declared is None else declared.base_type,
            "cardinality": None if declared is None else declared.cardinality,
            **_constraints(source),
            **self._catalog(source),
            **self._prompt(source),
            **_KINDS.get(name_of(source), _by_choices)(self, source),
        }

    def choices(self, source: Element, *names: str) -> list[Description]:
        """Return the choices directly inside that are shown, in the order to show them in."""
        shown = [each for each in children_named(source, *names) if self.rendering.visibility.shows(each)]
        owner = _interaction_of(source)
        part = 0 if owner is source else owner.index(source)
        chance = f"{self.chance}/{attribute(owner, 'response-identifier')}/{part}"
        shuffle = is_true(owner, "shuffle")
        return [self.choice(choice) for choice in in_order(shown, shuffle=shuffle, chance=chance)]

    def choice(self, source: Element) -> Description:
        """Return one choice: its identifier, what it shows, and how often it may be used."""
        html = self.rendering.html(source)
        return {
            "identifier": attribute(source, "identifier") or "",
            **_constraints(source),
            **self._catalog(source),
            **({"html": html} if html else {}),
        }

    def image(self, source: Element) -> Description:
        """Return the image that an interaction plays on, as HTML."""
        image = image_of(source)
        return {} if image is None else {"image": self.rendering.html_of(image)}

    def _catalog(self, source: Element) -> Description:
        catalog = self.rendering.catalog_of(source)
        return {} if catalog is None else {"catalog": catalog}

    def _prompt(self, source: Element) -> Description:
        prompt = child_named(source, "qti-prompt")
        return {} if prompt is None else {"prompt": self.rendering.html(prompt)}


def _interaction_of(source: Element) -> Element:
    """Return the interaction that a set of choices is part of, the interaction itself for its own choices."""
    around = source.getparent()
    return around if around is not None and name_of(source) == "qti-simple-match-set" else source


type _Kind = Callable[[Describing, Element], Description]


def _constraints(source: Element) -> Description:
    return {camel(name): value for name in _CONSTRAINTS if (value := _constraint(source, name)) is not None}


def _constraint(source: Element, name: str) -> object:
    """Return an attribute in its type, None where it is missing or not of that type."""
    text = attribute(source, name)
    if text is None or name in _TEXTS:
        return text
    if name in _FLAGS:
        return text in {"true", "1"}
    try:
        return int(text) if name in _NUMBERS else float(text)
    except ValueError:  # a template variable, or nonsense; either way no bound
        return None


def _by_choices(describing: Describing, source: Element) -> Description:
    choices = describing.choices(source, *_CHOICE_NAMES)
    return {**describing.image(source), **({"choices": choices} if choices else {})}


def _match(describing: Describing, source: Element) -> Description:
    sets = children_named(source, "qti-simple-match-set")
    return {"sets": [describing.choices(each, "qti-simple-associable-choice") for each in sets]}


def _gap_match(describing: Describing, source: Element) -> Description:
    gaps = [
        describing.choice(gap) for gap in descendants_named(source, "qti-gap") if _is_shown(describing, gap)
    ]
    choices = describing.choices(source, "qti-gap-text", "qti-gap-img")
    return {"choices": choices, "gaps": gaps, "content": _content(describing, source)}


def _hottext(describing: Describing, source: Element) -> Description:
    texts = descendants_named(source, "qti-hottext")
    choices = [describing.choice(text) for text in texts if _is_shown(describing, text)]
    return {"choices": choices, "content": _content(describing, source)}


def _graphic_gap_match(describing: Describing, source: Element) -> Description:
    return {
        **describing.image(source),
        "choices": describing.choices(source, "qti-gap-text", "qti-gap-img"),
        "gaps": describing.choices(source, "qti-associable-hotspot"),
    }


def _position_object(describing: Describing, source: Element) -> Description:
    stage = source.getparent()
    image = (
        describing.image(stage) if stage is not None and name_of(stage) == "qti-position-object-stage" else {}
    )
    moved = describing.image(source)
    return {**image, **({"object": moved["image"]} if moved else {})}


def _media(describing: Describing, source: Element) -> Description:
    played = next(children_named(source, "audio", "video", "object"), None)
    return {} if played is None else {"media": describing.rendering.html_of(played)}


def _content(describing: Describing, source: Element) -> str:
    """Return the text around gaps and hottexts, which are marked in it; choices are no part of it."""
    return describing.rendering.html(source)


def _is_shown(describing: Describing, choice: Element) -> bool:
    return all(describing.rendering.visibility.shows(around) for around in (choice, *_blocks_around(choice)))


def _blocks_around(choice: Element) -> Iterator[Element]:
    for around in choice.iterancestors():
        if name_of(around) in {
            "qti-feedback-block",
            "qti-feedback-inline",
            "qti-template-block",
            "qti-template-inline",
        }:
            yield around


def _custom(describing: Describing, source: Element) -> Description:
    return custom(describing.rendering, source)


_KINDS: Final[Mapping[str, _Kind]] = {
    "qti-match-interaction": _match,
    "qti-gap-match-interaction": _gap_match,
    "qti-hottext-interaction": _hottext,
    "qti-graphic-gap-match-interaction": _graphic_gap_match,
    "qti-position-object-interaction": _position_object,
    "qti-media-interaction": _media,
    "qti-custom-interaction": _custom,
    "qti-portable-custom-interaction": _custom,
}
