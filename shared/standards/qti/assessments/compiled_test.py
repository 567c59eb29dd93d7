"""A test compiled, with its items, for sessions and for scoring results."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.standards.qti.assessments.counting import Responses
from shared.standards.qti.assessments.frames import AssessmentFrame, SelectedItem
from shared.standards.qti.assessments.plan import Node, Plan
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.expressions.compiled import Run
from shared.standards.qti.faults import Notice
from shared.standards.qti.items.compiled_item import CompiledItem, Values
from shared.standards.qti.limits import Limits
from shared.standards.qti.processing.fitting import fit
from shared.standards.qti.processing.rules import Left, Rule
from shared.standards.qti.values.types import Value

type Condition = Run[bool | None]

_NONE: Values = {}


@dataclass(frozen=True, slots=True)
class Branch:
    """A compiled branch rule."""

    target: str
    holds: Condition


@dataclass(frozen=True, slots=True)
class CompiledTest:
    """A test ready for any number of sessions; it never changes. Made by `compile_test`.

    `items` are by identifier of their references, rules by that of what they belong to.

    >>> CompiledTest.__name__
    'CompiledTest'
    """

    plan: Plan
    items: Mapping[str, CompiledItem]
    responses: Mapping[str, Responses]
    declarations: Mapping[str, Declaration]
    initial: Mapping[str, Value]
    outcomes: tuple[str, ...]
    processing: Rule | None
    preconditions: Mapping[str, tuple[Condition, ...]]
    branches: Mapping[str, tuple[Branch, ...]]
    template_defaults: Mapping[str, tuple[tuple[Declaration, Run[Value]], ...]]
    limits: Limits
    notices: tuple[Notice, ...]

    def frame(self, values: Values, items: Sequence[SelectedItem], seed: int) -> AssessmentFrame:
        """Return a frame for rules of the test; variables without a value hold what they begin with."""
        return AssessmentFrame({**self.initial, **values}, seed, self.limits.repeats, items=items)

    def process(
        self, items: Sequence[SelectedItem], *, seed: int = 0, given: Values = _NONE
    ) -> dict[str, Value]:
        """Return the outcomes of the test: its rules run from the defaults (QTI 3.0, OutcomeProcessing).

        `given` are its other variables: durations and context.
        """
        frame = self.frame(given, items, seed)
        if self.processing is not None:
            with suppress(Left):  # exit-test: what is set so far stands
                self.processing(frame)
        return {name: frame.values[name] for name in self.outcomes}

    def may_enter(self, node: Node, frame: AssessmentFrame) -> bool:
        """Say whether all preconditions of a part, section or item hold; NULL does not."""
        return all(holds(frame) for holds in self.preconditions.get(node.identifier, ()))

    def target_after(self, node: Node, frame: AssessmentFrame) -> str | None:
        """Return where the first branch rule that holds leads; None to go on in order."""
        branches = self.branches.get(node.identifier, ())
        return next((branch.target for branch in branches if branch.holds(frame)), None)

    def template_values(self, reference: str, frame: AssessmentFrame) -> dict[str, Value]:
        """Return the template defaults that the test sets for an item (QTI 3.0, TemplateDefault)."""
        return {
            declared.identifier: fit(run(frame), declared.base_type, declared.cardinality)
            for declared, run in self.template_defaults.get(reference, ())
        }
