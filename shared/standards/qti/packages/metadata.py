"""What metadata tells of content: learning object metadata (IEEE 1484.12.1) and what QTI adds."""

from dataclasses import dataclass

from shared.standards.qti.documents.element import Element, local_name
from shared.standards.qti.vocabulary.names import kebab

type Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Titles, descriptions, keywords and languages as given; `qti` holds what QTI adds, by the names of 3.0.

    `element` is where it was read, with everything that is not looked at here.

    >>> Metadata(titles=("Tides",)).as_json()
    {'titles': ['Tides']}
    """

    titles: Texts = ()
    descriptions: Texts = ()
    keywords: Texts = ()
    languages: Texts = ()
    qti: tuple[tuple[str, str], ...] = ()
    element: Element | None = None

    def as_json(self) -> dict[str, object]:
        """Return what is known, without what is not."""
        told: dict[str, object] = {
            "titles": list(self.titles),
            "descriptions": list(self.descriptions),
            "keywords": list(self.keywords),
            "languages": list(self.languages),
            "qti": [list(pair) for pair in self.qti],
        }
        return {name: value for name, value in told.items() if value}


def metadata_of(element: Element) -> Metadata:
    """Return what the metadata inside an element tells, whichever of its bindings is used.

    >>> from shared.standards.qti.documents.document import parse
    >>> lom = "<lom><general><title><string>Tides</string></title></general></lom>"
    >>> metadata_of(parse(f"<metadata>{lom}</metadata>".encode()).root).titles
    ('Tides',)
    """
    return Metadata(
        titles=_strings(element, "title"),
        descriptions=_strings(element, "description"),
        keywords=_strings(element, "keyword"),
        languages=_plain(element, "language"),
        qti=_of_qti(element),
        element=element,
    )


def _strings(element: Element, name: str) -> Texts:
    """Return the texts under `general`, as strings of languages in each of the bindings of LOM."""
    found = (
        text.strip()
        for holder in element.iterfind(f"{{*}}lom/{{*}}general/{{*}}{name}")
        for inner in holder.iter("{*}string", "{*}langstring", "{*}langString")
        if (text := inner.text) and text.strip()
    )
    return tuple(dict.fromkeys(found))


def _plain(element: Element, name: str) -> Texts:
    found = element.iterfind(f"{{*}}lom/{{*}}general/{{*}}{name}")
    return tuple(one.text.strip() for one in found if one.text and one.text.strip())


def _of_qti(element: Element) -> tuple[tuple[str, str], ...]:
    pairs = (
        (kebab(local_name(child)), (child.text or "").strip())
        for holder in element.iter("{*}qtiMetadata", "{*}qti-metadata")
        for child in holder.iterchildren("*")
        if not len(child)
    )
    return tuple(pairs)
