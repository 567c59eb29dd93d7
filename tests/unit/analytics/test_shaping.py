"""What was shaped once is given again for the same version and audience only."""

from dataclasses import replace

from shared.analytics.model import Rollup
from shared.analytics.policies import Audience
from shared.analytics.serving.shaping import BYTES, CAPACITY, Mastery, Shapes, WholeShapes
from tests.fixtures.facts import scope_of

_NORTH, _SOUTH = scope_of("north"), scope_of("south")
_ADMINS = Audience.of(["TenantAdmin"], frozenset(), frozenset(), 10)
_SUPPORT = Audience.of(["SupportReadonly"], frozenset(), frozenset(), 10)
_TEACHER = Audience.of(["Instructor"], frozenset({"algebra"}), frozenset(), 10)


class _Shaping:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, rollup: Rollup) -> str:
        self.calls += 1
        return f"{rollup.text} {self.calls}"


def test_the_same_version_for_the_same_audience_is_shaped_once() -> None:
    shapes, shape = Shapes[str](), _Shaping()

    first = shapes.of(_NORTH, _ADMINS, Rollup(1, "one"), shape)

    assert shapes.of(_NORTH, _ADMINS, Rollup(1, "one"), shape) == first
    assert shape.calls == 1


def test_another_version_audience_or_tenant_is_shaped_anew() -> None:
    shapes, shape, rollup = Shapes[str](), _Shaping(), Rollup(1, "one")

    answers = [
        shapes.of(_NORTH, _ADMINS, rollup, shape),
        shapes.of(_NORTH, _SUPPORT, rollup, shape),
        shapes.of(_SOUTH, _ADMINS, rollup, shape),
        shapes.of(_NORTH, replace(_ADMINS, threshold=5), rollup, shape),
        shapes.of(_NORTH, _ADMINS, Rollup(1, "two"), shape),
        shapes.of(_NORTH, _ADMINS, Rollup(2, "two"), shape),
    ]

    assert answers == ["one 1", "one 2", "one 3", "one 4", "two 5", "two 6"]


def test_an_audience_of_one_is_not_remembered() -> None:
    shapes, shape, rollup = Shapes[str](), _Shaping(), Rollup(1, "one")

    assert shapes.of(_NORTH, _TEACHER, rollup, shape) == "one 1"
    assert shapes.of(_NORTH, _TEACHER, rollup, shape) == "one 2"


def test_the_least_recently_wanted_is_forgotten() -> None:
    shapes, shape, rollup = Shapes[str](), _Shaping(), Rollup(1, "one")
    for n in range(CAPACITY):
        shapes.of(scope_of(f"tenant-{n}"), _ADMINS, rollup, shape)

    shapes.of(scope_of("tenant-0"), _ADMINS, rollup, shape)
    shapes.of(_NORTH, _ADMINS, rollup, shape)
    shapes.of(scope_of("tenant-0"), _ADMINS, rollup, shape)
    assert shape.calls == CAPACITY + 1

    shapes.of(scope_of("tenant-1"), _ADMINS, rollup, shape)
    assert shape.calls == CAPACITY + 2


class _Whole:
    """Counts how often a view is shaped to itself and the bounds."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, rollup: Rollup, mastery: Mastery) -> str:
        self.calls += 1
        return f"{rollup.text[:9]} {mastery} {self.calls}"


_VIEW = ("course:algebra", "course")


def test_a_whole_view_is_shaped_once_until_it_changes() -> None:
    shapes, shape = WholeShapes(), _Whole()
    answers = [
        shapes.of(_NORTH, _VIEW, Rollup(version, text), shape, (50,))
        for version, text in ((1, "one"), (1, "one"), (1, "two"), (2, "two"), (2, "two"))
    ]
    assert answers == ["one (50,) 1", "one (50,) 1", "two (50,) 2", "two (50,) 3", "two (50,) 3"]


def test_a_whole_view_of_another_tenant_place_or_with_other_bounds_is_another() -> None:
    shapes, shape, rollup = WholeShapes(), _Whole(), Rollup(1, "one")
    places = [
        (_NORTH, _VIEW, (50,)),
        (_SOUTH, _VIEW, (50,)),
        (_NORTH, ("a", "b"), (50,)),
        (_NORTH, _VIEW, ()),
    ]
    for _ in range(2):
        answers = [shapes.of(scope, view, rollup, shape, mastery) for scope, view, mastery in places]
        assert answers == ["one (50,) 1", "one (50,) 2", "one (50,) 3", "one () 4"]


def test_whole_views_are_remembered_up_to_a_size() -> None:
    shapes, shape, large = WholeShapes(), _Whole(), Rollup(1, "x" * (BYTES // 2))
    for name in "abca":
        shapes.of(_NORTH, (name, name), large, shape, ())
    assert shape.calls == 4
    shapes.of(_NORTH, ("c", "c"), large, shape, ())
    assert shape.calls == 4
    shapes.of(_NORTH, ("d", "d"), Rollup(1, "x" * (BYTES + 1)), shape, ())
    assert shapes.of(_NORTH, ("e", "e"), Rollup(1, "small"), shape, ()) == "small () 6"
