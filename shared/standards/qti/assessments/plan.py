"""A test as its author planned it (QTI 3.0, AssessmentTest): parts, sections, items.

These are views: each keeps its element, in which everything is that has no field here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.standards.qti.assessments.control import Control, TimeLimits
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Notice

type NavigationMode = Literal["linear", "nonlinear"]
type SubmissionMode = Literal["individual", "simultaneous"]
type View = Literal["author", "candidate", "proctor", "scorer", "testConstructor", "tutor"]


@dataclass(frozen=True, slots=True)
class BranchRule:
    """Where to go on when its expression is true; `target` is an identifier or EXIT_TEST and its like."""

    target: str
    element: Element


@dataclass(frozen=True, slots=True)
class RubricBlock:
    """Text for some views of a test, part or section; without views it is for all."""

    views: tuple[str, ...]
    element: Element

    def is_for(self, view: View) -> bool:
        """Say whether a view is meant."""
        return not self.views or view in self.views


@dataclass(frozen=True, slots=True)
class Feedback:
    """Test feedback: shown during or at the end, when the outcome holds, or does not hold, an identifier."""

    access: Literal["during", "atEnd"]
    outcome_identifier: str
    identifier: str
    shown_if_held: bool
    element: Element


@dataclass(frozen=True, slots=True)
class TemplateDefault:
    """The default of an item's template variable, by an expression over the test so far."""

    template_identifier: str
    element: Element


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """What parts, sections and item references have in common."""

    identifier: str
    element: Element
    preconditions: tuple[Element, ...]
    branches: tuple[BranchRule, ...]
    control: Control
    limits: TimeLimits


@dataclass(frozen=True, slots=True, eq=False)
class ItemRef(Node):
    """A place for an item in a test.

    `mappings` are the names by which this test knows variables of the item, by the names that the item gives
    them. `control` is what remains after inheritance. `file` is where the reference stands, which `href` is
    relative to.
    """

    href: str
    required: bool
    fixed: bool
    categories: tuple[str, ...]
    weights: Mapping[str, float]
    mappings: Mapping[str, str]
    template_defaults: tuple[TemplateDefault, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Selection:
    """How many children of a section are taken."""

    select: int
    with_replacement: bool


@dataclass(frozen=True, slots=True)
class AdaptiveSelection:
    """An engine outside chooses the items of the section (computer adaptive testing); kept, never run."""

    element: Element
    engine: str
    settings: str | None
    usage_data: str | None
    metadata: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Section(Node):
    """A section: its children, and how they are selected and ordered."""

    title: str
    visible: bool
    keep_together: bool
    required: bool
    fixed: bool
    shuffle: bool
    selection: Selection | None
    adaptive: AdaptiveSelection | None
    rubric_blocks: tuple[RubricBlock, ...]
    stimuli: tuple[str, ...]
    children: "tuple[ItemRef | Section, ...]"

    def item_refs(self) -> Iterator[ItemRef]:
        """Yield the references inside, in the order of the document."""
        for child in self.children:
            if isinstance(child, Section):
                yield from child.item_refs()
            else:
                yield child

    def nodes(self) -> "Iterator[Section | ItemRef]":
        """Yield the section itself and all that is in it, in the order of the document."""
        yield self
        for child in self.children:
            if isinstance(child, Section):
                yield from child.nodes()
            else:
                yield child


@dataclass(frozen=True, slots=True, eq=False)
class Part(Node):
    """A part of a test, with its modes."""

    navigation: NavigationMode
    submission: SubmissionMode
    rubric_blocks: tuple[RubricBlock, ...]
    feedback: tuple[Feedback, ...]
    sections: tuple[Section, ...]

    def nodes(self) -> Iterator[Section | ItemRef]:
        """Yield all sections and references inside, in the order of the document."""
        for section in self.sections:
            yield from section.nodes()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A test.

    >>> from shared.standards.qti import parse, read_plan
    >>> plan: Plan = read_plan(parse(
    ...     b'<assessmentTest identifier="t"><testPart identifier="p" navigationMode="nonlinear"'
    ...     b' submissionMode="simultaneous"/></assessmentTest>'))
    >>> plan.parts[0].submission, plan.parts[0].control.max_attempts
    ('simultaneous', 1)
    """

    identifier: str
    title: str
    element: Element
    limits: TimeLimits
    declarations: tuple[Declaration, ...]
    parts: tuple[Part, ...]
    rubric_blocks: tuple[RubricBlock, ...]
    feedback: tuple[Feedback, ...]
    outcome_processing: Element | None
    file: str = ""
    notices: tuple[Notice, ...] = field(default=(), compare=False)

    def item_refs(self) -> Iterator[ItemRef]:
        """Yield the references to items, in the order of the document."""
        for node in self.nodes():
            if isinstance(node, ItemRef):
                yield node

    def nodes(self) -> Iterator[Part | Section | ItemRef]:
        """Yield all parts, sections and references, in the order of the document."""
        for part in self.parts:
            yield part
            yield from part.nodes()
