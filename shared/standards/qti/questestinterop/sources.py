"""An item of QTI 1.2 as it stands in its file."""

from dataclasses import dataclass

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.budget import Budget
from shared.standards.qti.questestinterop.dialects import Dialect
from shared.standards.qti.questestinterop.kinds import Kind


@dataclass(frozen=True, slots=True)
class Source:
    """An item as it stands in its file, with what is known of it before it is read."""

    element: Element
    identifier: str
    kind: Kind
    metadata: dict[str, str]
    dialect: Dialect
    budget: Budget
