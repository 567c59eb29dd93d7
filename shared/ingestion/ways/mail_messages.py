"""Reads a mail message: who says to have sent it, who vouches for that, and the files attached to it.

The parser of the standard library is fed piece by piece; it keeps the message, so callers bound its size.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import (
    CloseBoundaryNotFoundDefect,
    HeaderParseError,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    StartBoundaryNotFoundDefect,
)
from email.header import decode_header
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import compat32
from email.utils import collapse_rfc2231_value, getaddresses
from typing import Final

from shared.kernel.errors import InvalidInput

_MOST_PARTS: Final = 200
_DAMAGE: Final = (InvalidBase64CharactersDefect, InvalidBase64LengthDefect, InvalidBase64PaddingDefect)
_CUT_OFF: Final = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
_FEED: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_SIGNATURES: Final = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
    }
)
"""What mail programs attach by themselves: signatures, cards and invitations."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file; `content` is None when it can't be decoded without loss."""

    file_name: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that was read."""

    message: "Message[str, str]"

    @property
    def id(self) -> str:
        """What stays the same when the message is sent again (RFC 5322 section 3.6.4)."""
        stated = _text(self.message, "Message-ID")
        return stated or f"{_text(self.message, 'From')} {_text(self.message, 'Date')}"

    @property
    def sender(self) -> str | None:
        """The one address that the message states as its author, in lower case; None for none or several."""
        addresses = [address for _, address in getaddresses(self._all("From")) if address]
        if len(addresses) != 1 or addresses[0].count("@") != 1:
            return None
        return addresses[0].lower()

    @property
    def feed(self) -> str | None:
        """The feed that was written to: the part behind the plus of the address that it was delivered to."""
        local_part = _text(self.message, "Delivered-To").lower().strip("<> ").partition("@")[0]
        feed = local_part.partition("+")[2]
        return feed if _FEED.fullmatch(feed) else None

    def is_vouched_for(self, authority: str | None) -> bool:
        """Tell whether `authority`, our own relay, found that the sender's domain stands by the message.

        Of the result fields that bear its name (RFC 8601 section 2.2) only the topmost counts: the relay puts
        its own on top, and what lies below may have come with the message.
        """
        for field in map(_plain, self._all("Authentication-Results")):
            server, _, results = field.partition(";")
            if authority is not None and server.split()[:1] == [authority.lower()]:
                return any(self._is_pass(result.split()) for result in results.split(";"))
        return False

    def attachments(self) -> Iterator[Attachment]:
        """Decode the attached files, one at a time; what mail programs add by themselves is left out."""
        number = 0
        for part in self.message.walk():
            if not part.is_multipart() and _is_attached(part):
                number += 1
                yield Attachment(_file_name(part) or f"attachment-{number}", _content(part))

    def _is_pass(self, result: list[str]) -> bool:
        """Tell whether one result says that DMARC passed, for the domain of the sender (RFC 7489)."""
        domains = [it.partition("=")[2] for it in result if it.startswith("header.from=")]
        domain = (self.sender or "").partition("@")[2]
        return result[:1] == ["dmarc=pass"] and all(stated == domain for stated in domains)

    def _all(self, name: str) -> list[str]:
        return [str(value) for value in self.message.get_all(name, [])]


class LetterReader:
    """Reads one message from its pieces. `InvalidInput` for what is no message or nests too deep."""

    def __init__(self) -> None:
        self._parser = BytesFeedParser(policy=compat32)

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        try:
            self._parser.feed(piece)
        except RecursionError as fault:
            raise InvalidInput("the message nests too deep") from fault

    def close(self) -> Letter:
        """Return the whole message."""
        try:
            message = self._parser.close()
        except RecursionError as fault:
            raise InvalidInput("the message nests too deep") from fault
        if not message.keys():
            raise InvalidInput("a message begins with header fields")
        for number, part in enumerate(message.walk(), start=1):
            if number > _MOST_PARTS:
                raise InvalidInput(f"a message has at most {_MOST_PARTS} parts")
            if any(isinstance(defect, _CUT_OFF) for defect in part.defects):
                raise InvalidInput("the message is cut off before the end of its parts")
        return Letter(message)


def _is_attached(part: "Message[str, str]") -> bool:
    if part.get_content_type() in _SIGNATURES:
        return False
    disposition = part.get_content_disposition()
    if part.get_content_maintype() == "image" and (disposition != "attachment" or "Content-ID" in part):
        return False
    return disposition == "attachment" or bool(_file_name(part))


def _file_name(part: "Message[str, str]") -> str:
    """Return the name that a part gives its file, by RFC 2231 or, as many programs do, by RFC 2047."""
    stated = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    if stated is None:
        return ""
    return _decoded(collapse_rfc2231_value(stated)).strip()


def _content(part: "Message[str, str]") -> bytes | None:
    payload = part.get_payload(decode=True)
    damaged = any(isinstance(defect, _DAMAGE) for defect in part.defects)
    return payload if isinstance(payload, bytes) and not damaged else None


def _text(message: "Message[str, str]", name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _plain(field: str) -> str:
    """Return a field in lower case without comments, which may hold anything."""
    while (shorter := _COMMENT.sub(" ", field)) != field:
        field = shorter
    return field.lower()


def _decoded(text: str) -> str:
    """Return a text whose encoded words (RFC 2047) are decoded."""
    try:
        pieces = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(it if isinstance(it, str) else _word(it, charset) for it, charset in pieces)


def _word(word: bytes, charset: str | None) -> str:
    try:
        return word.decode(charset or "ascii", errors="replace")
    except (LookupError, ValueError):
        # No charset, or one that only its inventor knows: the letters stay, whatever they look like.
        return word.decode("latin-1")
