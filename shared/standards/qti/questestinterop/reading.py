"""A file of QTI 1.2, whoever wrote it, read into items, stimuli, tests and banks of QTI 3.0."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Invalid, Malformed, Notice
from shared.standards.qti.questestinterop.assessments import Assembly
from shared.standards.qti.questestinterop.budget import Budget
from shared.standards.qti.questestinterop.dialects import Dialect, Vendor, dialect_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.items import ImportedItem, read_item
from shared.standards.qti.questestinterop.kinds import Kind, kind_of
from shared.standards.qti.questestinterop.metadata import metadata_of
from shared.standards.qti.questestinterop.names import Identifiers, below, given, identifier, inside, tag_of
from shared.standards.qti.questestinterop.selections import BankReference
from shared.standards.qti.questestinterop.sources import Source

_ROOT: Final = "questestinterop"
_OBJECT_IDS: Final = ("bbmd_asi_object_id", "asi_object_id")


@dataclass(frozen=True, slots=True)
class Bank:
    """An object bank: a collection of items that tests draw from.

    >>> Bank("b1", "Algebra", items=("q1",)).title
    'Algebra'
    """

    identifier: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """All that a file of QTI 1.2 holds, as QTI 3.0. `original` is the file as it was parsed, untouched.

    `tests` are documents of qti-assessment-test, `sections` those of sections outside any test. `references`
    are what tests take from banks outside the file, `refused` why items are missing that could not be scored
    as they say. `metadata` is that of the test, or of the bank. `notices` are those of the file; items have
    theirs.

    >>> from shared.standards.qti import parse
    >>> imported: Imported = read_questestinterop(parse(b"<questestinterop/>"))
    >>> imported.items, imported.dialect.vendor.value
    ((), 'QTI 1.2')
    """

    original: Document
    dialect: Dialect
    items: tuple[ImportedItem, ...]
    stimuli: tuple[ImportedItem, ...]
    tests: tuple[Document, ...]
    sections: tuple[Document, ...]
    banks: tuple[Bank, ...]
    references: tuple[BankReference, ...]
    metadata: dict[str, str]
    refused: tuple[Invalid, ...]
    notices: tuple[Notice, ...]

    @property
    def all_notices(self) -> tuple[Notice, ...]:
        """The notices of the file and of all in it."""
        parts = (each.document.notices for each in (*self.items, *self.stimuli))
        return self.notices + tuple(notice for notices in parts for notice in notices)


def read_questestinterop(
    document: Document, *, banks: Mapping[str, Imported] | None = None, strict: bool = False
) -> Imported:
    """Return what a document of QTI 1.2 holds as QTI 3.0; whose dialect it is shows from its content.

    `banks` are files read before that tests may draw from, by the ident of the bank. Raises Malformed for
    what is not QTI 1.2, among it Blackboard's own POOL; Invalid, when strict, for what breaks the standard.

    >>> from shared.standards.qti import parse
    >>> text = b"<material><mattext>Hi</mattext></material>"
    >>> item = b'<item ident="1"><presentation>%b</presentation></item>' % text
    >>> found = read_questestinterop(parse(b"<questestinterop>%b</questestinterop>" % item))
    >>> found.items[0].document.kind, found.items[0].kind.value
    ('qti-assessment-item', 'text only')
    """
    root = document.root
    if tag_of(root) != _ROOT:
        raise Malformed(
            _why_not(root), rule="QTI 1.2 ASI, questestinterop", place=place_of(root, document.file)
        )
    reader = _Reader(document, dialect_of(root), strict)
    return reader.read({name: bank.items for name, bank in (banks or {}).items()})


def _why_not(root: Element) -> str:
    name = tag_of(root)
    return (
        "POOL is Blackboard's own format, not QTI" if name == "POOL" else f"the root is {name}, not {_ROOT}"
    )


class _Reader:
    def __init__(self, document: Document, dialect: Dialect, strict: bool) -> None:
        self._document = document
        self._dialect = dialect
        self._strict = strict
        self._findings = Findings(document.file, strict)
        self._refused: list[Invalid] = []
        self._budget = Budget()

    def read(self, banks: Mapping[str, Sequence[ImportedItem]]) -> Imported:
        root = self._document.root
        read = dict(self._items(root))
        own = {each.identifier: each for each in self._banks(root, read)}
        known = {given(bank, "ident"): self._inside_bank(bank, read) for bank in below(root, "objectbank")}
        assembly = Assembly(read, _by_ident(read), dict(banks) | known, self._findings)
        tests = [self._named(assembly.test(each)) for each in inside(root, "assessment")]
        sections = [self._named(assembly.section(each)) for each in inside(root, "section")]
        self._tell_unused(read.values())
        return Imported(
            self._document,
            self._dialect,
            tuple(item for item in read.values() if item.kind is not Kind.STIMULUS),
            tuple(item for item in read.values() if item.kind is Kind.STIMULUS),
            tuple(tests),
            tuple(sections),
            tuple(own.values()),
            tuple(assembly.references),
            self._metadata(root),
            tuple(self._refused),
            self._document.notices + self._findings.notices,
        )

    def _items(self, root: Element) -> Iterator[tuple[Element, ImportedItem]]:
        names = Identifiers()
        elements = list(below(root, "item"))
        sources = [self._source(element, names) for element in elements]
        wanted = {ident for source in sources if (ident := source.metadata.get("parent_stimulus_item_ident"))}
        for source in sources:
            shared = given(source.element, "ident") in wanted and source.kind is Kind.TEXT
            item = self._item(replace(source, kind=Kind.STIMULUS) if shared else source)
            if item is not None:
                yield source.element, item

    def _source(self, element: Element, names: Identifiers) -> Source:
        metadata = metadata_of(element)
        ident = given(element, "ident") or next((metadata[key] for key in _OBJECT_IDS if key in metadata), "")
        name = names.take(ident or "item")
        if ident and name != identifier(ident):
            message = f"the ident {ident!r} is there more than once; items after the first are renamed"
            self._findings.warn(element, message, rule="QTI 1.2 ASI, ident")
        kind, dialect = kind_of(element, metadata), self._dialect_of(element)
        return Source(element, name, kind, metadata, dialect, self._budget)

    def _dialect_of(self, item: Element) -> Dialect:
        """Return the dialect of an item: its own where vendors are mixed, as in exports of imports."""
        own = dialect_of(item) if self._dialect.others else self._dialect
        return self._dialect if own.vendor is Vendor.UNKNOWN else own

    def _item(self, source: Source) -> ImportedItem | None:
        findings = Findings(self._document.file, self._strict)
        try:
            return read_item(source, findings)
        except Invalid as error:
            if self._strict:
                raise
            self._refused.append(error)
            self._findings.refuse(error)
            return None

    def _banks(self, root: Element, read: Mapping[Element, ImportedItem]) -> Iterator[Bank]:
        names = Identifiers()
        for bank in below(root, "objectbank"):
            title = metadata_of(bank).get("bank_title", "") or given(bank, "title")
            items = tuple(item.identifier for item in self._inside_bank(bank, read))
            yield Bank(names.take(given(bank, "ident") or "bank"), title, items)

    def _inside_bank(self, bank: Element, read: Mapping[Element, ImportedItem]) -> list[ImportedItem]:
        return [item for each in below(bank, "item") if (item := read.get(each)) is not None]

    def _named(self, root: Element) -> Document:
        return Document(root, f"{root.get('identifier')}.xml")

    def _metadata(self, root: Element) -> dict[str, str]:
        found = metadata_of(root)
        for each in inside(root, "assessment", "objectbank"):
            found = metadata_of(each) | found
        return found

    def _tell_unused(self, items: Iterable[ImportedItem]) -> None:
        wanted = {item.metadata.get("parent_stimulus_item_ident", "") for item in items}
        for item in items:
            if item.kind is Kind.STIMULUS and given(item.original, "ident") not in wanted:
                message = f"the stimulus {item.title!r} belongs to no item of this file"
                self._findings.warn(item.original, message, rule="Canvas New Quizzes, stimulus")


def _by_ident(read: Mapping[Element, ImportedItem]) -> dict[str, ImportedItem]:
    found: dict[str, ImportedItem] = {}
    for element, item in read.items():
        for ident in (given(element, "ident"), *(item.metadata.get(key, "") for key in _OBJECT_IDS)):
            if ident:
                found.setdefault(ident, item)
    return found
