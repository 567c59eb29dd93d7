"""What a candidate may do now, and why not (QTI 3.0, ItemSessionControl, TimeLimits, 2.8)."""

from dataclasses import dataclass
from typing import Literal

from shared.standards.qti.assessments.clock import WHOLE_TEST, is_over, is_too_soon
from shared.standards.qti.assessments.routes import Enclosing, Step
from shared.standards.qti.assessments.standing import Standing
from shared.standards.qti.documents.document import Document
from shared.standards.qti.interactions.constraints import broken_constraints
from shared.standards.qti.interactions.interaction import interactions_of

type Move = Literal[
    "respond", "submit", "skip", "next", "go", "comment", "end_part", "end", "suspend", "resume"
]


class NotAllowed(Exception):
    """A move that the session does not allow where it stands; nothing has changed. `rule` names the clause.

    >>> str(NotAllowed("no attempt is left", rule="QTI 3.0, ItemSessionControl"))
    'no attempt is left [QTI 3.0, ItemSessionControl]'
    """

    def __init__(self, message: str, *, rule: str) -> None:
        self.message = message
        self.rule = rule
        super().__init__(message, rule)

    def __str__(self) -> str:
        return f"{self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move is not allowed."""

    message: str
    rule: str


_CONTROL = "QTI 3.0, ItemSessionControl"
_TIME = "QTI 3.0, TimeLimits"
_MODES = "QTI 3.0, TestPart"
_SESSION = "test sessions"


