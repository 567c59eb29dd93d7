"""Content to HTML: only what is named here gets in; a rule for each element of QTI that candidates see."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, cast

from lxml import etree

from shared.standards.qti.converting.conversion import OWN, append_text
from shared.standards.qti.delivery.allowed import HTML, MATHML, SVG
from shared.standards.qti.delivery.cleaning import Resolve, clean, reference
from shared.standards.qti.delivery.printing import printed
from shared.standards.qti.delivery.visibility import Visibility
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    attributes_of,
    child_named,
    name_of,
    namespace_of,
    place_of,
)
from shared.standards.qti.faults import Notice
from shared.standards.qti.vocabulary import namespaces
from shared.standards.qti.vocabulary.elements import INTERACTIONS

_ADDRESSES: Final = frozenset(("src", "href", "poster"))
_CATALOG: Final = "data-catalog-idref"
_LANGUAGE: Final = f"{{{namespaces.XML}}}lang"
_ELSEWHERE: Final = frozenset(
    ("qti-stylesheet", "qti-catalog-info", "qti-prompt", "qti-gap-text", "qti-gap-img")
)
"""What the view has elsewhere."""
_SPOKEN: Final = ("sub", "phoneme", "prosody", "say-as", "emphasis", "voice", "p", "s", "w", "break", "mark")
_INLINE: Final = frozenset(
    ("qti-text-entry-interaction", "qti-inline-choice-interaction", "qti-end-attempt-interaction")
)


class Rendering:
    """One view on its way: what is shown, the interactions met in order, and what was left out."""

    def __init__(
        self,
        visibility: Visibility,
        resolve: Resolve | None,
        mathematical: frozenset[str],
        own: str = "",
        file: str = "",
    ) -> None:
        """Take what decides about the view.

        `mathematical` are variables that stand in formulas, `own` is the namespace of the document, whichever
        version it claims to be.
        """
        self.visibility: Final = visibility
        self.interactions: Final[list[Element]] = []
        self.notices: Final[list[Notice]] = []
        self.catalogs: Final[set[str]] = set()
        self._resolve = resolve
        self._mathematical = mathematical
        self._own = OWN | {own}
        self._file = file

    def html(self, source: Element | None) -> str:
        """Return what is inside an element as clean HTML, empty for no element."""
        if source is None:
            return ""
        holder = etree.Element("div")
        self.fill(source, holder)
        return clean(_inside(holder)).strip()

    def html_of(self, source: Element) -> str:
        """Return an element, not only its content, as clean HTML."""
        holder = etree.Element("div")
        self.render(source, holder)
        return clean(_inside(holder)).strip()

    def text(self, source: Element) -> str:
        """Return the text inside an element that is shown."""
        holder = etree.Element("div")
        self.fill(source, holder)
        return " ".join("".join(cast("Iterator[str]", holder.itertext())).split())

    def fill(self, source: Element, parent: Element) -> None:
        """Add what is inside an element."""
        append_text(parent, source.text or "")
        for child in source:
            self.render(child, parent)
            append_text(parent, child.tail or "")

    def render(self, source: Element, parent: Element) -> None:
        """Add what an element becomes, if anything. Comments and instructions never get in."""
        name = name_of(source)
        is_ours = name.startswith("{") or not name or namespace_of(source) in self._own
        rule = _RULES.get(name) if is_ours else None
        if rule is not None:
            rule(self, source, parent)
        elif name in HTML and is_ours:
            self.fill(source, self._copy(source, parent, name))
        elif name and name not in _ELSEWHERE:
            self.note(source, f"{etree.QName(source).localname} is left out of the view")

    def reference(self, source: Element, name: str = "href") -> str | None:
        """Return what an attribute refers to, None where a client must not follow it."""
        return self.located(attribute(source, name), source.base)

    def located(self, text: str | None, base: str | None = None) -> str | None:
        """Return where a file is served, None where a client must not ask for it.

        `base` is what `xml:base` around it says, which HTML does not know.
        """
        return reference(text, self._resolve, base=base)

    def note(self, source: Element, message: str) -> None:
        """Note what was left out."""
        self.notices.append(Notice(message, "delivery, allowed content", place_of(source, self._file)))

    def _copy(self, source: Element, parent: Element, name: str) -> Element:
        target = etree.SubElement(parent, name)
        for key, value in attributes_of(source):
            if key == _LANGUAGE:
                target.set("lang", value)
            elif key in _ADDRESSES:
                located = self.located(value, source.base)
                if located is not None:
                    target.set(key, located)
            elif key[0] != "{" and not key.startswith("data-"):
                target.set(key, value)
        catalog = self.catalog_of(source)
        if catalog is not None:
            target.set(_CATALOG, catalog)
        return target

    def catalog_of(self, source: Element) -> str | None:
        """Return the catalog that an element refers to, which is then shown too."""
        catalog = attribute(source, _CATALOG)
        if catalog is not None:
            self.catalogs.add(catalog)
        return catalog

    def foreign(self, source: Element, parent: Element) -> None:
        """Add MathML or SVG, whose elements have no prefix in HTML; variables of formulas become values."""
        local = etree.QName(source).localname
        if local == "semantics":
            shown = next(source.iterchildren("*"), None)
            if shown is not None:
                self.foreign(shown, parent)
            return
        if local not in MATHML | SVG:
            return
        target = self._copy(source, parent, local)
        identifier = (source.text or "").strip()
        if local in {"mi", "ci"} and identifier in self._mathematical:
            target.tag = "mn"
            target.text = printed(self.visibility.value(identifier), source)
            return
        append_text(target, source.text or "")
        for child in source.iterchildren("*"):
            if etree.QName(child).namespace == etree.QName(source).namespace:
                self.foreign(child, target)
            append_text(target, child.tail or "")

    def block(self, source: Element, parent: Element, tag: str) -> None:
        """Add an element of QTI as one of HTML, with its name among the classes."""
        target = self._copy(source, parent, tag)
        target.set("class", f"{name_of(source)} {source.get('class') or ''}".strip())
        self.fill(source, target)


type _Rule = Callable[[Rendering, Element, Element], None]


def _inside(holder: Element) -> str:
    inner = (etree.tostring(child, method="html", encoding="unicode") for child in holder)
    return _escape(holder.text or "") + "".join(inner)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _transparent(rendering: Rendering, source: Element, parent: Element) -> None:
    rendering.fill(source, parent)


def _shown_as(tag: str) -> _Rule:
    def render(rendering: Rendering, source: Element, parent: Element) -> None:
        if rendering.visibility.shows(source):
            rendering.block(source, parent, tag)

    return render


def _rubric(rendering: Rendering, source: Element, parent: Element) -> None:
    if rendering.visibility.shows_rubric(source):
        rendering.block(source, parent, "div")


def _details(rendering: Rendering, source: Element, parent: Element) -> None:
    details = etree.SubElement(parent, "details")
    etree.SubElement(details, "summary").text = attribute(source, "title")
    rendering.fill(source, details)


def _printed_variable(rendering: Rendering, source: Element, parent: Element) -> None:
    value = rendering.visibility.value(attribute(source, "identifier") or "")
    etree.SubElement(parent, "span", {"class": "qti-printed-variable"}).text = printed(value, source)


def _interaction(rendering: Rendering, source: Element, parent: Element) -> None:
    """Leave a place for an interaction, which is described beside the HTML."""
    rendering.interactions.append(source)
    place = etree.SubElement(parent, "span" if name_of(source) in _INLINE else "div")
    place.set("class", f"{name_of(source)} {source.get('class') or ''}".strip())
    place.set("data-interaction", str(len(rendering.interactions) - 1))


def _marked(key: str) -> _Rule:
    def render(rendering: Rendering, source: Element, parent: Element) -> None:
        if rendering.visibility.shows(source):
            mark = etree.SubElement(parent, "span", {key: attribute(source, "identifier") or ""})
            rendering.fill(source, mark)

    return render


def _object(rendering: Rendering, source: Element, parent: Element) -> None:
    """Show images, sound and film by elements of HTML; of other objects, what stands in for them."""
    kind = (attribute(source, "type") or "").partition("/")[0]
    data = rendering.reference(source, "data")
    given = {} if data is None else {"src": data}
    given |= {key: value for key in ("width", "height") if (value := attribute(source, key))}
    if kind == "image":
        text = rendering.text(source) or attribute(source, "alt") or ""
        etree.SubElement(parent, "img", {"alt": text, **given})
    elif kind in {"audio", "video"}:
        player = etree.SubElement(parent, kind, {"controls": "", **given})
        rendering.fill(source, player)
    else:
        rendering.note(source, f"an object of type {attribute(source, 'type')} is left out of the view")
        rendering.fill(source, parent)


def _stage(rendering: Rendering, source: Element, parent: Element) -> None:
    """Show the interactions on a stage; its image is part of their descriptions."""
    for interaction in source.iterchildren("*"):
        if name_of(interaction) == "qti-position-object-interaction":
            rendering.render(interaction, parent)


def _foreign(rendering: Rendering, source: Element, parent: Element) -> None:
    rendering.foreign(source, parent)


def image_of(source: Element) -> Element | None:
    """Return the image of a graphic interaction or choice."""
    for name in ("img", "object"):
        found = child_named(source, name)
        if found is not None:
            return found
    picture = child_named(source, "picture")
    return None if picture is None else child_named(picture, "img")


_RULES: Final[Mapping[str, _Rule]] = {
    **dict.fromkeys(INTERACTIONS, _interaction),
    **dict.fromkeys(
        ("qti-item-body", "qti-stimulus-body", "qti-content-body", "qti-html-content"), _transparent
    ),
    **{f"{{{namespaces.SSML}}}{name}": _transparent for name in _SPOKEN},
    "qti-rubric-block": _rubric,
    "qti-feedback-block": _shown_as("div"),
    "qti-feedback-inline": _shown_as("span"),
    "qti-template-block": _shown_as("div"),
    "qti-template-inline": _shown_as("span"),
    "qti-info-control": _details,
    "qti-printed-variable": _printed_variable,
    "qti-position-object-stage": _stage,
    "qti-gap": _marked("data-gap"),
    "qti-hottext": _marked("data-hottext"),
    "object": _object,
    f"{{{namespaces.MATHML}}}math": _foreign,
    f"{{{namespaces.SVG}}}svg": _foreign,
}
