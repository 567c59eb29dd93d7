"""What a rule is compiled to, and how rules that hold others compile these."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.standards.qti.documents.element import Element, name_of
from shared.standards.qti.expressions.compiled import Frame, Run, Scope

type Rule = Run[None]
type Processing = Literal["response", "outcome", "template"]


class Left(Exception):
    """Processing ends here: an exit rule."""


class StartOver(Exception):
    """Template processing begins anew: a constraint does not hold."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one kind of processing, and the item or test that they are compiled for."""

    processing: Processing
    scope: Scope
    compilers: Mapping[str, "RuleCompiler"]

    def compile(self, elements: Iterable[Element]) -> Rule:
        """Compile rules that run one after the other. Raises Invalid.

        What is no rule of QTI, such as one of a later version, is passed over with a notice.
        """
        return sequence(tuple(rule for rule in map(self._one, elements) if rule is not None))

    def _one(self, element: Element) -> Rule | None:
        compiler = self.compilers.get(name_of(element))
        if compiler is not None:
            return compiler(element, self)
        message = f"{name_of(element)} is no rule of {self.processing} processing and does nothing"
        self.scope.warn(element, message, rule=f"QTI 3.0, {self.processing} rules")
        return None


type RuleCompiler = Callable[[Element, Rules], Rule]
"""Compiles one kind of rule. Raises Invalid, with place and clause."""


def sequence(rules: tuple[Rule, ...]) -> Rule:
    """Return the rule that runs rules one after the other."""
    if len(rules) == 1:
        return rules[0]

    def run(frame: Frame) -> None:
        for rule in rules:
            rule(frame)

    return run
