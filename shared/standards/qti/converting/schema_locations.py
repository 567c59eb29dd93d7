"""Where a document says that its schemas lie."""

from typing import Final

from shared.standards.qti.converting.conversion import OWN
from shared.standards.qti.converting.spelling import Spelling
from shared.standards.qti.documents.element import Element
from shared.standards.qti.vocabulary.namespaces import APIP, XSI

SCHEMA_LOCATION: Final = f"{{{XSI}}}schemaLocation"


def locate(root: Element, spelling: Spelling) -> None:
    """Point a document to the schema of its new version; hints for vocabularies of others stay."""
    words = (root.get(SCHEMA_LOCATION) or "").split()
    pairs = zip(words[::2], words[1::2], strict=False)
    others = [f"{uri} {place}" for uri, place in pairs if not _is_ours(uri)]
    root.set(SCHEMA_LOCATION, " ".join((spelling.schema_location, *others)))


def _is_ours(uri: str) -> bool:
    return uri in OWN or uri == APIP or uri.startswith("http://www.imsglobal.org/xsd/imsqti")
