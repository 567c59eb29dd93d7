"""An assessment result to XML, in the form of 2.1, 2.2 or 3.0."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, Literal

from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Notice
from shared.standards.qti.results.elements import add, new_root, serialised
from shared.standards.qti.results.model import (
    AssessmentResult,
    Context,
    ItemResult,
    ResultVariable,
    TestResult,
    VariableKind,
)
from shared.standards.qti.results.values import write_values
from shared.standards.qti.vocabulary.names import camel

type ResultVersion = Literal["2.1", "2.2", "3.0"]

NAMESPACES: Final[Mapping[ResultVersion, str]] = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_result_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_result_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqti_result_v3p0",
}
"""The namespace of reports in each version."""

_KEBAB_IN_30: Final = frozenset(("external-scored", "variable-identifier-ref"))
_SINCE: Final[Mapping[str, ResultVersion]] = {
    "external-scored": "2.2",
    "variable-identifier-ref": "2.2",
    "score-status": "3.0",
    "answered-status": "3.0",
}


@dataclass(frozen=True, slots=True)
class WrittenResult:
    """A report as XML, and what its version has no place for."""

    content: bytes
    losses: tuple[Notice, ...] = ()


def write_result(result: AssessmentResult, version: ResultVersion = "3.0") -> WrittenResult:
    """Return a result as XML of a version.

    What a version of 2.x can't say, such as context variables, is left out and listed as a loss.

    >>> from shared.standards.qti.results.model import Context
    >>> write_result(AssessmentResult(Context("c1")), "2.2").content.decode().splitlines()[1]
    '<assessmentResult xmlns="http://www.imsglobal.org/xsd/imsqti_result_v2p2">'
    """
    writer = _Writer(version, [])
    root = new_root("assessmentResult", NAMESPACES[version])
    writer.context(root, result.context)
    if result.test is not None:
        writer.test(root, result.test)
    for item in result.items:
        writer.item(root, item)
    return WrittenResult(serialised(root), tuple(writer.losses))


@dataclass(frozen=True, slots=True)
class _Writer:
    version: ResultVersion
    losses: list[Notice]

    def context(self, root: Element, context: Context) -> None:
        element = add(root, "context")
        if context.sourced_id is not None:
            element.set("sourcedId", context.sourced_id)
        for session in context.sessions:
            named = add(element, "sessionIdentifier")
            named.set("sourceID", session.source)
            named.set("identifier", session.identifier)

    def test(self, root: Element, test: TestResult) -> None:
        element = add(root, "testResult")
        element.set("identifier", test.identifier)
        element.set("datestamp", test.datestamp)
        self._attributes(element, test.attributes)
        self._variables(element, test.variables)
        element.extend(deepcopy(extension) for extension in test.extensions)

    def item(self, root: Element, item: ItemResult) -> None:
        element = add(root, "itemResult")
        element.set("identifier", item.identifier)
        if item.sequence_index is not None:
            element.set("sequenceIndex", str(item.sequence_index))
        element.set("datestamp", item.datestamp)
        element.set("sessionStatus", item.status)
        self._attributes(element, item.attributes)
        self._variables(element, item.variables)
        if item.comment is not None:
            add(element, "candidateComment").text = item.comment
        element.extend(deepcopy(extension) for extension in item.extensions)

    def _variables(self, parent: Element, variables: tuple[ResultVariable, ...]) -> None:
        for variable in self._kept(variables):
            element = add(parent, _TAGS[variable.kind])
            element.set("identifier", variable.identifier)
            element.set("cardinality", variable.cardinality)
            if variable.base_type is not None:
                element.set("baseType", variable.base_type)
            self._attributes(element, variable.attributes)
            self._value(element, variable)
            element.extend(deepcopy(extension) for extension in variable.extensions)

    def _kept(self, variables: tuple[ResultVariable, ...]) -> Iterator[ResultVariable]:
        for variable in variables:
            if variable.kind == "context" and self.version != "3.0":
                self._lose(f"context variable {variable.identifier}")
            else:
                yield variable

    def _value(self, element: Element, variable: ResultVariable) -> None:
        holder = element
        if variable.kind == "response":
            if variable.correct is not None:
                write_values(add(element, "correctResponse"), variable.correct, variable, self._lose)
            holder = add(element, "candidateResponse")
        write_values(holder, variable.value, variable, self._lose)

    def _attributes(self, element: Element, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if self.version < _SINCE.get(name, ""):
                self._lose(f"attribute {name} of {element.get('identifier')}")
            elif name in _KEBAB_IN_30 and self.version == "3.0":
                element.set(name, value)
            else:
                element.set(name if name.startswith("{") else camel(name), value)

    def _lose(self, what: str) -> None:
        message = f"{what} has no place in results of {self.version}"
        self.losses.append(Notice(message, f"Results Reporting {self.version}", severity="loss"))


_TAGS: Final[Mapping[VariableKind, str]] = {
    "response": "responseVariable",
    "outcome": "outcomeVariable",
    "template": "templateVariable",
    "context": "contextVariable",
}
