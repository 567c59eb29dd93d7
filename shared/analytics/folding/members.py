"""How many learners stand behind schools, periods and the district: each counted once.

Every shard of learners keeps, for each of its learners, the groups above courses that the learner's results
fall into. The tenant's shard keeps the counts by bucket, so that a fold adds up what it did not touch.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from shared.analytics.model import View
from shared.kernel.events import Json

MEMBERS: Final = "members"
"""The view of a shard of learners that holds their groups."""

DISTRICT: Final = "district"


def school_group(school: str) -> str:
    """Return the name of the group of a school."""
    return f"school:{school}"


def period_group(period: str) -> str:
    """Return the name of the group of a period."""
    return f"period:{period}"


def merged_members(before: View | None, changed: Mapping[str, Iterable[str] | None]) -> View:
    """Return the members in which the groups of `changed` learners replace the old; None drops a learner."""
    known: Any = before["learners"] if before is not None else {}
    kept: dict[str, Json] = {learner: groups for learner, groups in known.items() if learner not in changed}
    kept |= {learner: [*sorted(groups)] for learner, groups in changed.items() if groups is not None}
    return {"learners": {learner: kept[learner] for learner in sorted(kept)}}


def counts_of(members: View) -> Counter[str]:
    """Return how many of the learners are in each group; all are in the `DISTRICT`."""
    learners: Any = members["learners"]
    counts = Counter(group for groups in learners.values() for group in groups)
    return counts + Counter({DISTRICT: len(learners)})


def counts_view(bucket: str) -> str:
    """Return the id of the view of the tenant's shard with the counts of a bucket of learners."""
    return f"{MEMBERS}:{bucket[0]}"


def is_counts(view: str) -> bool:
    """Tell whether a view of the tenant's shard holds counts."""
    return view.startswith(f"{MEMBERS}:")


def merged_counts(before: Mapping[str, View], changed: Mapping[str, Mapping[str, int]]) -> dict[str, View]:
    """Return the counts by bucket in which those of `changed` buckets replace the old, by view."""
    known = {bucket: own for view in before.values() for bucket, own in _buckets(view).items()}
    views: dict[str, dict[str, Json]] = {}
    for bucket, own in sorted((known | {**changed}).items()):
        if own:
            views.setdefault(counts_view(bucket), {})[bucket] = {**dict(sorted(own.items()))}
    return {view: {"buckets": buckets} for view, buckets in views.items()}


def added_up(counts: Iterable[View]) -> Counter[str]:
    """Return the counts over all buckets."""
    whole: Counter[str] = Counter()
    for view in counts:
        for own in _buckets(view).values():
            whole.update(own)
    return whole


def _buckets(view: View) -> Mapping[str, Mapping[str, int]]:
    buckets: dict[str, dict[str, int]] = cast("Any", view["buckets"])
    return buckets
