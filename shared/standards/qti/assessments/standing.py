"""Where a session of a test stands: the items taken so far, the place on the route, outcomes and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from shared.standards.qti.assessments.clock import WHOLE_TEST, Clock
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.frames import AssessmentFrame, SelectedItem
from shared.standards.qti.assessments.plan import Part
from shared.standards.qti.assessments.routes import Step
from shared.standards.qti.assessments.seeds import seed_of
from shared.standards.qti.items.built_in import DURATION
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.session import ItemSession
from shared.standards.qti.values.types import Value

type Phase = Literal["running", "suspended", "ended"]

_NOTHING: Final[Mapping[str, Value]] = {}


@dataclass(slots=True)
class TakenItem:
    """An item that the candidate met: its session, responses not submitted yet, comment.

    `submitted` is the place of its last submission among all submissions of the test, 0 before the first.
    """

    session: ItemSession
    draft: dict[str, Value] = field(default_factory=dict)
    comment: str | None = None
    submitted: int = 0

    @property
    def values(self) -> dict[str, Value]:
        """The variables of the item as they will be submitted."""
        return {**self.session.values, **self.draft}

    @property
    def seconds(self) -> float:
        """The time spent on the item."""
        return cast("float", self.session.values[DURATION])


@dataclass(slots=True)
class Standing:
    """Everything about a session that changes, with the test and the route that it follows.

    `part` is the index of the part that is being taken, `at` the key of the item at which the candidate is.
    """

    test: CompiledTest
    seed: int
    chosen: dict[str, list[str]]
    steps: tuple[Step, ...]
    clock: Clock
    phase: Phase = "running"
    part: int = 0
    at: str | None = None
    taken: dict[str, TakenItem] = field(default_factory=dict)
    outcomes: dict[str, Value] = field(default_factory=dict)
    context: dict[str, Value] = field(default_factory=dict)
    submissions: int = 0

    @property
    def current_part(self) -> Part:
        """The part that is being taken, or was last."""
        return self.test.plan.parts[self.part]

    @property
    def step(self) -> Step | None:
        """The step at which the candidate is; none once the test has ended."""
        return None if self.at is None else self.named(self.at)

    def named(self, key: str) -> Step | None:
        """Return the step of a key, None where the route has none."""
        return next((step for step in self.steps if step.key == key), None)

    def steps_of(self, part: Part) -> list[Step]:
        """Return the steps of a part."""
        return [step for step in self.steps if step.part is part]

    def item(self, step: Step) -> CompiledItem:
        """Return the item of a step."""
        return self.test.items[step.ref.identifier]

    def take(self, step: Step) -> TakenItem:
        """Return the item of a step as taken; it is from now on, if it was not before."""
        taken = self.taken.get(step.key)
        if taken is None:
            taken = self.taken[step.key] = TakenItem(self._begun(step))
        return taken

    def _begun(self, step: Step) -> ItemSession:
        frame = self.frame(f"defaults of {step.key}")
        defaults = self.test.template_values(step.ref.identifier, frame)
        together = step.part.submission == "simultaneous"
        return ItemSession.start(
            self.item(step),
            seed=seed_of(self.seed, step.key),
            template_values=defaults,
            context=self.context,
            max_attempts=1 if together else step.ref.control.max_attempts,
        )

    def frame(self, place: str) -> AssessmentFrame:
        """Return a frame for rules of the test, over all variables as they are now.

        Chance differs by place, so that rules asked at different moments draw independently.
        """
        values = {**self.context, **self.durations(), **self.outcomes}
        return self.test.frame(values, self.selected(), seed_of(self.seed, place))

    def process_outcomes(self) -> None:
        """Run outcome processing over all items as they are now."""
        seed = seed_of(self.seed, "outcomes")
        given = {**self.context, **self.durations()}
        self.outcomes = self.test.process(self.selected(), seed=seed, given=given)

    def durations(self) -> dict[str, Value]:
        """Return the built-in durations of test, parts and sections."""
        return {
            f"{scope}.duration" if scope != WHOLE_TEST else "duration": seconds
            for scope, seconds in self.clock.seconds.items()
        }

    def selected(self) -> Sequence[SelectedItem]:
        """Return the items of the route as test-level expressions see them."""
        return [self._selected(step) for step in self.steps]

    def _selected(self, step: Step) -> SelectedItem:
        taken = self.taken.get(step.key)
        if taken is None:
            return SelectedItem(step, self.item(step).initial, _NOTHING, _NOTHING, False, 0, 0)
        session = taken.session
        return SelectedItem(
            step,
            session.values,
            session.corrects,
            session.defaults,
            True,
            session.attempts,
            taken.submitted,
        )
