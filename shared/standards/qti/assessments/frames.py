"""One run of outcome processing, or of a rule of a test: its variables, and its items as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from shared.standards.qti.assessments.routes import Step
from shared.standards.qti.expressions.compiled import Frame
from shared.standards.qti.values.types import Value


@dataclass(frozen=True, slots=True)
class SelectedItem:
    """An item of the candidate's route as test-level expressions see it.

    `values` are those of its variables; responses are those of the last submission, as others are not
    available (QTI 3.0). `corrects` and `defaults` are what template processing set. `attempts`
    counts submitted ones; `submitted` is the place of the last one among all submissions of the session,
    from 1.
    """

    step: Step
    values: Mapping[str, Value]
    corrects: Mapping[str, Value]
    defaults: Mapping[str, Value]
    presented: bool
    attempts: int
    submitted: int


@dataclass(slots=True)
class AssessmentFrame(Frame):
    """A frame with the items of the route, in its order."""

    items: Sequence[SelectedItem] = ()


def items_of(frame: Frame) -> Sequence[SelectedItem]:
    """Return the items of a frame; expressions of tests only run in frames that have them."""
    return cast("AssessmentFrame", frame).items
