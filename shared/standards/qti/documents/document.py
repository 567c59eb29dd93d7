"""Bytes to a document, safely: nothing is fetched, expanded or included, whatever the bytes ask for."""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from shared.standards.qti.documents.bounds import refuse_crowds, refuse_hidden, refuse_inclusions
from shared.standards.qti.documents.element import Element, name_of
from shared.standards.qti.faults import Malformed, Notice, Place, Refused
from shared.standards.qti.limits import LIMITS, Limits

_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
)
_PROLOG: Final = re.compile(rb"<!DOCTYPE([^>\[]*)(\[)?", re.IGNORECASE)
# Declares how elements look and nothing more: no entity, no parameter entity, no text to expand.
_STRUCTURE_ONLY: Final = re.compile(
    rb"\[(?>\s++|<!--(?>[^-]++|-(?!-))*+-->|<!(?>ELEMENT|ATTLIST|NOTATION)\b[^<>%&]*+>)*+\]\s*+>"
)
_LONGEST_SUBSET: Final = 2**17
_BEYOND: Final = re.compile(r"depth|huge|limit|amplification|too (big|long)", re.IGNORECASE)
_POSITION: Final = re.compile(r"\s*, line \d+, column \d+\s*$")
_WIDE_MARKS: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Document:
    """One XML file: its root element, its name for errors, and what was noticed while it was parsed.

    >>> Document(parse(b"<assessmentTest/>").root, file="test.xml").kind
    'qti-assessment-test'
    """

    root: Element
    file: str = ""
    notices: tuple[Notice, ...] = ()

    @property
    def kind(self) -> str:
        """The 3.0 name of the root, such as `qti-assessment-item`."""
        return name_of(self.root)


def parse(content: bytes, *, file: str = "", limits: Limits = LIMITS) -> Document:
    """Return the document that bytes hold.

    A DOCTYPE that only names a DTD, or declares elements and attributes, is left aside with a notice, as
    exports of QTI 1.2 have it; one that declares anything else is refused. Raises Refused for that and for
    broken limits, Malformed for bytes that are not XML.

    >>> parse(b"<assessmentItem/>", file="item.xml").kind
    'qti-assessment-item'
    """
    if len(content) > limits.document_bytes:
        raise Refused(
            f"{len(content)} bytes; at most {limits.document_bytes} are read",
            rule="limits.document_bytes",
            place=Place(file),
        )
    refuse_crowds(content, file, limits)
    content, notices = _without_doctype(content, file)
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        raise _unreadable(error, file) from error
    except ValueError as error:  # an encoding that libxml2 does not know
        raise Malformed(str(error), rule="XML 1.0, 4.3.3", place=Place(file)) from error
    if not notices:
        refuse_hidden(root, file)
    if b"XInclude" in content or b"\0" in content:  # a NUL: UTF-16 or UTF-32, where the word looks otherwise
        refuse_inclusions(root, file)
    return Document(root, file, notices)


def _without_doctype(content: bytes, file: str) -> tuple[bytes, tuple[Notice, ...]]:
    # Single bytes are sought first: most documents have no NUL, many no exclamation mark, and that is cheap.
    if b"\0" in content and any(mark in content for mark in _WIDE_MARKS):
        raise Refused("a DOCTYPE in UTF-16", rule="no document type", place=Place(file))
    found = _PROLOG.search(content) if b"!" in content and b"<!doctype" in content.lower() else None
    if found is None or _is_inside_text(content, found.start()):
        return content, ()
    line = content.count(b"\n", 0, found.start()) + 1
    subset = found.end() - 1
    declared = _STRUCTURE_ONLY.match(content, subset, subset + _LONGEST_SUBSET) if found[2] else None
    if b"<!ENTITY" in content or (found[2] and declared is None):
        raise Refused("a DOCTYPE with declarations", rule="no document type", place=Place(file, line))
    if declared is not None:  # taken out, lines kept: defaults of attributes would be copied to each element
        blank = b"\n" * content.count(b"\n", found.start(), declared.end())
        content = content[: found.start()] + blank + content[declared.end() :]
    return content, (Notice("the DOCTYPE is left aside", rule="no document type", place=Place(file, line)),)


def _is_inside_text(content: bytes, start: int) -> bool:
    """Say whether a DOCTYPE is no declaration, but text of a CDATA section or comment around it."""
    before = content[:start]
    cdata = before.rfind(b"<![CDATA[") > before.rfind(b"]]>")
    return cdata or before.rfind(b"<!--") > before.rfind(b"-->")


def _unreadable(error: etree.XMLSyntaxError, file: str) -> Malformed | Refused:
    message = _POSITION.sub("", error.msg or "not XML")
    place = Place(file, error.lineno)
    if _BEYOND.search(message):
        return Refused(message, rule="limits of the parser", place=place)
    return Malformed(message, rule="XML 1.0", place=place)
