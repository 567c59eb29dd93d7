"""The route of one candidate through a test: what selection, replacement and ordering make of the plan.

A route follows from the plan and a seed alone, so a session need not store it. Each section draws from
chance of its own, so that a change of one leaves the others as they were.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from shared.standards.qti.assessments.plan import ItemRef, Part, Plan, Section, Selection
from shared.standards.qti.faults import Invalid, Refused
from shared.standards.qti.limits import LIMITS, Limits

type Chosen = Mapping[str, Sequence[str]]
"""For each adaptive section, the references that its engine chose so far, in order."""

_NOTHING_CHOSEN: Final[Chosen] = {}
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Enclosing:
    """One instance of a section on a route; `number` counts them where the section is drawn repeatedly."""

    section: Section
    number: int


@dataclass(frozen=True, slots=True)
class Step:
    """One item of a route.

    `key` names it: the identifier of the reference, followed by the number of the instance where a reference
    occurs more than once (QTI 3.0: `Q01.2`).
    """

    key: str
    ref: ItemRef
    instance: int
    part: Part
    path: tuple[Enclosing, ...]


def instance_of(text: str) -> int | None:
    """Return the number of an instance as keys and variables write it; None for what is no such number."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


@dataclass(frozen=True, slots=True)
class _Leaf:
    ref: ItemRef
    path: tuple[Enclosing, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is ordered as one: an item, or a section that is kept together."""

    leaves: tuple[_Leaf, ...]
    fixed: bool


def route_of(
    plan: Plan, seed: int, *, chosen: Chosen = _NOTHING_CHOSEN, limits: Limits = LIMITS
) -> tuple[Step, ...]:
    """Return the steps of a candidate: the same for the same plan, seed and choices of engines.

    Raises Invalid for an adaptive section whose engine chose nothing, or something else than its items;
    Refused for more draws than a container may have members.

    >>> from shared.standards.qti import parse, read_plan
    >>> items = b"".join(b'<assessmentItemRef identifier="%c" href="%c.xml"/>' % (c, c) for c in b"abc")
    >>> plan = read_plan(parse(
    ...     b'<assessmentTest identifier="t"><testPart identifier="p" navigationMode="linear"'
    ...     b' submissionMode="individual"><assessmentSection identifier="s" title="" visible="true">'
    ...     b'<selection select="2"/>' + items + b'</assessmentSection></testPart></assessmentTest>'))
    >>> [step.key for step in route_of(plan, seed=2)]
    ['a', 'c']
    """
    router = _Router(seed, chosen, limits, Counter(), limits.members)
    leaves = [
        (part, leaf) for part in plan.parts for section in part.sections for leaf in router.leaves(section)
    ]
    totals = Counter(leaf.ref.identifier for _, leaf in leaves)
    counts: Counter[str] = Counter()
    return tuple(_step(part, leaf, totals, counts) for part, leaf in leaves)


def _step(part: Part, leaf: _Leaf, totals: Counter[str], counts: Counter[str]) -> Step:
    identifier = leaf.ref.identifier
    counts[identifier] += 1
    instance = counts[identifier]
    key = identifier if totals[identifier] == 1 else f"{identifier}.{instance}"
    return Step(key, leaf.ref, instance, part, leaf.path)


@dataclass(slots=True)
class _Router:
    seed: int
    chosen: Chosen
    limits: Limits
    drawn: Counter[str]
    left: int

    def leaves(self, section: Section) -> tuple[_Leaf, ...]:
        return tuple(leaf for unit in self._units(section, ()) for leaf in unit.leaves)

    def _units(self, section: Section, outer: tuple[Enclosing, ...]) -> list[_Unit]:
        self._count(section.identifier)
        number = self.drawn[section.identifier]
        path = (*outer, Enclosing(section, number))
        chance = Random(f"{self.seed}/{section.identifier}/{number}")  # noqa: S311 - has to repeat
        units = [
            unit
            for child in self._selected(section, chance)
            for unit in self._child(child, path, mixed=section.shuffle)
        ]
        return _shuffled(units, chance) if section.shuffle and section.adaptive is None else units

    def _child(
        self, child: ItemRef | Section, path: tuple[Enclosing, ...], *, mixed: bool
    ) -> Iterator[_Unit]:
        if isinstance(child, ItemRef):
            self._count(child.identifier)
            yield _Unit((_Leaf(child, path),), child.fixed)
            return
        units = self._units(child, path)
        if mixed and not (child.visible or child.keep_together or child.fixed):
            yield from units
        else:
            yield _Unit(tuple(leaf for unit in units for leaf in unit.leaves), child.fixed)

    def _count(self, identifier: str) -> None:
        """Count a draw. The bound is on all of them, as selections inside selections multiply."""
        self.drawn[identifier] += 1
        self.left -= 1
        if self.left < 0:
            raise Refused("more sections and items than a test may draw", rule="limits.members")

    def _selected(self, section: Section, chance: Random) -> Sequence[ItemRef | Section]:
        if section.adaptive is not None:
            return self._chosen_by_engine(section)
        if section.selection is None:
            return section.children
        drawn = _drawn(section.children, section.selection, chance, self.limits)
        return [section.children[position] for position in drawn]

    def _chosen_by_engine(self, section: Section) -> Sequence[ItemRef | Section]:
        refs = {ref.identifier: ref for ref in section.item_refs()}
        chosen = self.chosen.get(section.identifier, ())
        if not chosen or len(set(chosen)) < len(chosen) or not refs.keys() >= set(chosen):
            wrong = ", ".join(chosen) or "nothing"
            raise Invalid(
                f"{wrong} chosen in the adaptive section {section.identifier}; it takes its own items, once",
                rule="QTI 3.0, AdaptiveSelection",
            )
        return [refs[identifier] for identifier in chosen]


def _drawn(
    children: Sequence[ItemRef | Section], selection: Selection, chance: Random, limits: Limits
) -> list[int]:
    """Return the positions of the children drawn, in the order of the document (QTI 3.0, Selection).

    All that are required are among them; with replacement any child may come more than once.
    """
    required = [position for position, child in enumerate(children) if child.required]
    wanted = selection.select - len(required)
    if wanted > limits.members:
        raise Refused(f"{selection.select} children selected", rule="limits.members")
    if wanted <= 0 or not children:
        return required
    if selection.with_replacement:
        return sorted([*required, *chance.choices(range(len(children)), k=wanted)])
    others = [position for position, child in enumerate(children) if not child.required]
    return sorted([*required, *chance.sample(others, min(wanted, len(others)))])


def _shuffled(units: list[_Unit], chance: Random) -> list[_Unit]:
    """Return units in an order by chance; fixed ones keep their positions (QTI 3.0, SectionPart `fixed`)."""
    loose = [unit for unit in units if not unit.fixed]
    chance.shuffle(loose)
    following = iter(loose)
    return [unit if unit.fixed else next(following) for unit in units]
