"""What the first bytes of text say before any feed is considered: byte order mark, encoding, whole lines."""

import codecs
from dataclasses import dataclass
from typing import Final

from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import Violation

HEAD_BYTES: Final = 256 * 1024
"""How much of a file is looked at to recognise it; header and preamble must lie within."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a file up to a line end, behind the byte order mark: `text` starts at `offset`."""

    text: bytes
    offset: int
    encoding: str
    complete: bool
    """Whether the head is the whole file."""


def text_head(first: bytes, size: int) -> Head:
    """Return the head of text of `size` bytes: a file in place, or a staged member."""
    if not first.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused(FailureCode.EMPTY, "the file is empty")
    nul = first.find(b"\0")
    if nul >= 0:
        raise nul_byte(nul)
    offset = len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0
    text, complete = first[offset:HEAD_BYTES], size <= HEAD_BYTES
    if not complete:
        text = text[: text.rfind(b"\n") + 1]
    if b"\n" not in text and (not complete or b"\r" in text):
        raise FileRefused(
            FailureCode.HEADER, f"no line of the file ends within its first {HEAD_BYTES} bytes by LF or CRLF"
        )
    return Head(text, offset, _encoding(text), complete)


def nul_byte(at: int) -> FileRefused:
    """Return the refusal of a file with a NUL byte at offset `at`: it is no text, or is damaged."""
    place = Violation(f"byte {at}", "NUL byte")
    return FileRefused(FailureCode.NUL, f"the file has a NUL byte at {at}", place)


def _encoding(text: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            text.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileRefused(FailureCode.ENCODING, "the file is neither UTF-8 nor Windows-1252")


class EncodingCheck:
    """Follows a stream of bytes and tells in the end how it is encoded."""

    _UNDEFINED: Final = tuple(bytes([b]) for b in (0x81, 0x8D, 0x8F, 0x90, 0x9D))

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._seen = 0
        self.not_utf8_at: int | None = None
        """Where the stream first is not UTF-8, None while it is."""
        self.not_cp1252_at: int | None = None
        """Where the stream first has a byte that Windows-1252 does not define."""

    def feed(self, block: bytes, *, final: bool = False) -> None:
        """Take the next bytes; `FileRefused` at a NUL byte."""
        nul = block.find(b"\0")
        if nul >= 0:
            raise nul_byte(self._seen + nul)
        pending = len(self._decoder.getstate()[0])
        if pending or final or not block.isascii():
            self._follow(block, pending, final=final)
        self._seen += len(block)

    def _follow(self, block: bytes, pending: int, *, final: bool) -> None:
        if self.not_utf8_at is None:
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError as error:
                self.not_utf8_at = self._seen - pending + error.start
                self._decoder.reset()
        if self.not_cp1252_at is None:
            found = [at for byte in self._UNDEFINED if (at := block.find(byte)) >= 0]
            self.not_cp1252_at = self._seen + min(found) if found else None
