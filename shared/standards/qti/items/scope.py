"""What an item tells the compilers of its expressions and rules."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element, name_of, place_of
from shared.standards.qti.expressions.compiled import Compiled, Operator
from shared.standards.qti.expressions.registry import COMPILERS
from shared.standards.qti.faults import Invalid, Notice, Place
from shared.standards.qti.limits import Limits
from shared.standards.qti.vocabulary.elements import EXPRESSIONS

_RULE: Final = "QTI 3.0, expressions"
_NULL: Final = Compiled(None, None, lambda _: None)


class ItemScope:
    """The Scope of an item; `notices` grows while it compiles."""

    def __init__(
        self,
        declarations: Mapping[str, Declaration],
        *,
        file: str,
        operators: Mapping[str, Operator],
        limits: Limits,
    ) -> None:
        """Compile for an item that declares these variables, built-in ones included."""
        self.limits = limits
        self.operators = operators
        self.notices: list[Notice] = []
        self._declarations = declarations
        self._file = file

    def compile(self, element: Element) -> Compiled:
        """Compile an expression. Raises Invalid for what is one of tests only.

        What is no expression of QTI, such as one of a vendor, is NULL with a notice, as a custom operator is.
        """
        name = name_of(element)
        compiler = COMPILERS.get(name)
        if compiler is not None:
            return compiler(element, self)
        if name in EXPRESSIONS:
            message = f"{name} is no expression of items"
            raise Invalid(message, rule=_RULE, place=self.place(element))
        self.warn(element, f"the expression {name} is not known: NULL", rule=_RULE)
        return _NULL

    def declaration(self, identifier: str) -> Declaration | None:
        """Return what is declared under an identifier."""
        return self._declarations.get(identifier)

    def place(self, element: Element) -> Place:
        """Return where an element stands."""
        return place_of(element, self._file)

    def warn(self, element: Element, message: str, *, rule: str) -> None:
        """Note something that breaks the standard, but has an agreed meaning."""
        self.notices.append(Notice(message, rule, self.place(element), "error"))
