"""Catalogs: alternatives of content for a support that a candidate needs (QTI 3.0, catalogs)."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    children_named,
    descendants_named,
    is_true,
    text_of,
)
from shared.standards.qti.vocabulary.namespaces import XML


@dataclass(frozen=True, slots=True)
class CardEntry:
    """One alternative: in HTML or as files, in a language.

    >>> CardEntry("es", is_default=False, files=("dos.mp3",), html=None).files
    ('dos.mp3',)
    """

    language: str
    is_default: bool
    files: tuple[str, ...]
    html: Element | None


@dataclass(frozen=True, slots=True)
class Card:
    """The alternatives for one support, such as `spoken`, `braille` or `keyword-translation`.

    >>> Card("braille", entries=()).support
    'braille'
    """

    support: str
    entries: tuple[CardEntry, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The cards that content refers to by `data-catalog-idref`.

    >>> Catalog("c1", cards=(Card("braille", ()),)).cards[0].support
    'braille'
    """

    identifier: str
    cards: tuple[Card, ...]


def catalogs_of(root: Element) -> Iterator[Catalog]:
    """Yield the catalogs of an item, stimulus or test.

    >>> from shared.standards.qti.documents.document import parse
    >>> card = '<qti-card support="spoken"><qti-html-content>two</qti-html-content></qti-card>'
    >>> info = f'<qti-catalog-info><qti-catalog id="c1">{card}</qti-catalog></qti-catalog-info>'
    >>> item = parse(f"<qti-assessment-item>{info}</qti-assessment-item>".encode())
    >>> [(catalog.identifier, catalog.cards[0].support) for catalog in catalogs_of(item.root)]
    [('c1', 'spoken')]
    """
    for catalog in descendants_named(root, "qti-catalog"):
        cards = tuple(_card(card) for card in children_named(catalog, "qti-card"))
        yield Catalog(attribute(catalog, "id") or "", cards)


def _card(card: Element) -> Card:
    entries = list(children_named(card, "qti-card-entry")) or [card]
    return Card(attribute(card, "support") or "", tuple(_entry(entry) for entry in entries))


def _entry(entry: Element) -> CardEntry:
    return CardEntry(
        language=entry.get(f"{{{XML}}}lang", ""),
        is_default=is_true(entry, "default"),
        files=tuple(text_of(file).strip() for file in children_named(entry, "qti-file-href")),
        html=next(children_named(entry, "qti-html-content"), None),
    )
