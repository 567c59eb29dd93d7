"""Token buckets: never more than the budget, never less than the refill."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import TooManyRequests
from shared.tenancy.model import Budget, RateClass
from shared.web.throttling import Throttle


class Bucket:
    """One bucket at a time that moves when told."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.seconds = 0.0
        self.throttle = Throttle(lambda: self.seconds)
        self.budget = Budget(per_second=per_second, burst=burst)

    def take(self, key: str = "north", rate: RateClass = RateClass.READ) -> bool:
        return self.throttle.take(key, rate, self.budget).retry_after == 0


@given(
    per_second=st.floats(0.5, 100),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 3), min_size=1, max_size=200),
)
def test_in_any_span_no_more_passes_than_burst_and_refill(
    per_second: float, burst: int, pauses: list[float]
) -> None:
    bucket = Bucket(per_second, burst)
    passed = 0
    for pause in pauses:
        bucket.seconds += pause
        passed += bucket.take()
        assert passed <= burst + bucket.seconds * per_second + 1e-6


@given(per_second=st.floats(0.5, 100), burst=st.integers(1, 20), spent=st.integers(0, 40))
def test_after_retry_after_the_next_call_passes(per_second: float, burst: int, spent: int) -> None:
    bucket = Bucket(per_second, burst)
    for _ in range(spent):
        bucket.take()
    wait = bucket.throttle.take("north", RateClass.READ, bucket.budget).retry_after
    if wait:
        bucket.seconds += wait
        assert bucket.take()


def test_a_refusal_costs_nothing() -> None:
    bucket = Bucket(1, 1)
    assert bucket.take()
    assert not any(bucket.take() for _ in range(10))
    bucket.seconds = 1
    assert bucket.take()


def test_one_tenants_flood_is_not_anothers() -> None:
    bucket = Bucket(1, 2)
    while bucket.take("north"):
        pass
    assert bucket.take("south")
    assert bucket.take("north", RateClass.WRITE)


def test_a_pause_never_fills_beyond_the_burst() -> None:
    bucket = Bucket(10, 3)
    bucket.seconds = 1e6
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_the_headers_say_what_is_left_and_when_it_is_full() -> None:
    bucket = Bucket(2, 10)
    allowance = bucket.throttle.take("north", RateClass.READ, bucket.budget)
    assert allowance.headers() == {"RateLimit-Policy": '"read";q=10;w=5', "RateLimit": '"read";r=9;t=1'}


def test_a_used_up_budget_is_refused_with_the_time_to_wait() -> None:
    bucket = Bucket(0.25, 1)
    bucket.take()
    with pytest.raises(TooManyRequests) as refusal:
        bucket.throttle.take("north", RateClass.READ, bucket.budget).require()
    assert refusal.value.retry_after == math.ceil(1 / 0.25)


def test_the_memory_of_buckets_is_bounded() -> None:
    bucket = Bucket(1, 1)
    bucket.take("first")
    for number in range(10_000):
        bucket.take(f"tenant-{number}")
    assert bucket.take("first"), "forgotten, so it starts full again"
