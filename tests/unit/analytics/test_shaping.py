"""What was shaped once is given again for the same version and audience only."""

from dataclasses import replace

from shared.analytics.model import Rollup
from shared.analytics.policies import Audience
from shared.analytics.shaping import CAPACITY, Shapes
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