@dataclass(frozen=True, slots=True)
class Permissions:
    """Tells for one standing what is allowed; each question answers None for what is."""

    standing: Standing

    def respond(self) -> Refusal | None:
        """Say whether responses are taken for the current item."""
        step = self.standing.step
        return self._running(step) or (None if step is None else self._open(step))

    def submit(self, *, skipping: bool = False) -> Refusal | None:
        """Say whether the attempt at the current item may end, with no response when `skipping`."""
        refused, step = self.respond(), self.standing.step
        if refused is not None or step is None:
            return refused
        if step.part.submission == "simultaneous":
            return Refusal("the responses of this part are submitted together at its end", _MODES)
        if self._must_answer(step) and (skipping or not self._has_draft(step)):
            return Refusal("an item that may not be skipped has no response", _CONTROL)
        broken = None if skipping else self._broken(step)
        return None if broken is None else Refusal(broken, _CONTROL)

    def comment(self) -> Refusal | None:
        """Say whether the candidate may comment on the current item."""
        step = self.standing.step
        refused = self._running(step)
        if refused is None and step is not None and not step.ref.control.allow_comment:
            return Refusal("comments are not allowed", _CONTROL)
        return refused

    def advance(self) -> Refusal | None:
        """Say whether the candidate may go on to what follows the current item."""
        step = self.standing.step
        refused = self._running(step)
        if refused is not None or step is None or self.is_part_over():
            return refused
        if step.part.navigation == "nonlinear":
            is_last = self.standing.steps_of(step.part)[-1] is step
            return self.leave_part() if is_last else None
        return self._too_soon(step) or self._unanswered(step)

    def go(self, key: str) -> Refusal | None:
        """Say whether the candidate may go to an item of the same part."""
        refused, target = self._running(self.standing.step), self.standing.named(key)
        if refused is not None:
            return refused
        part = self.standing.current_part
        if target is None or target.part is not part:
            return Refusal(f"{key} is no item of this part", _MODES)
        if part.navigation == "linear":
            return Refusal("items of a linear part come in their order", _MODES)
        if self._is_closed(target) and not target.ref.control.allow_review:
            return Refusal(f"{key} may not be reviewed", _CONTROL)
        return None

    def leave_part(self) -> Refusal | None:
        """Say whether the candidate may end the part."""
        refused = self._running(self.standing.step)
        part = self.standing.current_part
        if refused is not None or self.is_part_over():
            return refused
        if part.navigation == "linear":
            return Refusal("a linear part ends with its last item", _MODES)
        unanswered = (self._unanswered(step) for step in self.standing.steps_of(part))
        return next((refusal for refusal in unanswered if refusal is not None), None)

    def end(self) -> Refusal | None:
        """Say whether the test may be ended; it may until it has."""
        return Refusal("the test has ended", _SESSION) if self.standing.phase == "ended" else None

    def suspend(self) -> Refusal | None:
        """Say whether the session may be suspended."""
        return self._running(self.standing.step)

    def resume(self) -> Refusal | None:
        """Say whether the session may be resumed."""
        suspended = self.standing.phase == "suspended"
        return None if suspended else Refusal("the session is not suspended", _SESSION)

    def is_test_over(self) -> bool:
        """Say whether the time of the test is up."""
        standing = self.standing
        return is_over(standing.test.plan.limits, standing.clock.taken(WHOLE_TEST))

    def is_part_over(self) -> bool:
        """Say whether the time of the test or of the current part is up."""
        part = self.standing.current_part
        return self.is_test_over() or is_over(part.limits, self.standing.clock.taken(part.identifier))

    def is_section_over(self, enclosing: Enclosing) -> bool:
        """Say whether the time of a section is up."""
        section = enclosing.section
        return is_over(section.limits, self.standing.clock.taken(section.identifier))

    def _running(self, step: Step | None) -> Refusal | None:
        if self.standing.phase == "suspended":
            return Refusal("the session is suspended", _SESSION)
        return self.end() if step is not None else Refusal("the test has ended", _SESSION)

    def _open(self, step: Step) -> Refusal | None:
        if self._is_time_up(step):
            return Refusal("the time is up", _TIME)
        return Refusal("no attempt is left", _CONTROL) if self._is_closed(step) else None

    def _is_time_up(self, step: Step) -> bool:
        taken = self.standing.taken.get(step.key)
        seconds = 0.0 if taken is None else taken.seconds
        return (
            self.is_part_over()
            or any(map(self.is_section_over, step.path))
            or is_over(step.ref.limits, seconds)
        )

    def _is_closed(self, step: Step) -> bool:
        taken = self.standing.taken.get(step.key)
        return taken is not None and taken.session.is_over

    def _has_draft(self, step: Step) -> bool:
        taken = self.standing.taken.get(step.key)
        responses = self.standing.test.responses[step.ref.identifier]
        return taken is not None and responses.differ(taken.values, taken.session.defaults)

    def _broken(self, step: Step) -> str | None:
        """Return what the responses break of what the interactions ask for, where responses are validated."""
        taken = self.standing.taken.get(step.key)
        if not step.ref.control.validate_responses or taken is None:
            return None
        item = self.standing.item(step)
        broken = (
            message
            for interaction in interactions_of(Document(item.element))
            for message in broken_constraints(
                interaction, taken.values.get(interaction.response_identifier), item.limits
            )
        )
        return next(broken, None)

    def _must_answer(self, step: Step) -> bool:
        """Say whether an item may not be skipped; one without responses can't be."""
        return (
            not step.ref.control.allow_skipping
            and step.part.submission == "individual"
            and bool(self.standing.test.responses[step.ref.identifier].declared)
        )

    def _unanswered(self, step: Step) -> Refusal | None:
        """Say whether an item may not be left because it may not be skipped."""
        taken = self.standing.taken.get(step.key)
        answered = taken is not None and taken.session.attempts > 0
        if answered or not self._must_answer(step) or self._is_time_up(step):
            return None
        return Refusal(f"{step.key} may not be skipped", _CONTROL)

    def _too_soon(self, step: Step) -> Refusal | None:
        """Say whether the minimum time of an item, or of a section that ends with it, has not passed."""
        standing = self.standing
        following = standing.steps[standing.steps.index(step) + 1 :]
        ending = [
            enclosing.section
            for enclosing in step.path
            if not any(enclosing in later.path for later in following)
        ]
        if is_too_soon(step.ref.limits, standing.take(step).seconds) or any(
            is_too_soon(section.limits, standing.clock.taken(section.identifier)) for section in ending
        ):
            return Refusal("the minimum time has not passed", _TIME)
        return None
