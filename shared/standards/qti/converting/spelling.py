"""How each version writes the names that the library knows as 3.0 spells them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.vocabulary.names import LEGACY, camel, kebab
from shared.standards.qti.vocabulary.namespaces import QTI_21, QTI_22, QTI_30

_KEPT = ("{", "data-", "aria-", "xml")
"""How names of attributes begin that are the same in all versions."""


class _Spelled(dict[str, str]):
    """Names by names, each worked out once; authors' own are few, and bounded."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        super().__init__()
        self._spell = spell

    def __missing__(self, name: str) -> str:
        spelled = self._spell(name)
        if len(self) < 4096:
            self[name] = spelled
        return spelled


@dataclass(frozen=True, slots=True)
class Spelling:
    """The names of one version: its namespace, its schema, and how it writes elements and attributes.

    `elements` takes names of 3.0 to tags; `attributes` takes any spelling of an attribute of a QTI element.
    """

    version: str
    namespace: str
    schema: str
    elements: dict[str, str] = field(repr=False)
    attributes: dict[str, str] = field(repr=False)

    @property
    def schema_location(self) -> str:
        """What `xsi:schemaLocation` says for this version."""
        return f"{self.namespace} {self.schema}"


def _modern(namespace: str) -> dict[str, str]:
    return _Spelled(lambda name: f"{{{namespace}}}{name}")


def _legacy(namespace: str) -> dict[str, str]:
    return _Spelled(lambda name: f"{{{namespace}}}{LEGACY.get(name, name)}")


def _keeping(spell: Callable[[str], str]) -> dict[str, str]:
    return _Spelled(lambda name: name if name.startswith(_KEPT) else spell(name))


_CAMEL: Final = _keeping(camel)

QTI_3_0: Final = Spelling(
    "3.0",
    QTI_30,
    "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0p1_v1p0.xsd",
    _modern(QTI_30),
    _keeping(kebab),
)
QTI_2_2: Final = Spelling(
    "2.2",
    QTI_22,
    "https://purl.imsglobal.org/spec/qti/v2p2/schema/xsd/imsqti_v2p2p4.xsd",
    _legacy(QTI_22),
    _CAMEL,
)
QTI_2_1: Final = Spelling(
    "2.1",
    QTI_21,
    "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1p2.xsd",
    _legacy(QTI_21),
    _CAMEL,
)

SPELLINGS: Final = {spelling.version: spelling for spelling in (QTI_3_0, QTI_2_2, QTI_2_1)}
"""The versions that can be written."""
