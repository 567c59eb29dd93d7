"""Whether any real file loses an element, attribute or text from reading to writing.

Measured on all XML in a folder, also that in zips; canonical XML of what was read is compared with that of
what is read again. Files that are refused, such as those with entities of their own, are counted.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.faults import QtiError
from shared.standards.qti.writing.serialising import canonical, serialise

type Figure = tuple[str, float, str, float | None]

_ENDINGS = (".xml", ".qti", ".dat")


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    files = list(documents_in(data))
    read = [document for document in files if document is not None]
    changed = [document.file for document in read if _changes(document)]
    for name in changed:
        sys.stderr.write(f"  loses something: {name}\n")
    return [
        ("files that lose something when read, written and read", len(changed), "files", 0),
        ("files read", len(read), "files", None),
        ("files refused or not well-formed", len(files) - len(read), "files", None),
    ]


def documents_in(data: Path) -> Iterator[Document | None]:
    """Yield all XML of a folder, None for what is no XML or refused."""
    for path in sorted(data.rglob("*")):
        if path.suffix in _ENDINGS:
            yield _parsed(path.read_bytes(), str(path.relative_to(data)))
        elif path.suffix == ".zip":
            with ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(_ENDINGS):
                        yield _parsed(archive.read(name), f"{path.name}/{name}")


def _parsed(content: bytes, name: str) -> Document | None:
    try:
        return parse(content, file=name)
    except QtiError:
        return None


def _changes(document: Document) -> bool:
    again = parse(serialise(document), file=document.file)
    return canonical(again.root) != canonical(document.root)
