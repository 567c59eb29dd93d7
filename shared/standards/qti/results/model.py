"""An assessment result (QTI 3.0 Results Reporting information model, 3): one candidate's test or items.

Attributes that have no field of their own are kept under their 3.0 names in `attributes`, elements of other
vocabularies in `extensions`, so that nothing of a report is lost from reading to writing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Notice
from shared.standards.qti.values.types import BaseType, Cardinality, Value

type VariableKind = Literal["response", "outcome", "template", "context"]

type SessionStatus = Literal[
    "final", "initial", "pendingExternalScoring", "pendingResponseProcessing", "pendingSubmission"
]


@dataclass(frozen=True, slots=True)
class ResultVariable:
    """One reported variable. `correct` is the correct response of a response variable, where it is told.

    `field_types` are the base types of a record's fields.
    """

    kind: VariableKind
    identifier: str
    cardinality: Cardinality
    base_type: BaseType | None
    value: Value = None
    correct: Value = None
    field_types: Mapping[str, BaseType] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionIdentifier:
    """What a system calls the session; `source` is a URI for the system."""

    source: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Context:
    """Whose result it is, as far as the report tells."""

    sourced_id: str | None = None
    sessions: tuple[SessionIdentifier, ...] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """The variables of a test session at `datestamp` (ISO 8601)."""

    identifier: str
    datestamp: str
    variables: tuple[ResultVariable, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The variables of an item session at `datestamp`; one item may be reported more than once.

    `identifier` is that of the item's reference when the item is part of a test.
    """

    identifier: str
    datestamp: str
    status: SessionStatus
    variables: tuple[ResultVariable, ...] = ()
    sequence_index: int | None = None
    comment: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[Element, ...] = ()

    def value(self, identifier: str) -> Value:
        """Return the value of a variable, NULL where it is not reported."""
        return next((one.value for one in self.variables if one.identifier == identifier), None)


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """A report: of a test and its items, or of items alone.

    >>> score = ResultVariable("outcome", "SCORE", Cardinality.SINGLE, BaseType.FLOAT, 2.0)
    >>> item = ItemResult("i1", "2026-01-01T10:00:00", "final", (score,))
    >>> AssessmentResult(Context("c1"), items=(item,)).items[0].value("SCORE")
    2.0
    """

    context: Context
    test: TestResult | None = None
    items: tuple[ItemResult, ...] = ()
    notices: tuple[Notice, ...] = field(default=(), compare=False)
