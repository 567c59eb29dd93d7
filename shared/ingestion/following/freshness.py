"""How fresh the data of each feed is: its newest file, how long files take, what they lost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from shared.ingestion.model import OPEN, Ingest, IngestState
from shared.ingestion.ports import Ingests
from shared.ingestion.views import FeedFreshness, Freshness
from shared.kernel.scope import TenantScope

LOOKED_AT: Final = 200
"""The newest ingests that freshness is told from."""


class FreshnessViews:
    """Tells freshness from one read of the newest ingests."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests

    async def freshness(self, scope: TenantScope) -> Freshness:
        """Return how fresh the feeds of the newest `LOOKED_AT` files are, and how many are on the way."""
        found = (await self._ingests.page(scope, LOOKED_AT, None)).items
        by_feed: dict[str, list[Ingest]] = defaultdict(list)
        for ingest in found:
            if ingest.recognition is not None:
                by_feed[ingest.recognition.feed].append(ingest)
        return Freshness(
            on_the_way=sum(ingest.state in OPEN for ingest in found),
            feeds=[_of_feed(feed, ingests) for feed, ingests in sorted(by_feed.items())],
        )


def _of_feed(feed: str, ingests: Sequence[Ingest]) -> FeedFreshness:
    """Return the freshness of a feed from its ingests, newest first."""
    shown = [ingest for ingest in ingests if ingest.state is IngestState.FOLDED]
    rejects = Counter[str]()
    for ingest in ingests:
        rejects.update(ingest.progress.rejects)
    return FeedFreshness(
        feed=feed,
        newest_ingest=ingests[0].id,
        newest_state=ingests[0].state,
        newest_landed_at=ingests[0].landed_at,
        shown_landed_at=shown[0].landed_at if shown else None,
        lag_seconds=_lag(shown),
        files=len(ingests),
        failed=sum(ingest.state is IngestState.FAILED for ingest in ingests),
        records=sum(ingest.progress.records for ingest in ingests),
        reject_counts=dict(sorted(rejects.items())),
    )


def _lag(shown: Iterable[Ingest]) -> float | None:
    """Return the median of how long files took from landing to their figures."""
    lags = [(ingest.reached[IngestState.FOLDED] - ingest.landed_at).total_seconds() for ingest in shown]
    return round(median(lags), 3) if lags else None
