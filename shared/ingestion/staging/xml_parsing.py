"""Parses XML without document types, in bounded memory."""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import beyond, damaged
from shared.kernel.errors import Violation

_STEP: Final = 64 * 1024


def steps(block: bytes) -> Iterator[bytes]:
    """Yield a block in steps whose events a parser may hold."""
    for at in range(0, len(block), _STEP):
        yield block[at : at + _STEP]


def local(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition(" ")[2]


class XmlParser:
    """Follows a document; subclasses say what becomes of its elements."""

    def __init__(self, member: str, limits: Limits) -> None:
        self._member = member
        self._limits = limits
        self._expat = expat.ParserCreate("utf-8", " ")
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._character_data
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.CommentHandler = self._expat.ProcessingInstructionHandler = self._note
        self._without_event = 0
        self._held = 0
        self.path: list[str] = []

    def follow(self, block: bytes, *, final: bool = False) -> None:
        """Take the next bytes; `FileRefused` where they are not well formed."""
        self._without_event += len(block)
        try:
            self._expat.Parse(block, final)
        except expat.ExpatError as error:
            what = f"the XML is broken: {expat.ErrorString(error.code)}"
            raise damaged(self._member, self._expat.ErrorByteIndex, what) from None
        if self._without_event > self._limits.record:
            raise self.too_long()

    @property
    def byte(self) -> int:
        """Where the parser stands in the document."""
        return self._expat.CurrentByteIndex

    def begin(self, attributes: dict[str, str]) -> None:
        """Take the start of the element at `path`."""

    def text(self, text: str) -> None:
        """Take text of the element at `path`."""

    def end(self) -> None:
        """Take the end of the element at `path`."""

    def hold(self, length: int) -> None:
        """Count what the record has that is being read; `FileRefused` when no worker shall hold it."""
        self._held += length
        if self._held > self._limits.record:
            raise self.too_long()

    def begin_record(self) -> None:
        """Count anew: what was held belongs to the record before."""
        self._held = 0

    def too_long(self) -> FileRefused:
        """Return the refusal of a record that no worker shall hold."""
        place = Violation(f"{self._member}, byte {self.byte}", "it goes on beyond that")
        return FileRefused(FailureCode.TOO_LONG, f"no record ends within {self._limits.record} bytes", place)

    def _note(self, *_: object) -> None:
        self._without_event = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._note()
        self.path.append(local(name))
        if len(self.path) > self._limits.depth:
            place = f"{self._member}, byte {self.byte}"
            raise beyond(place, "its XML is nested too deep")
        self.begin(attributes)

    def _end(self, _: str) -> None:
        self._note()
        self.end()
        self.path.pop()

    def _character_data(self, text: str) -> None:
        self._note()
        self.text(text)

    def _refuse_doctype(self, *_: object) -> None:
        at = self.byte
        what = "a document type declaration"
        raise FileRefused(
            FailureCode.UNSAFE_XML, f"the XML has {what}", Violation(f"{self._member}, byte {at}", what)
        )
