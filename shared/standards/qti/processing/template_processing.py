"""Template processing: what makes each session of an item its own (QTI 3.0, TemplateProcessing)."""

from collections.abc import Callable

from shared.standards.qti.documents.element import Element, children
from shared.standards.qti.expressions.compiled import Frame, Scope
from shared.standards.qti.processing.registry import TEMPLATE_RULES
from shared.standards.qti.processing.rules import Left, Rules, StartOver

type TemplateProcessing = Callable[[Frame], bool]
"""Sets template variables, correct responses and defaults; false when no draw met the constraints."""


def compile_template_processing(element: Element | None, scope: Scope) -> TemplateProcessing | None:
    """Compile the rules that begin a session; None where an item has none.

    Each time a constraint fails they start over from the values they began with, and chance goes on. After
    `limits.restarts` times the template variables keep their defaults, as TemplateConstraint asks for.
    """
    if element is None:
        return None
    rules = Rules("template", scope, TEMPLATE_RULES).compile(children(element))
    turns = scope.limits.restarts + 1

    def run(frame: Frame) -> bool:
        begun = frame.values.copy()
        for _ in range(turns):
            try:
                rules(frame)
            except Left:
                return True
            except StartOver:
                frame.values.update(begun)
                frame.corrects.clear()
                frame.defaults.clear()
            else:
                return True
        return False

    return run
