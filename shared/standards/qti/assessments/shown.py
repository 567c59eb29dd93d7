"""What may be shown while a test is taken and after it: of each item, and as feedback of the test."""

from dataclasses import dataclass
from typing import Final

from shared.standards.qti.assessments.clock import WHOLE_TEST
from shared.standards.qti.assessments.plan import Feedback, RubricBlock, View
from shared.standards.qti.assessments.routes import Step
from shared.standards.qti.assessments.standing import Standing
from shared.standards.qti.results.model import SessionStatus
from shared.standards.qti.values.types import Value, is_container


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a session. `attempts_left` is None where there is no limit.

    `feedback` and `solution` say whether they may be shown now: after an attempt, in a part whose items are
    submitted one by one; solutions once no attempt is left (QTI 3.0, ItemSessionControl).
    """

    step: Step
    status: SessionStatus
    attempts: int
    attempts_left: int | None
    may_review: bool
    feedback: bool
    solution: bool
    seconds: float


_NEVER_TAKEN: Final = 0


def view_of(standing: Standing, step: Step) -> ItemView:
    """Return what may be shown of an item."""
    control, taken = step.ref.control, standing.taken.get(step.key)
    limit = 1 if step.part.submission == "simultaneous" else control.max_attempts
    unlimited = not limit or standing.item(step).adaptive
    attempts = _NEVER_TAKEN if taken is None else taken.session.attempts
    over = taken is not None and taken.session.is_over
    return ItemView(
        step,
        status_of(standing, step),
        attempts,
        None if unlimited else max(0, limit - attempts),
        attempts > 0 and control.allow_review,
        attempts > 0 and control.show_feedback,
        over and control.show_solution,
        0.0 if taken is None else taken.seconds,
    )


def status_of(standing: Standing, step: Step) -> SessionStatus:
    """Return the status of an item as results report it (Results Reporting 3.0, ItemResult)."""
    taken = standing.taken.get(step.key)
    if taken is None:
        return "initial"
    if not taken.session.attempts:
        return "pendingSubmission"
    return "pendingExternalScoring" if taken.session.pending else "final"


def feedback_of(standing: Standing) -> list[Feedback]:
    """Return the feedback to be shown: of the test and its current part; at the end, of all parts taken.

    QTI 3.0, TestFeedback: shown while the outcome holds the identifier, or while it does not; always where
    none is named.
    """
    ended = standing.phase == "ended"
    parts = standing.test.plan.parts
    taken = [part for part in parts if any(step.key in standing.taken for step in standing.steps_of(part))]
    candidates = [
        *standing.test.plan.feedback,
        *(one for part in (taken if ended else [standing.current_part]) for one in part.feedback),
    ]
    access = "atEnd" if ended else "during"
    return [one for one in candidates if one.access == access and _is_shown(one, standing)]


def rubric_blocks_of(standing: Standing, view: View) -> list[RubricBlock]:
    """Return the rubric blocks around the current item that are for a view, from the outside in."""
    step = standing.step
    if step is None:
        return []
    blocks = [*standing.test.plan.rubric_blocks, *step.part.rubric_blocks]
    for enclosing in step.path:
        blocks += enclosing.section.rubric_blocks
    return [block for block in blocks if block.is_for(view)]


def time_left_of(standing: Standing) -> float | None:
    """Return the seconds that are left to respond to the current item; None without a limit.

    That is what is left by the tightest limit of the item, its sections, the part and the test, also where
    late responses are allowed; less than nothing when it is up.
    """
    step = standing.step
    if step is None:
        return None
    spent = [
        (standing.test.plan.limits, standing.clock.taken(WHOLE_TEST)),
        (step.ref.limits, standing.take(step).seconds),
        *(
            (node.limits, standing.clock.taken(node.identifier))
            for node in (step.part, *(enclosing.section for enclosing in step.path))
        ),
    ]
    left = (limits.most - seconds for limits, seconds in spent if limits.most is not None)
    return min(left, default=None)


def _is_shown(feedback: Feedback, standing: Standing) -> bool:
    if not feedback.outcome_identifier:
        return True
    value = standing.outcomes.get(feedback.outcome_identifier)
    return _holds(value, feedback.identifier) is feedback.shown_if_held


def _holds(value: Value, identifier: str) -> bool:
    return identifier in value if is_container(value) else value == identifier
