"""From the analysis of an assessment to its view, in the member names of the response that shows it."""

from collections.abc import Sequence
from typing import Final

from shared.analytics.folding.upload_time import uploaded_at
from shared.analytics.items.analysis import AssessmentAnalysis, ItemAnalysis
from shared.analytics.items.figures import share
from shared.analytics.items.flags import Flag, Option
from shared.analytics.items.reliability import Form
from shared.analytics.model import View

# A view is one document, and documents have a largest size.
MOST_ITEMS: Final = 200
MOST_OPTIONS: Final = 24
_LONGEST: Final = 120
"""Characters of a title or an answer that are shown."""


def items_shown(analysis: AssessmentAnalysis) -> View:
    """Return the view of an assessment; items and options beyond the most are counted, not listed."""
    return {
        "courseId": analysis.course,
        "lineItemId": analysis.line_item,
        "title": _cut(analysis.title),
        "learners": analysis.learners,
        "form": _form(analysis.form),
        "items": [_item(item, analysis.form) for item in analysis.items[:MOST_ITEMS]],
        "furtherItems": max(len(analysis.items) - MOST_ITEMS, 0),
        "latestUpload": uploaded_at(analysis.newest),
    }


def _form(form: Form) -> View:
    return {
        "learners": form.n,
        "items": len(form.items),
        "maximum": form.maximum,
        "mean": form.mean,
        "standardDeviation": form.deviation,
        "alpha": form.alpha,
        "standardError": form.standard_error,
    }


def _item(item: ItemAnalysis, form: Form) -> View:
    return {
        "itemId": item.item,
        "version": item.version,
        "title": _cut(item.title),
        "presented": item.presented,
        "omitted": item.omitted,
        "omitRate": None if item.omitted is None else share(item.omitted, item.presented),
        "scored": item.n,
        "maximum": item.maximum,
        "mean": item.mean,
        "pValue": item.p,
        "itemRest": item.item_rest,
        "pointBiserial": item.point_biserial,
        "discrimination": item.discrimination,
        "inForm": item.item in form.items,
        "alphaIfDeleted": item.alpha_if_deleted,
        "options": [_option(option) for option in _listed(item.options)],
        "furtherOptions": max(len(item.options) - MOST_OPTIONS, 0),
        "flags": [_flag(flag) for flag in item.flags],
    }


def _listed(options: Sequence[Option]) -> Sequence[Option]:
    """Return the most chosen options and the last, which is no answer where there is that."""
    return options if len(options) <= MOST_OPTIONS else [*options[: MOST_OPTIONS - 1], options[-1]]


def _option(option: Option) -> View:
    return {
        "option": _cut(option.text),
        "count": option.count,
        "share": option.share,
        "credit": option.credit,
        "correlation": option.correlation,
        "meanTotal": option.mean_total,
    }


def _flag(flag: Flag) -> View:
    return {"flag": flag.code.value, "reason": flag.reason, "option": _cut(flag.option)}


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
