"""What is asked about a document, and what is found out."""

from dataclasses import dataclass, field
from typing import Final

from shared.standards.detection import Reading

KNOWN: Final = ("1.2", "2.0", "2.1", "2.2", "3.0")
"""The versions that are read by rules of their own; others are read as the nearest of them."""


@dataclass(frozen=True, slots=True)
class ManifestSigns:
    """What the manifest of a package says of the package and of one of its resources.

    >>> ManifestSigns(schema="QTIv2.2 Package", resource_type="imsqti_item_xmlv2p2").schema_version
    ''
    """

    namespace: str = ""
    schema: str = ""
    schema_version: str = ""
    resource_type: str = ""


@dataclass(frozen=True, slots=True)
class Detection:
    """What a document is.

    `kind` is the 3.0 name of its root. `version` names major and minor, None where the document is no
    QTI; `patch` the patch level where something names it, such as `2.2.4`; `reads_as` the known version
    by whose rules it is read. `dialect` is `APIP`, `aQTI`, `Blackboard POOL`, for 1.2 the vendor whose
    reading it follows, or empty. `confidence` is the share of the weight of the readings that agree, from
    0 to 1.

    >>> Detection("quiz", warnings=("nothing in it says that it is QTI",)).is_qti
    False
    """

    kind: str
    version: str | None = None
    patch: str | None = None
    reads_as: str | None = None
    dialect: str = ""
    confidence: float = 0.0
    contradictions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = field(default=())

    @property
    def is_qti(self) -> bool:
        """Whether anything of QTI was recognised that can be read."""
        return self.reads_as is not None
