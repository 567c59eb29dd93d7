"""Converters of text: into UTF-8 without a byte order mark."""

import codecs
from collections.abc import Iterator

from shared.ingestion.staging.refusals import not_in


class WithoutMark:
    """Passes UTF-8 text on without its byte order mark.

    Whether all of it is UTF-8 is left to the scan of the member, which knows what its feed allows.
    """

    def __init__(self) -> None:
        self._to_skip = codecs.BOM_UTF8

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Pass the next bytes on."""
        skipped = min(len(self._to_skip), len(block))
        self._to_skip = self._to_skip[skipped:]
        yield block[skipped:]

    def finish(self) -> Iterator[bytes]:
        """Hold nothing back."""
        yield from ()


class Transcoder:
    """Turns text of another encoding into UTF-8; `FileRefused` at a byte that the encoding does not have."""

    def __init__(self, member: str, encoding: str, mark: bytes = b"") -> None:
        self._member = member
        self._encoding = encoding
        self._to_skip = len(mark)
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._seen = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Transcode the next bytes."""
        skipped = min(self._to_skip, len(block))
        self._to_skip -= skipped
        self._seen += skipped
        yield self._decode(block[skipped:], final=False)

    def finish(self) -> Iterator[bytes]:
        """Check that no character is cut off."""
        yield self._decode(b"", final=True)

    def _decode(self, block: bytes, *, final: bool) -> bytes:
        pending = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise not_in(self._encoding, self._member, self._seen - pending + error.start) from None
        self._seen += len(block)
        return text.encode()
