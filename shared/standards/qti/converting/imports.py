"""Files of QTI 1.2 in packages: each becomes a folder of documents of 3.0, their references kept right."""

from collections.abc import Iterator
from dataclasses import replace
from posixpath import dirname, relpath
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import Notice
from shared.standards.qti.packages.references import Addresses
from shared.standards.qti.questestinterop.reading import read_questestinterop

_ADDRESSES: Final = ("src", "href", "data", "poster")
_FILE_BASES: Final = ("$IMS-CC-FILEBASE$", "%24IMS-CC-FILEBASE%24")
_WEB_RESOURCES: Final = "web_resources"
"""Where cartridges keep the files that content names by their file base (Common Cartridge, web content)."""
_ENDINGS: Final = (".xml.qti", ".qti", ".xml", ".dat")


def documents_of(document: Document, addresses: Addresses, notices: list[Notice]) -> Iterator[Document]:
    """Yield what a file of QTI 1.2 holds as documents of 3.0, named by where they lie in a package.

    A test lies beside the folders of its items and stimuli. What was noticed, and why items are missing, is
    added to the notices.

    >>> from shared.standards.qti import parse
    >>> quiz = parse(b'<questestinterop><item ident="q1"/></questestinterop>', file="a/quiz.xml")
    >>> [each.file for each in documents_of(quiz, Addresses([]), [])]
    ['a/quiz/items/q1.xml']
    """
    imported = read_questestinterop(document)
    notices.extend(imported.all_notices)
    notices.extend(Notice(each.message, each.rule, each.place, "error") for each in imported.refused)
    folder = _without_ending(document.file)
    placed = [
        *((f"{folder}/items/{each.document.file}", each.document) for each in imported.items),
        *((f"{folder}/stimuli/{each.document.file}", each.document) for each in imported.stimuli),
        *((f"{folder}/{each.file}", each) for each in (*imported.tests, *imported.sections)),
    ]
    for name, each in placed:
        _point(each, dirname(document.file), dirname(name), addresses)
        yield replace(each, file=name)


def _without_ending(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)


def _point(document: Document, base: str, folder: str, addresses: Addresses) -> None:
    """Point references to files of the package to where these lie from the new document."""
    for element in document.root.iter("*"):
        for key in _ADDRESSES:
            address = element.get(key)
            found = None if address is None else _resolved(address, base, addresses)
            if found is not None:
                element.set(key, relpath(found, folder))


def _resolved(address: str, base: str, addresses: Addresses) -> str | None:
    for token in _FILE_BASES:
        if address.startswith(token):
            return addresses.resolve(address.replace(token, _WEB_RESOURCES, 1))
    return addresses.resolve(address, base=base) or addresses.resolve(address)
