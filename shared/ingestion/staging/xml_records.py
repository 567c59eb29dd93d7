"""Turns XML into JSON lines: each of the elements that repeat becomes a flat object.

Attributes and the texts of children go by their names without namespace, nested ones joined by dots; what
repeats within a record becomes a list. A document type declaration is refused before anything in it is
read, so no entity is ever defined.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.ingestion.reading.sniffing import HEAD_BYTES
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import damaged, unread
from shared.ingestion.staging.xml_parsing import XmlParser, local, steps

type Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the first bytes of a file tell: the path from the root of the elements that are records."""

    records: Path
    is_bare: bool
    """Whether the file is a root element with no element in it, and that is all."""


class XmlRecords:
    """Finds the records of an XML file; which element they are is seen in its first 256 KB."""

    def __init__(self, member: str, limits: Limits) -> None:
        self._member = member
        self._limits = limits
        self._head = b""
        self._reader: _Reader | None = None

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield the records that end in them, a line each."""
        if self._reader is None:
            self._head += block
            if len(self._head) < HEAD_BYTES:
                return
            block = self._begin()
        yield from self._parse(block)

    def finish(self) -> Iterator[bytes]:
        """Check that the root element was closed."""
        if self._reader is None:
            yield from self._parse(self._begin())
        if self._reader is not None:
            self._reader.parse(b"", final=True)

    def _begin(self) -> bytes:
        """Choose the records; return the bytes that are held so far."""
        outline = outline_of(self._member, self._head[:HEAD_BYTES], self._limits)
        held, self._head = self._head, b""
        self._reader = _Reader(self._member, self._limits, outline.records)
        return held

    def _parse(self, block: bytes) -> Iterator[bytes]:
        for step in steps(block):
            if self._reader is not None and (lines := self._reader.parse(step)):
                yield lines


def outline_of(member: str, head: bytes, limits: Limits) -> Outline:
    """Return which elements are records.

    They are the outermost ones that repeat in one parent and have structure of their own; where none repeats,
    the first child of the root that has children, else the root.
    """
    census = _Census(member, limits)
    census.parse(head)
    path = census.choice()
    if path is None:
        raise damaged(member, len(head), "no element begins in the first bytes of the XML")
    return Outline(path, is_bare=census.is_bare)


class _Census(XmlParser):
    """Counts which elements repeat."""

    def __init__(self, member: str, limits: Limits) -> None:
        super().__init__(member, limits)
        self._within: list[Counter[str]] = [Counter()]
        self._repeats: Counter[Path] = Counter()
        self._parents: dict[Path, None] = {}
        self._attributed = set[Path]()
        self._root: Path | None = None
        self.is_bare = False

    def parse(self, head: bytes) -> None:
        """Count in the first bytes of a file."""
        self.follow(head)

    def begin(self, attributes: dict[str, str]) -> None:
        """Count an element in its parent."""
        path = tuple(self.path)
        if len(path) == 1:
            self._root = path
            if path[0].lower() == "html":
                raise unread(self._member, "an HTML page")
        siblings = self._within[-1]
        siblings[path[-1]] += 1
        if siblings[path[-1]] > 1:
            self._repeats[path] += 1
        self._within.append(Counter())
        self._parents.setdefault(path[:-1])
        if attributes:
            self._attributed.add(path)

    def end(self) -> None:
        """Leave an element."""
        held = self._within.pop()
        self.is_bare = len(self._within) == 1 and not held

    def choice(self) -> Path | None:
        """Return the path of the records, None when no element begins."""
        structured = [path for path in self._repeats if path in self._parents or path in self._attributed]
        if repeats := structured or list(self._repeats):
            return min(repeats, key=lambda path: (len(path), -self._repeats[path]))
        inner = (path for path in self._parents if len(path) == 2)
        return next(inner, self._root)


class _Reader(XmlParser):
    """Builds the records at a path."""

    def __init__(self, member: str, limits: Limits, path: Path) -> None:
        super().__init__(member, limits)
        self._at = path
        self._record: dict[str, str | list[str]] | None = None
        self._texts: list[list[str]] = []
        self._nested: list[bool] = []
        self._lines: list[str] = []

    def parse(self, block: bytes, *, final: bool = False) -> bytes:
        """Take the next bytes and return the records that end in them, a line each."""
        self.follow(block, final=final)
        lines = "".join(self._lines).encode()
        self._lines.clear()
        return lines

    def begin(self, attributes: dict[str, str]) -> None:
        """Begin a record, or note the attributes of an element in one."""
        if self._record is None:
            if tuple(self.path) != self._at:
                return
            self._record = {}
            self.begin_record()
        if self._nested:
            self._nested[-1] = True
        self._texts.append([])
        self._nested.append(bool(attributes))
        prefix = self.path[len(self._at) :]
        for name, value in attributes.items():
            self._add(".".join((*prefix, local(name))), value)

    def text(self, text: str) -> None:
        """Keep the text of an element in a record."""
        if self._record is not None:
            self.hold(len(text))
            self._texts[-1].append(text)

    def end(self) -> None:
        """Note the text of an element, and end its record with it."""
        if self._record is None:
            return
        text, nested = "".join(self._texts.pop()), self._nested.pop()
        prefix = self.path[len(self._at) :]
        if not nested or text.strip():
            self._add(".".join(prefix) or self.path[-1], text.strip() if nested else text)
        if not self._texts:
            self._lines.append(json.dumps(self._record, ensure_ascii=False) + "\n")
            self._record = None

    def _add(self, key: str, value: str) -> None:
        self.hold(len(key) + len(value))
        assert self._record is not None  # noqa: S101 - only called within a record
        held = self._record.get(key)
        if isinstance(held, list):
            held.append(value)
        else:
            self._record[key] = value if held is None else [held, value]
