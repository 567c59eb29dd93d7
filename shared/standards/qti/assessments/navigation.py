"""Which item comes next: branch rules, preconditions and the order of the route (QTI 3.0, BranchRule)."""

from collections.abc import Callable, Sequence
from itertools import dropwhile
from typing import Final

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.frames import AssessmentFrame
from shared.standards.qti.assessments.plan import ItemRef, Part, Section
from shared.standards.qti.assessments.routes import Enclosing, Step
from shared.standards.qti.assessments.targets import EXIT_PART, EXIT_SECTION, EXIT_TEST

type Destination = Step | str
"""An item to go to, or EXIT_TESTPART or EXIT_TEST."""

type IsClosed = Callable[[Enclosing], bool]

_FROM_OUTSIDE: Final[tuple[Enclosing, ...]] = ()


def first_of(test: CompiledTest, steps: Sequence[Step], frame: AssessmentFrame) -> Destination:
    """Return the item with which a linear part begins: the first whose preconditions hold."""
    return _enterable(test, steps, _FROM_OUTSIDE, frame)


def after(
    test: CompiledTest, steps: Sequence[Step], step: Step, frame: AssessmentFrame, is_closed: IsClosed
) -> Destination:
    """Return where a linear part goes on after an item.

    The branch rules of the item are asked first, then those of each section that ends with it, from the
    inside. The first that holds decides; a target that is not ahead in this part decides nothing. Leaving a
    section by EXIT_SECTION ends it, so that its own rules are asked. `is_closed` says of which sections the
    time is up.
    """
    remaining: list[Step] = list(steps[list(steps).index(step) + 1 :])
    remaining = [later for later in remaining if not any(map(is_closed, later.path))]
    chain: list[tuple[ItemRef | Section, Enclosing | None]] = [(step.ref, None)]
    chain += [(enclosing.section, enclosing) for enclosing in reversed(step.path)]
    for depth, (node, enclosing) in enumerate(chain):
        if enclosing is not None and any(enclosing in later.path for later in remaining):
            break  # the section goes on
        target = test.target_after(node, frame)
        if target in {EXIT_TEST, EXIT_PART}:
            return target
        if target == EXIT_SECTION and depth + 1 < len(chain):
            left = chain[depth + 1][1]
            remaining = [later for later in remaining if left not in later.path]
        elif target is not None and (jumped := list(dropwhile(_is_not(target), remaining))):
            remaining = jumped
            break
    return _enterable(test, remaining, step.path, frame)


def part_after(
    test: CompiledTest, part: Part, frame: AssessmentFrame, *, exit_test: bool = False
) -> int | None:
    """Return the index of the part to be tried after another; None when the test ends."""
    parts = test.plan.parts
    following = parts.index(part) + 1
    target = EXIT_TEST if exit_test else test.target_after(part, frame)
    if target == EXIT_TEST:
        return None
    ahead = {later.identifier: index for index, later in enumerate(parts) if index >= following}
    index = ahead.get(target or "", following)
    return index if index < len(parts) else None


def _enterable(
    test: CompiledTest, steps: Sequence[Step], before: tuple[Enclosing, ...], frame: AssessmentFrame
) -> Destination:
    """Return the first item that may be entered; sections are only asked when they are entered anew."""
    for step in steps:
        entered = [enclosing.section for enclosing in step.path if enclosing not in before]
        if all(test.may_enter(node, frame) for node in (*entered, step.ref)):
            return step
    return EXIT_PART


def _is_not(target: str) -> Callable[[Step], bool]:
    def is_not(step: Step) -> bool:
        return step.ref.identifier != target and all(
            enclosing.section.identifier != target for enclosing in step.path
        )

    return is_not
