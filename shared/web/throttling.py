"""Token buckets: what a tenant may spend per rate class, in this process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.kernel.bounded import Bounded
from shared.kernel.errors import TooManyRequests
from shared.tenancy.model import Budget, RateClass

_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """The state of a bucket after a call: `remaining` calls at once, full again in `full_in` seconds.

    `retry_after` is 0 when the call is allowed, else the seconds until one would be.
    """

    rate: RateClass
    burst: int
    window: int
    remaining: int
    full_in: int
    retry_after: int

    def require(self) -> None:
        """Raise `TooManyRequests` when the budget was used up."""
        if self.retry_after:
            raise TooManyRequests(retry_after=self.retry_after)

    def headers(self) -> dict[str, str]:
        """Return the RateLimit fields (IETF draft ratelimit-headers-10 sections 3 and 4)."""
        return {
            "RateLimit-Policy": f'"{self.rate}";q={self.burst};w={self.window}',
            "RateLimit": f'"{self.rate}";r={self.remaining};t={self.full_in}',
        }


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Throttle:
    """One bucket per key and rate class; the least recently used is forgotten beyond 10,000 buckets."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: Bounded[tuple[str, RateClass], _Bucket] = Bounded(_BUCKETS)

    def take(self, key: str, rate: RateClass, budget: Budget) -> Allowance:
        """Take one token if there is one, and tell how the bucket stands."""
        bucket = self._refilled(key, rate, budget)
        missing = max(0.0, 1 - bucket.tokens)
        if not missing:
            bucket.tokens -= 1
        return Allowance(
            rate=rate,
            burst=budget.burst,
            window=math.ceil(budget.burst / budget.per_second),
            remaining=int(bucket.tokens),
            full_in=math.ceil((budget.burst - bucket.tokens) / budget.per_second),
            retry_after=math.ceil(missing / budget.per_second),
        )

    def _refilled(self, key: str, rate: RateClass, budget: Budget) -> _Bucket:
        now = self._monotonic()
        bucket = self._buckets.get((key, rate))
        if bucket is None:
            bucket = _Bucket(budget.burst, now)
            self._buckets.put((key, rate), bucket)
        bucket.tokens = min(budget.burst, bucket.tokens + (now - bucket.at) * budget.per_second)
        bucket.at = now
        return bucket
