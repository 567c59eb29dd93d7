"""How a session moves on: from item to item, from part to part, to its end."""

from dataclasses import dataclass

from shared.standards.qti.assessments.navigation import after, first_of, part_after
from shared.standards.qti.assessments.permissions import Permissions
from shared.standards.qti.assessments.routes import Step
from shared.standards.qti.assessments.standing import Standing, TakenItem
from shared.standards.qti.assessments.targets import EXIT_TEST


@dataclass(frozen=True, slots=True)
class Progress:
    """Changes a standing; whether it may, its callers have asked."""

    standing: Standing

    def advance(self, step: Step) -> None:
        """Go on after an item."""
        may, standing = Permissions(self.standing), self.standing
        steps = standing.steps_of(step.part)
        if may.is_part_over():
            self.end_part(exit_test=may.is_test_over())
        elif step.part.navigation == "linear":
            frame = standing.frame(f"after {step.key}")
            self._follow(after(standing.test, steps, step, frame, may.is_section_over))
        elif step is steps[-1]:
            self.end_part()
        else:
            self.arrive(steps[steps.index(step) + 1])

    def submit(self, taken: TakenItem) -> None:
        """End an attempt with the responses kept."""
        taken.session.respond(taken.draft)
        taken.session.end_attempt()
        taken.draft = {}
        self.standing.submissions += 1
        taken.submitted = self.standing.submissions

    def arrive(self, step: Step) -> None:
        """Be at an item; its session begins when it is met first."""
        self.standing.take(step)
        self.standing.at = step.key

    def end_part(self, *, exit_test: bool = False) -> None:
        """End the part and go on to the next, or to the end of the test."""
        standing = self.standing
        part = standing.current_part
        if part.submission == "simultaneous":
            for step in standing.steps_of(part):
                taken = standing.taken.get(step.key)
                if taken is not None:
                    self.submit(taken)
        standing.process_outcomes()
        frame = standing.frame(f"after {part.identifier}")
        self.enter(part_after(standing.test, part, frame, exit_test=exit_test))

    def enter(self, index: int | None) -> None:
        """Enter a part, or the first after it that may be entered and has items; else the test ends."""
        standing, test = self.standing, self.standing.test
        while index is not None and index < len(test.plan.parts):
            part = test.plan.parts[index]
            frame = standing.frame(f"into {part.identifier}")
            if not test.may_enter(part, frame):
                index += 1
                continue
            standing.part = index
            steps = standing.steps_of(part)
            is_linear = part.navigation == "linear"
            first = first_of(test, steps, frame) if is_linear else next(iter(steps), None)
            if isinstance(first, Step):
                self.arrive(first)
                return
            index = part_after(test, part, frame)
        standing.phase, standing.at = "ended", None
        standing.process_outcomes()

    def _follow(self, destination: Step | str) -> None:
        if isinstance(destination, Step):
            self.arrive(destination)
        else:
            self.end_part(exit_test=destination == EXIT_TEST)
