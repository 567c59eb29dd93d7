"""What QTI 1.2 says of an item or a test beside its content: fields of qtimetadata, and what vendors add."""

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.names import all_text, inside, tag_of

_FIELDS = ("qtimetadatafield", "qti_metadatafield")  # the second is how Brightspace writes it
_HOLDERS = ("itemmetadata", "qtimetadata", "section_metadata", "assessmentmetadata", "sectionmetadata")


def metadata_of(element: Element) -> dict[str, str]:
    """Return the metadata of an item, section, assessment or bank, by label.

    Fields are read wherever exports put them: in qtimetadata, in itemmetadata itself, repeated. The first
    entry of a label counts. Elements such as `bbmd_questiontype` are labels too.
    """
    found: dict[str, str] = {}
    for holder in inside(element, *_HOLDERS):
        _read(holder, found)
    return found


def _read(holder: Element, found: dict[str, str]) -> None:
    for child in holder.iterchildren("*"):
        name = tag_of(child)
        if name in _HOLDERS:
            _read(child, found)
        elif name in _FIELDS:
            label, entry = (_text(next(inside(child, part), None)) for part in ("fieldlabel", "fieldentry"))
            found.setdefault(label, entry)
        elif not len(child):
            found.setdefault(name, _text(child))


def _text(element: Element | None) -> str:
    return "" if element is None else all_text(element).strip()
