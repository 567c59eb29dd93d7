"""What is withheld from those who see aggregates stays withheld, also from those who can subtract."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.suppression import GroupSize, withheld_parts

THRESHOLD = 5


@dataclass(frozen=True)
class Group:
    """A group with the learners of its own cells, one cell per assessment."""

    cells: dict[int, frozenset[int]]
    parts: dict[str, "Group"] = field(default_factory=dict)

    @property
    def learners(self) -> frozenset[int]:
        return frozenset[int]().union(*self.cells.values())

    @property
    def size(self) -> GroupSize:
        return GroupSize(len(self.learners), len(self.learners))


def whole(parts: Iterable[Group]) -> Group:
    listed = list(parts)
    cells = {cell: learners for part in listed for cell, learners in part.cells.items()}
    return Group(cells, {str(number): part for number, part in enumerate(listed)})


@st.composite
def districts(draw: st.DrawFn) -> Group:
    cells = iter(range(1_000))
    learners = st.frozensets(st.integers(0, 30), min_size=1, max_size=14)
    counts = st.integers(1, 3)

    def level(depth: int) -> Group:
        if depth == 0:
            return Group({next(cells): draw(learners)})
        return whole([level(depth - 1) for _ in range(draw(counts))])

    return level(3)


def shown(group: Group) -> Iterator[Group]:
    """Yield what an audience of aggregates sees, beginning with the district."""
    if group.size.reaches(THRESHOLD):
        yield from shown_below(group)


def shown_below(group: Group) -> Iterator[Group]:
    yield group
    hidden = withheld_parts({name: part.size for name, part in group.parts.items()}, THRESHOLD)
    for name in group.parts.keys() - hidden:
        yield from shown_below(group.parts[name])


def every(group: Group) -> Iterator[Group]:
    yield group
    for part in group.parts.values():
        yield from every(part)


def solvable(published: Sequence[frozenset[int]], wanted: frozenset[int]) -> bool:
    """Tell whether the sum over `wanted` is a linear combination of the published sums."""
    columns = sorted(wanted.union(*published))
    rows = [[Fraction(cell in group) for cell in columns] for group in published]
    target = [Fraction(cell in wanted) for cell in columns]
    for column in range(len(columns)):
        pivot = next((row for row in rows if row[column] and not any(row[:column])), None)
        if pivot is None:
            continue
        rows = [row if row is pivot else reduced(row, pivot, column) for row in rows]
        target = reduced(target, pivot, column)
    return not any(target)


def reduced(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    factor = row[column] / pivot[column]
    return [value - factor * other for value, other in zip(row, pivot, strict=True)]


@given(districts())
def test_no_small_group_can_be_solved_for(district: Group) -> None:
    published = [frozenset(group.cells) for group in shown(district)]
    small = [group for group in every(district) if not group.size.reaches(THRESHOLD)]
    assert not any(solvable(published, frozenset(group.cells)) for group in small)


@given(districts())
def test_what_is_left_of_a_shown_whole_is_nothing_or_a_large_group(district: Group) -> None:
    for group in shown(district):
        hidden = withheld_parts({name: part.size for name, part in group.parts.items()}, THRESHOLD)
        left = whole(group.parts[name] for name in hidden)
        assert not hidden or left.size.reaches(THRESHOLD)


def test_the_attacker_of_these_tests_finds_a_small_part_that_stands_alone() -> None:
    large, small = frozenset({1}), frozenset({2})
    assert solvable([large | small, large], small)
    assert not solvable([large | small], small)


def test_without_a_small_part_all_are_shown() -> None:
    assert withheld_parts({"a": GroupSize(5, 5), "b": GroupSize(9, 0)}, THRESHOLD) == frozenset()


def test_the_smallest_large_part_goes_with_a_small_one() -> None:
    parts = {"a": GroupSize(3, 3), "b": GroupSize(9, 8), "c": GroupSize(9, 7), "d": GroupSize(30, 30)}
    assert withheld_parts(parts, THRESHOLD) == {"a", "c"}


def test_a_group_with_few_scores_is_small() -> None:
    assert not GroupSize(30, 2).reaches(THRESHOLD)
