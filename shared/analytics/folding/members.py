"""How many learners stand behind schools, periods and the district: each counted once.

Every shard of learners keeps, for each of its learners, the groups that the learner's results fall into. The
tenant's shard keeps the counts by bucket, so that a fold adds up what it did not touch. Courses are groups
too: they are not counted here, but tell a fold which learners it knows all results of.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain, takewhile
from typing import Any, Final, cast

from shared.analytics.model import View
from shared.kernel.events import Json

MEMBERS: Final = "members"
"""The view of a shard of learners that holds their groups."""

DISTRICT: Final = "district"

COURSE_PREFIX: Final = "course:"


def school_group(school: str) -> str:
    """Return the name of the group of a school."""
    return f"school:{school}"


def period_group(period: str) -> str:
    """Return the name of the group of a period."""
    return f"period:{period}"


def course_group(course: str) -> str:
    """Return the name of the group of a course."""
    return f"{COURSE_PREFIX}{course}"


def not_all_of(
    members: View, found: Mapping[str, Collection[str]], is_of_interest: Callable[[str], bool]
) -> list[str]:
    """Return the learners of interest who have results in other courses than those that were `found`.

    Members that were written before courses were among the groups may have.
    """
    known: Any = members["learners"]
    return [
        learner
        for learner, groups in known.items()
        if is_of_interest(learner) and not _is_all(groups, found.get(learner, ()))
    ]


def _is_all(groups: Iterable[str], found: Collection[str]) -> bool:
    # Groups are sorted, and no other kind comes before courses.
    courses = list(takewhile(lambda group: group.startswith(COURSE_PREFIX), groups))
    return bool(courses) and all(course.removeprefix(COURSE_PREFIX) in found for course in courses)


def merged_members(before: View | None, changed: Mapping[str, Iterable[str] | None]) -> View:
    """Return the members in which the groups of `changed` learners replace the old; None drops a learner."""
    known: Any = before["learners"] if before is not None else {}
    kept: dict[str, Json] = {learner: groups for learner, groups in known.items() if learner not in changed}
    kept |= {learner: [*sorted(groups)] for learner, groups in changed.items() if groups is not None}
    return {"learners": {learner: kept[learner] for learner in sorted(kept)}}


def counts_of(members: View) -> Counter[str]:
    """Return how many of the learners are in each group above courses; all are in the `DISTRICT`."""
    learners: dict[str, list[str]] = cast("Any", members["learners"])
    counts = Counter(chain.from_iterable(learners.values()))
    above = {group: count for group, count in counts.items() if not group.startswith(COURSE_PREFIX)}
    return Counter(above) + Counter({DISTRICT: len(learners)})


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
