"""What a test tells the compilers of its expressions and rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.assessments.item_variables import ItemVariables
from shared.standards.qti.assessments.subsets import Subsets
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element, name_of, place_of
from shared.standards.qti.expressions.compiled import Compiled, Operator
from shared.standards.qti.expressions.registry import COMPILERS
from shared.standards.qti.faults import Notice, Place
from shared.standards.qti.limits import Limits

_NULL: Final = Compiled(None, None, lambda _: None)

type AssessmentCompiler = Callable[[Element, AssessmentScope], Compiled]


@dataclass(frozen=True, slots=True)
class AssessmentScope:
    """The Scope of a test; `notices` grows while it compiles. `compilers` are those of tests only."""

    declarations: Mapping[str, Declaration]
    variables: ItemVariables
    subsets: Subsets
    compilers: Mapping[str, AssessmentCompiler]
    operators: Mapping[str, Operator]
    limits: Limits
    file: str = ""
    notices: list[Notice] = field(default_factory=list)

    def compile(self, element: Element) -> Compiled:
        """Compile an expression.

        What is no expression of QTI, such as one of a vendor, is NULL with a notice, as a custom operator is.
        """
        name = name_of(element)
        own = self.compilers.get(name)
        if own is not None:
            return own(element, self)
        compiler = COMPILERS.get(name)
        if compiler is not None:
            return compiler(element, self)
        self.warn(element, f"the expression {name} is not known: NULL", rule="QTI 3.0, expressions")
        return _NULL

    def is_own(self, identifier: str) -> bool:
        """Say whether a variable is one of the test itself."""
        return identifier in self.declarations

    def declaration(self, identifier: str) -> Declaration | None:
        """Return what the test declares under an identifier."""
        return self.declarations.get(identifier)

    def place(self, element: Element) -> Place:
        """Return where an element stands."""
        return place_of(element, self.file)

    def warn(self, element: Element, message: str, *, rule: str) -> None:
        """Note something that breaks the standard, but has an agreed meaning."""
        self.notices.append(Notice(message, rule, self.place(element), "error"))
