"""APIP's accessibility information to the catalogs of QTI 3.0 (APIP to QTI 3 migration).

APIP lists from outside what assistive content there is for an element; in 3.0 the element points to a
catalog. All cards for one element are put into one catalog, since an element can point to one only.
"""

from collections.abc import Callable, Iterator
from typing import Final, cast

from shared.standards.qti.converting.conversion import Conversion
from shared.standards.qti.documents.element import (
    Element,
    attributes_of,
    children,
    children_named,
    local_name,
)
from shared.standards.qti.vocabulary.elements import ELEMENTS
from shared.standards.qti.vocabulary.names import kebab
from shared.standards.qti.vocabulary.namespaces import APIP, XML

ACCESSIBILITY: Final = f"{{{APIP}}}apipAccessibility"
_RULE: Final = "APIP 1.0, accessibility information"
_LANGUAGE: Final = f"{{{XML}}}lang"
_EMPHASIS: Final = "qti-keyword-emphasis"


def convert_accessibility(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write a catalog for each element that APIP has content for, and companion materials before the body."""
    for child in children(source):
        match local_name(child):
            case "accessibilityInfo":
                _catalogs(child, parent, conversion)
            case "companionMaterialsInfo":
                _companions(child, parent, conversion)
            case other:
                conversion.note(
                    child, f"{other}: the order is left to the profile of each candidate", rule=_RULE
                )


def _catalogs(information: Element, root: Element, conversion: Conversion) -> None:
    by_identifier = {element.get("id", ""): element for element in root.iter("*") if "id" in element.attrib}
    catalogs: dict[str, Element] = {}
    info = conversion.add_new("qti-catalog-info", root)
    for entry in _named(information, "accessElement"):
        for link in _named(entry, "contentLinkInfo"):
            identifier = link.get("qtiLinkIdentifierRef", "")
            target = by_identifier.get(identifier)
            if target is None:
                conversion.note(
                    link, "accessibility information for an element that is not there", rule=_RULE
                )
                continue
            _warn_of_parts(link, conversion)
            if identifier not in catalogs:
                catalogs[identifier] = _catalog(info, target, identifier, conversion)
            _cards(entry, catalogs[identifier], target, conversion)
    for catalog in list(info):
        if not len(catalog):
            info.remove(catalog)
    _place_after_body(info, root)


def _catalog(info: Element, target: Element, identifier: str, conversion: Conversion) -> Element:
    catalog = conversion.add_new("qti-catalog", info)
    catalog.set("id", f"catalog-{identifier}")
    target.set("data-catalog-idref", f"catalog-{identifier}")
    return catalog


def _warn_of_parts(link: Element, conversion: Conversion) -> None:
    for part in link.iter(f"{{{APIP}}}wordLink", f"{{{APIP}}}characterStringLink"):
        conversion.note(part, "the link to a part of the text; it is to the whole element now", rule=_RULE)


def _cards(entry: Element, catalog: Element, target: Element, conversion: Conversion) -> None:
    for related in _named(entry, "relatedElementInfo"):
        for support in children(related):
            writer = _SUPPORTS.get(local_name(support))
            if writer is not None:
                writer(support, catalog, conversion)
            elif local_name(support) == "keyWordEmphasis":
                target.set("class", f"{target.get('class', '')} {_EMPHASIS}".strip())
            else:
                conversion.note(
                    support, f"{local_name(support)}, which no card of a catalog stands for", rule=_RULE
                )


def _texts(*names: str, support: str) -> Callable[[Element, Element, Conversion], None]:
    """Return what writes a card from elements of text and from files, each an entry of its own."""

    def write(source: Element, catalog: Element, conversion: Conversion) -> None:
        texts = [inner for inner in source.iter(*(f"{{{APIP}}}{name}" for name in names)) if _text(inner)]
        files = list(source.iter(f"{{{APIP}}}fileHref"))
        if not texts and not files:
            conversion.note(source, f"{local_name(source)} without a text or file", rule=_RULE)
            return
        card = conversion.add_new("qti-card", catalog)
        card.set("support", support)
        several = len(texts) + len(files) > 1
        for text in texts:
            _entry(card, text, conversion, wrapped=several).text = _text(text)
        for file in files:
            _file(card, file, conversion, wrapped=several)

    return write


def _entry(card: Element, source: Element, conversion: Conversion, *, wrapped: bool) -> Element:
    holder = conversion.add_new("qti-card-entry", card) if wrapped or _language(source) else card
    if _language(source):
        holder.set(_LANGUAGE, _language(source))
    if holder is not card and local_name(source) == "textToSpeechPronunciation":
        holder.set("default", "true")
    return conversion.add_new("qti-html-content", holder)


def _file(card: Element, source: Element, conversion: Conversion, *, wrapped: bool) -> None:
    holder = conversion.add_new("qti-card-entry", card) if wrapped else card
    reference = conversion.add_new("qti-file-href", holder)
    reference.text = _text(source)
    about = source.getparent()
    media_type = None if about is None else about.get("mimeType")
    if media_type:
        reference.set("mime-type", media_type)


_SUPPORTS: Final = {
    "spoken": _texts("textToSpeechPronunciation", "spokenText", support="spoken"),
    "brailleText": _texts("brailleTextString", support="braille"),
    "tactileFile": _texts("tactileAudioText", support="tactile"),
    "signing": _texts(support="sign-language"),
    "keyWordTranslation": _texts("textString", support="keyword-translation"),
    "guidance": _texts("languageLearnerSupportText", "cognitiveGuidanceText", support="linguistic-guidance"),
}


def _companions(source: Element, root: Element, conversion: Conversion) -> None:
    """Rename companion materials, whose names 3.0 took over by its rule for names."""
    info = conversion.add_new("qti-companion-materials-info", root)
    for child in children(source):
        _rename(child, info, conversion)
    body = next(children_named(root, "qti-stylesheet", "qti-item-body"), None)
    if body is not None:
        body.addprevious(info)


def _rename(source: Element, parent: Element, conversion: Conversion) -> None:
    name = f"qti-{kebab(local_name(source))}"
    if name not in ELEMENTS:
        conversion.note(source, f"{local_name(source)} of companion materials", rule=_RULE)
        return
    target = conversion.add_new(name, parent)
    for key, value in attributes_of(source):
        target.set(kebab(key), value)
    target.text = source.text
    for child in children(source):
        _rename(child, target, conversion)


def _place_after_body(info: Element, root: Element) -> None:
    if not len(info):
        root.remove(info)
        return
    body = next(children_named(root, "qti-item-body", "qti-stimulus-body"), None)
    if body is not None:
        body.addnext(info)


def _named(parent: Element, local: str) -> Iterator[Element]:
    return parent.iterchildren(f"{{{APIP}}}{local}")


def _language(element: Element) -> str:
    around = element.getparent()
    return element.get(_LANGUAGE) or (around.get(_LANGUAGE) if around is not None else None) or ""


def _text(element: Element) -> str:
    return "".join(cast("Iterator[str]", element.itertext())).strip()
