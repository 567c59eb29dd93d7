"""What a candidate gets of an item or stimulus: clean HTML and JSON, free of keys."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.delivery.cleaning import Resolve
from shared.standards.qti.delivery.descriptions import Describing, Description
from shared.standards.qti.delivery.rendering import Rendering
from shared.standards.qti.delivery.visibility import Visibility
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    is_true,
    namespace_of,
    place_of,
    text_of,
)
from shared.standards.qti.faults import Invalid, Notice, Place, Refused
from shared.standards.qti.values.types import Value
from shared.standards.qti.views.catalogs import Catalog, catalogs_of
from shared.standards.qti.views.materials import companion_materials_of, stimulus_refs_of
from shared.standards.qti.vocabulary.namespaces import XML

_LANGUAGE: Final = f"{{{XML}}}lang"
_KINDS: Final = frozenset(("qti-assessment-item", "qti-assessment-stimulus"))
_BODIES: Final = ("qti-item-body", "qti-stimulus-body")


@dataclass(frozen=True, slots=True)
class CandidateView:
    """What leaves for the candidate's client.

    `html` has a place for each interaction, `<div data-interaction="0">`, which `interactions` describes
    under that number. `feedback` is the modal feedback to show now; `catalogs` the assistive content, by
    identifier, for what has `data-catalog-idref`; `companions` what may be used beside
    the item. `notices` are for the server: what was left out.

    >>> CandidateView("i", "t", None, "<p>Why?</p>", (), (), (), (), {}, (), ()).as_json()["html"]
    '<p>Why?</p>'
    """

    identifier: str
    title: str
    language: str | None
    html: str
    interactions: tuple[Description, ...]
    feedback: tuple[Description, ...]
    stimuli: tuple[Description, ...]
    stylesheets: tuple[str, ...]
    catalogs: Mapping[str, list[Description]]
    companions: tuple[Description, ...]
    notices: tuple[Notice, ...]

    def as_json(self) -> Description:
        """Return the view as plain data, without the notices."""
        data = asdict(self)
        del data["notices"]
        return data


def candidate_view(
    document: Document,
    *,
    seed: int = 0,
    values: Mapping[str, Value] | None = None,
    resolve: Resolve | None = None,
) -> CandidateView:
    """Return what a candidate may see of an item or stimulus of any version from 2.0 on.

    Correct responses, mappings, tables, processing and rubrics of others are never looked at. `values` are
    those of the session's outcomes and templates: feedback and template blocks are shown by them, modal
    feedback only when they are given. `seed` is that of the session, by which choices are shuffled. `resolve`
    gives the URLs of files. Raises Invalid for another kind of document, and for unreadable declarations,
    Refused for one that is nested too deep.

    >>> from shared.standards.qti import parse
    >>> body = b"<itemBody><p onclick='x()'>Why?</p></itemBody>"
    >>> candidate_view(parse(b"<assessmentItem identifier='i' title='t'>%b</assessmentItem>" % body)).html
    '<p>Why?</p>'
    """
    root = document.root
    if document.kind not in _KINDS:
        place = place_of(root, document.file)
        raise Invalid(f"{document.kind} is no item or stimulus", rule="delivery", place=place)
    declarations = {declared.identifier: declared for declared in declarations_of(root)}
    visibility = Visibility(_shown_values(declarations, values or {}))
    mathematical = _mathematical(declarations)
    rendering = Rendering(visibility, resolve, mathematical, namespace_of(root), document.file)
    describing = Describing(rendering, declarations, f"{seed}/{attribute(root, 'identifier')}")
    try:
        return _view(describing, root, with_feedback=values is not None)
    except RecursionError:
        raise Refused("nested too deep", rule="limits.depth", place=Place(document.file)) from None


def _view(describing: Describing, root: Element, *, with_feedback: bool) -> CandidateView:
    rendering = describing.rendering
    html = rendering.html(next(children_named(root, *_BODIES), None))
    return CandidateView(
        identifier=attribute(root, "identifier") or "",
        title=attribute(root, "title") or "",
        language=root.get(_LANGUAGE),
        html=html,
        interactions=tuple(describing.describe(each) for each in rendering.interactions),
        feedback=tuple(_modal_feedback(rendering, root)) if with_feedback else (),
        stimuli=tuple(_stimuli(rendering, root)),
        stylesheets=tuple(filter(None, map(rendering.reference, children_named(root, "qti-stylesheet")))),
        catalogs=_catalogs(rendering, root),
        companions=tuple(_companions(rendering, root)),
        notices=tuple(rendering.notices),
    )


def _shown_values(declarations: Mapping[str, Declaration], given: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values that may be printed or decide what is shown: never those of responses."""
    initial = {name: each.initial for name, each in declarations.items() if each.kind == "outcome"}
    hidden = {name for name, each in declarations.items() if each.kind not in {"outcome", "template"}}
    return {name: value for name, value in (initial | dict(given)).items() if name not in hidden}


def _mathematical(declarations: Mapping[str, Declaration]) -> frozenset[str]:
    templates = (each for each in declarations.values() if each.kind == "template")
    return frozenset(each.identifier for each in templates if is_true(each.element, "math-variable"))


def _modal_feedback(rendering: Rendering, root: Element) -> list[Description]:
    return [
        {"title": attribute(each, "title"), "html": rendering.html(each)}
        for each in children_named(root, "qti-modal-feedback")
        if rendering.visibility.shows(each)
    ]


def _stimuli(rendering: Rendering, root: Element) -> list[Description]:
    return [
        {"identifier": each.identifier, "title": each.title, "href": rendering.located(each.href)}
        for each in stimulus_refs_of(root)
    ]


def _catalogs(rendering: Rendering, root: Element) -> dict[str, list[Description]]:
    """Return the assistive content for what is shown: that for hidden feedback might tell as much as it."""
    found = {catalog.identifier: catalog for catalog in catalogs_of(root)}
    shown: dict[str, list[Description]] = {}
    while missing := (rendering.catalogs & found.keys()) - shown.keys():
        for identifier in sorted(missing):
            shown[identifier] = _entries(rendering, found[identifier])
    return shown


def _entries(rendering: Rendering, catalog: Catalog) -> list[Description]:
    return [
        {
            "support": card.support,
            "language": entry.language,
            "html": rendering.html(entry.html),
            "files": [rendering.located(file) for file in entry.files],
        }
        for card in catalog.cards
        for entry in card.entries
    ]


def _companions(rendering: Rendering, root: Element) -> Iterator[Description]:
    """Yield what a candidate may use beside the item: calculators, rules, protractors, other material."""
    for each in companion_materials_of(root):
        kind = child_named(each.element, "qti-calculator-type")
        yield {
            "kind": each.kind,
            "type": None if kind is None else text_of(kind).strip(),
            "description": each.description,
            "files": [rendering.located(file) for file in each.files],
        }
