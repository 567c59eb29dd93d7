"""Rules that end processing or begin it anew, and fragments, which only group rules."""

from shared.standards.qti.documents.element import Element, children
from shared.standards.qti.expressions.compiled import Frame
from shared.standards.qti.expressions.operands import boolean
from shared.standards.qti.faults import Invalid
from shared.standards.qti.processing.rules import Left, Rule, Rules, StartOver


def compile_exit(_: Element, __: Rules) -> Rule:
    """Compile exit-response, exit-template or exit-test: no rule after it runs."""
    return _leave


def _leave(_: Frame) -> None:
    raise Left


def compile_template_constraint(element: Element, rules: Rules) -> Rule:
    """Compile a constraint on template variables: unless it is true, template processing starts over.

    QTI 3.0, TemplateConstraint.
    """
    expression = next(children(element), None)
    if expression is None:
        message = "a constraint without an expression"
        raise Invalid(message, rule="QTI 3.0, TemplateConstraint", place=rules.scope.place(element))
    holds = boolean(rules.scope.compile(expression), element, rules.scope)

    def constrain(frame: Frame) -> None:
        if not holds(frame):
            raise StartOver

    return constrain


def compile_fragment(element: Element, rules: Rules) -> Rule:
    """Compile the rules of a fragment as if they stood in its place."""
    return rules.compile(children(element))
