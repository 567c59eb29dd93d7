"""Which parts of content a candidate sees, at the values that variables have at the moment."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, name_of
from shared.standards.qti.values.types import Value

_SHOWN_BY_OUTCOME: Final = frozenset(
    ("qti-feedback-block", "qti-feedback-inline", "qti-modal-feedback", "qti-test-feedback")
)


class Visibility:
    """Answers for one view, by the values of its outcomes and templates."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        """Take the values; a variable that is not among them is NULL."""
        self._values = values

    def value(self, identifier: str) -> Value:
        """Return the value of a variable, NULL where it has none."""
        return self._values.get(identifier)

    def shows(self, element: Element) -> bool:
        """Say whether feedback, a template block or a choice is shown (QTI 3.0, show-hide).

        `show` is shown when the variable has the identifier as its value, or among its values; `hide` when
        not. A choice that names no variable is shown, feedback without one never.
        """
        by_outcome = name_of(element) in _SHOWN_BY_OUTCOME
        variable = attribute(element, "outcome-identifier" if by_outcome else "template-identifier")
        if variable is None:
            return not by_outcome
        value = self._values.get(variable)
        identifier = attribute(element, "identifier")
        matches = identifier in value if isinstance(value, tuple) else identifier == value
        return matches is (attribute(element, "show-hide") != "hide")

    @staticmethod
    def shows_rubric(element: Element) -> bool:
        """Say whether a rubric is for candidates, not only for others or for scoring (QTI 3.0, view, use)."""
        views = attribute(element, "view")
        return (views is None or "candidate" in views.split()) and attribute(element, "use") != "scoring"
