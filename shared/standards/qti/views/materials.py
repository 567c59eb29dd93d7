"""What a candidate may have at hand (companion materials) and shared stimuli that content refers to."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    descendants_named,
    name_of,
    text_of,
)


@dataclass(frozen=True, slots=True)
class CompanionMaterial:
    """A calculator, rule, protractor, digital or physical material; `element` holds its details.

    >>> from shared.standards.qti.documents.document import parse
    >>> details = parse(b"<qti-physical-material>a ruler</qti-physical-material>").root
    >>> CompanionMaterial("physical-material", "a ruler", (), details).kind
    'physical-material'
    """

    kind: str
    description: str
    files: tuple[str, ...]
    element: Element


@dataclass(frozen=True, slots=True)
class StimulusRef:
    """A stimulus that an item shares with others, by its identifier and address.

    >>> StimulusRef("s", "passage.xml", title="").href
    'passage.xml'
    """

    identifier: str
    href: str
    title: str


def companion_materials_of(root: Element) -> Iterator[CompanionMaterial]:
    """Yield the companion materials of an item, test or section (QTI 3.0, companion materials).

    >>> from shared.standards.qti.documents.document import parse
    >>> ruler = "<qti-physical-material>a ruler</qti-physical-material>"
    >>> info = f"<qti-companion-materials-info>{ruler}</qti-companion-materials-info>"
    >>> item = parse(f"<qti-assessment-item>{info}</qti-assessment-item>".encode())
    >>> [(one.kind, one.description) for one in companion_materials_of(item.root)]
    [('physical-material', 'a ruler')]
    """
    for info in descendants_named(root, "qti-companion-materials-info"):
        for material in children(info):
            yield CompanionMaterial(
                kind=name_of(material).removeprefix("qti-"),
                description=_description(material),
                files=tuple(text_of(file).strip() for file in descendants_named(material, "qti-file-href")),
                element=material,
            )


def _description(material: Element) -> str:
    described = child_named(material, "qti-description")
    return text_of(material if described is None else described).strip()


def stimulus_refs_of(root: Element) -> Iterator[StimulusRef]:
    """Yield the stimuli that an item refers to (QTI 2.2 and 3.0, assessmentStimulusRef).

    >>> from shared.standards.qti.documents.document import parse
    >>> ref = '<assessmentStimulusRef identifier="s" href="passage.xml"/>'
    >>> [one.href for one in stimulus_refs_of(parse(f"<assessmentItem>{ref}</assessmentItem>".encode()).root)]
    ['passage.xml']
    """
    for ref in descendants_named(root, "qti-assessment-stimulus-ref"):
        yield StimulusRef(
            attribute(ref, "identifier") or "", attribute(ref, "href") or "", attribute(ref, "title") or ""
        )
