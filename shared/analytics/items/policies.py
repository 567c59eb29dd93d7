"""Who may see what of item analysis. Pure rules."""

from collections.abc import Iterator
from itertools import pairwise

from shared.analytics.items.views import ItemDashboard, ItemLine
from shared.analytics.policies import Audience, assessment_shown
from shared.analytics.views import AssessmentDashboard


def items_shown(
    audience: Audience, view: ItemDashboard, assessment: AssessmentDashboard | None
) -> ItemDashboard:
    """Return the item analysis that the caller may see; `assessment` shows the same learners' results.

    To those who see aggregates only nothing is shown unless the assessment is, and unless all groups that the
    figures are about are large, and equal or far apart: else their differences would tell of a few.
    """
    if audience.sees_all_of(view.course_id):
        return view
    hidden = assessment is not None and assessment_shown(audience, assessment).suppressed
    if hidden or not _apart(sorted(_sizes(view, assessment)), audience.threshold):
        withheld: dict[str, object] = {
            "learners": None,
            "form": None,
            "items": [],
            "further_items": 0,
            "suppressed": True,
        }
        return view.model_copy(update=withheld)
    return view.model_copy(update={"items": [_item_shown(audience, item) for item in view.items]})


def _sizes(view: ItemDashboard, assessment: AssessmentDashboard | None) -> Iterator[int]:
    yield view.learners or 0
    if view.form is not None:
        yield view.form.learners
    for item in view.items:
        yield from (item.presented, item.scored)
    if assessment is not None:
        yield from (assessment.learners or 0, assessment.percent.n if assessment.percent else 0)


def _apart(sizes: list[int], threshold: int) -> bool:
    known = [0, *sizes]
    return max(known) > 0 and all(b == a or b - a >= threshold for a, b in pairwise(known))


def _item_shown(audience: Audience, item: ItemLine) -> ItemLine:
    """Return an item without the answers of a few: then none of them, lest the others give them away."""
    options = item.options or []
    if item.further_options == 0 and all(option.count >= audience.threshold for option in options):
        return item
    flags = [flag for flag in item.flags if flag.option is None]
    withheld = {"options": None, "further_options": 0, "omitted": None, "omit_rate": None, "flags": flags}
    return item.model_copy(update=withheld)
