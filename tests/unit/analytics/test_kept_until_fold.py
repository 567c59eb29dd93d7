"""What a process keeps of read models is bounded, and goes by tenant."""

from shared.analytics.model import Rollup
from shared.analytics.serving.kept import KeptUntilFold
from tests.fixtures.facts import scope_of
from tests.fixtures.tenancy import FixedClock

_NORTH, _SOUTH = scope_of("north"), scope_of("south")


def _kept(limit: int, *names: str) -> KeptUntilFold[Rollup]:
    kept: KeptUntilFold[Rollup] = KeptUntilFold(FixedClock(), limit, lambda one: len(one.text))
    for name in names:
        kept.put(_NORTH, ("tenant", name), "1", Rollup(1, "x" * 1_000))
    return kept


def test_the_least_recently_used_goes_when_texts_are_too_many() -> None:
    kept = _kept(3_500, "a", "b")
    assert kept.get(_NORTH, ("tenant", "a"), "1")
    kept.put(_NORTH, ("tenant", "c"), "1", Rollup(1, "x" * 1_000))

    assert kept.get(_NORTH, ("tenant", "b"), "1") is None
    assert kept.get(_NORTH, ("tenant", "a"), "1")
    assert kept.get(_NORTH, ("tenant", "c"), "1")


def test_what_replaces_another_takes_its_room() -> None:
    kept = _kept(3_500, "a", *("b" for _ in range(9)))
    assert kept.get(_NORTH, ("tenant", "a"), "1")


def test_a_text_beyond_the_limit_is_not_kept() -> None:
    kept = _kept(1_000, "a")
    assert kept.get(_NORTH, ("tenant", "a"), "1") is None


def test_what_was_read_after_another_fold_is_not_given() -> None:
    assert _kept(3_500, "a").get(_NORTH, ("tenant", "a"), "2") is None


def test_nobody_gets_what_is_kept_for_another_tenant_or_shard() -> None:
    kept = _kept(3_500, "a")
    assert kept.get(_SOUTH, ("tenant", "a"), "1") is None
    assert kept.get(_NORTH, ("school:1", "a"), "1") is None
