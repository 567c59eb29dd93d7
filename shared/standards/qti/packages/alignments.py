"""Alignments of content to learning standards: curriculum standards metadata (1EdTech CSM 1.0 and 1.1).

Common Cartridge 1.2 to 1.4 and QTI 2.2 and 3.0 put them into the metadata of a resource, each in a namespace
of its own, so they are known by their local names. CSM 1.1 added the address of the item in a CASE framework.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from shared.standards.qti.documents.element import Element


@dataclass(frozen=True, slots=True)
class Alignment:
    """That content is aligned to an item of a framework; `guid` is the identifier of that CASE item.

    `part` names the part of the resource that is aligned, such as an item of a quiz; empty for all of it.

    >>> Alignment(guid="G-1", label="MA.5.FR.1.1").as_json()
    {'guid': 'G-1', 'label': 'MA.5.FR.1.1'}
    """

    guid: str
    label: str = ""
    case_item_uri: str = ""
    provider: str = ""
    region: str = ""
    version: str = ""
    part: str = ""
    part_label: str = ""

    def as_json(self) -> dict[str, str]:
        """Return what is known of it."""
        return {name: value for name, value in asdict(self).items() if value}


def alignments_of(metadata: Element) -> Iterator[Alignment]:
    """Yield the alignments that metadata, or any element, holds.

    >>> from shared.standards.qti.documents.document import parse
    >>> guid = "<setOfGUIDs><labelledGUID><GUID>G-1</GUID></labelledGUID></setOfGUIDs>"
    >>> standards = f'<curriculumStandardsMetadata providerId="CASE">{guid}</curriculumStandardsMetadata>'
    >>> group = f"<curriculumStandardsMetadataSet>{standards}</curriculumStandardsMetadataSet>"
    >>> [(one.guid, one.provider) for one in alignments_of(parse(group.encode()).root)]
    [('G-1', 'CASE')]
    """
    for group in metadata.iter("{*}curriculumStandardsMetadataSet"):
        for standards in _or_itself(group, "curriculumStandardsMetadata"):
            for guids in _or_itself(standards, "setOfGUIDs"):
                for labelled in guids.iterchildren("{*}labelledGUID"):
                    yield _alignment(labelled, group, standards, guids)


def _or_itself(element: Element, name: str) -> list[Element]:
    """Return the children of a name; exporters leave a level out, whose place the element then takes."""
    return list(element.iterchildren(f"{{*}}{name}")) or [element]


def _alignment(labelled: Element, group: Element, standards: Element, guids: Element) -> Alignment:
    return Alignment(
        guid=_text(labelled, "GUID"),
        label=_text(labelled, "label"),
        case_item_uri=_text(labelled, "caseItemURI"),
        provider=standards.get("providerId", "").strip(),
        region=guids.get("region", "").strip(),
        version=guids.get("version", "").strip(),
        part=group.get("resourcePartId", "").strip(),
        part_label=group.get("resourceLabel", "").strip(),
    )


def _text(element: Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}", "").strip()
