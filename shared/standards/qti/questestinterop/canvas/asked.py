"""What an item of QTI 3.0 asks, as Canvas would: its interactions and the kind of question they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.questestinterop.names import all_text
from shared.standards.qti.vocabulary.elements import INTERACTIONS

_PREFIX: Final = "response_"
TEXT_ENTRY: Final = "qti-text-entry-interaction"
INLINE_CHOICE: Final = "qti-inline-choice-interaction"
CHOICE: Final = "qti-choice-interaction"
ORDER: Final = "qti-order-interaction"
MATCH: Final = "qti-match-interaction"
ESSAY: Final = "qti-extended-text-interaction"
UPLOAD: Final = "qti-upload-interaction"
_CHOICES: Final = ("qti-simple-choice", "qti-inline-choice")
_WRITTEN: Final = (TEXT_ENTRY, INLINE_CHOICE, CHOICE, ORDER, MATCH, ESSAY, UPLOAD)
_NUMBERS: Final = ("float", "integer")
_ONE: Final = {
    ORDER: "ordering_question",
    ESSAY: "essay_question",
    UPLOAD: "file_upload_question",
    INLINE_CHOICE: "multiple_dropdowns_question",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An interaction: its variable, the ident of its response in QTI 1.2, its type and what may be chosen.

    `sides` are the sources of a matching; `choices` its targets, or the choices of other interactions.
    """

    variable: str
    ident: str
    name: str
    element: Element
    base_type: str
    cardinality: str
    correct: tuple[str, ...]
    choices: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether a number is asked."""
        return self.base_type in _NUMBERS

    @property
    def is_many(self) -> bool:
        """Whether several choices may be taken; of a matching, by one source."""
        if self.name != MATCH:
            return self.cardinality == "multiple"
        sources = list(descendants_named(self.element, "qti-simple-associable-choice"))[: len(self.sides)]
        return any(attribute(each, "match-max") != "1" for each in sources)


def asked_of(root: Element) -> tuple[Asked, ...]:
    """Return what an item asks, in the order of its body."""
    body = child_named(root, "qti-item-body")
    found = [] if body is None else list(descendants_named(body, *INTERACTIONS))
    declared = {
        attribute(each, "identifier"): each for each in children_named(root, "qti-response-declaration")
    }
    blanks = all(_is_blank(each, declared) for each in found) and (
        len(found) > 1 or any(_is_inside_text(each) for each in found)
    )
    return tuple(_asked(each, declared, len(found), blanks=blanks) for each in found)


def question_type(asked: Sequence[Asked]) -> str | None:
    """Return what Canvas calls a question that asks this; empty for a mixture, None where it has none."""
    if not asked:
        return "text_only_question"
    names = {each.name for each in asked}
    if not names <= set(_WRITTEN):
        return None
    if names == {INLINE_CHOICE}:
        return "multiple_dropdowns_question"
    if is_placed(asked):
        return "fill_in_multiple_blanks_question"
    return _type_of_one(asked[0]) if len(asked) == 1 else ""


def is_placed(asked: Sequence[Asked]) -> bool:
    """Say whether responses stand inside the text, where Canvas writes [name]."""
    return bool(asked) and all(each.ident.startswith(_PREFIX) for each in asked)


def placeholder(asked: Asked) -> str:
    """Return how the text says where a response stands."""
    return f"[{asked.ident.removeprefix(_PREFIX)}]"


def _type_of_one(asked: Asked) -> str:
    if asked.name == CHOICE and asked.is_many:
        return "multiple_answers_question"
    if asked.name == CHOICE:
        texts = {all_text(each).strip().lower() for each in descendants_named(asked.element, *_CHOICES)}
        return "true_false_question" if texts == {"true", "false"} else "multiple_choice_question"
    if asked.name == MATCH:
        return "categorization_question" if asked.is_many else "matching_question"
    if asked.name == TEXT_ENTRY:
        return "numerical_question" if asked.is_number else "short_answer_question"
    return _ONE[asked.name]


def _asked(element: Element, declared: dict[str | None, Element], count: int, *, blanks: bool) -> Asked:
    variable = attribute(element, "response-identifier") or "RESPONSE"
    declaration = declared.get(variable)
    correct = None if declaration is None else child_named(declaration, "qti-correct-response")
    sets = list(children_named(element, "qti-simple-match-set"))
    sides = _identifiers(sets[0], "qti-simple-associable-choice") if len(sets) == 2 else ()
    if len(sets) == 2:
        choices = _identifiers(sets[1], "qti-simple-associable-choice")
    else:
        choices = _identifiers(element, *_CHOICES)
    return Asked(
        variable,
        _ident(variable, count, blanks=blanks),
        name_of(element),
        element,
        "" if declaration is None else attribute(declaration, "base-type") or "",
        "single" if declaration is None else attribute(declaration, "cardinality") or "single",
        ()
        if correct is None
        else tuple(all_text(each).strip() for each in children_named(correct, "qti-value")),
        choices,
        sides,
    )


def _ident(variable: str, count: int, *, blanks: bool) -> str:
    if blanks:
        return variable if variable.startswith(_PREFIX) else f"{_PREFIX}{variable}"
    return "response1" if count == 1 else variable


def _identifiers(element: Element, *names: str) -> tuple[str, ...]:
    return tuple(attribute(each, "identifier") or "" for each in descendants_named(element, *names))


def _is_blank(element: Element, declared: dict[str | None, Element]) -> bool:
    """Say whether an interaction may stand inside the text in Canvas, where numbers may not."""
    declaration = declared.get(attribute(element, "response-identifier"))
    number = declaration is not None and attribute(declaration, "base-type") in _NUMBERS
    return name_of(element) in {TEXT_ENTRY, INLINE_CHOICE} and not number


def _is_inside_text(element: Element) -> bool:
    """Say whether there is text around an interaction in its block; a number stands by itself in Canvas."""
    block = element.getparent()
    while block is not None and name_of(block) in {"span", "b", "i", "em", "strong"}:
        block = block.getparent()
    return block is not None and bool(all_text(block).replace(all_text(element), "").strip())
