"""From the sums of an assessment to the analysis of its items."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from shared.analytics.items import figures
from shared.analytics.items.figures import Pairs
from shared.analytics.items.flags import FEWEST_ANSWERS, Flag, Option, flags
from shared.analytics.items.groups import Class, discrimination
from shared.analytics.items.reliability import Form
from shared.analytics.items.scoring import PARTS
from shared.analytics.items.tally import ItemTotals

type _Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemAnalysis:
    """One item in one version. Figures are None below `FEWEST_ANSWERS` scored answers, or without sense."""

    item: str
    version: str | None
    title: str | None
    presented: int
    omitted: int | None
    n: int
    maximum: float | None
    mean: float | None
    p: float | None
    item_rest: float | None
    point_biserial: float | None
    discrimination: float | None
    alpha_if_deleted: float | None
    options: tuple[Option, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class AssessmentAnalysis:
    """An assessment: its learners, the form that most of them had, and its items, sorted."""

    course: str
    line_item: str
    title: str | None
    newest: str
    learners: int
    form: Form
    items: tuple[ItemAnalysis, ...]


def analysed(totals: ItemTotals) -> AssessmentAnalysis:
    """Return the analysis of an assessment."""
    row: _Row = totals.assessment
    items = list(totals.items.iter_rows(named=True))
    form = Form.of(row, items)
    options, classes = _by_item(totals.options), _by_item(totals.totals)
    return AssessmentAnalysis(
        course=row["course"],
        line_item=row["line_item"],
        title=row["title"],
        newest=row["newest"],
        learners=row["learners"],
        form=form,
        items=tuple(
            _item(item, form, options.get(_key(item), []), classes.get(_key(item), [])) for item in items
        ),
    )


def _item(row: _Row, form: Form, options: list[_Row], classes: list[_Row]) -> ItemAnalysis:
    p, rest = _enough(row, _p(row)), _enough(row, _item_rest(row))
    known = tuple(_options(row, options)) if row["presented"] >= FEWEST_ANSWERS else ()
    enough = row["n"] >= FEWEST_ANSWERS
    return ItemAnalysis(
        item=row["item"],
        version=row["item_version"] or None,
        title=row["title"],
        presented=row["presented"],
        omitted=row["omitted"] if row["stated"] else None,
        n=row["n"],
        maximum=_enough(row, figures.points(row["possible"], row["n"])),
        mean=_enough(row, figures.points(row["points"], row["n"])),
        p=p,
        item_rest=rest,
        point_biserial=_enough(row, _point_biserial(row)),
        discrimination=discrimination(list(map(_class, classes))) if enough else None,
        alpha_if_deleted=form.alpha_without(row["item"]) if row["core"] else None,
        options=known,
        flags=tuple(flags(row["presented"], row["n"], p, rest, known)),
    )


def _enough(row: _Row, figure: float | None) -> float | None:
    return figure if row["n"] >= FEWEST_ANSWERS else None


def _p(row: _Row) -> float | None:
    return figures.quotient(row["points"], row["possible"])


def _point_biserial(row: _Row) -> float | None:
    names = ("n", "points", "squares", "total", "total_squares", "with_total")
    return figures.correlation(Pairs(*(row[name] for name in names)))


def _item_rest(row: _Row) -> float | None:
    names = ("rest_n", "rest_points", "rest_point_squares", "rest", "rest_squares", "with_rest")
    return figures.correlation(Pairs(*(row[name] for name in names)))


def _options(row: _Row, options: list[_Row]) -> Iterator[Option]:
    """Return the options of an item, the most chosen first, of equals the first by text, no answer last."""
    n, total, squares = (row[name] for name in ("learner_n", "learner_total", "learner_squares"))
    for option in sorted(options, key=_place):
        chosen, theirs = option["n"], option["total"]
        yield Option(
            text=option["response"],
            count=option["count"],
            share=figures.share(option["count"], row["presented"]),
            credit=figures.quotient(option["points"], option["possible"]),
            correlation=figures.correlation(Pairs(n, chosen, chosen, total, squares, theirs)),
            mean_total=figures.quotient(theirs, chosen * PARTS),
        )


def _place(option: _Row) -> tuple[bool, int, str]:
    return option["response"] is None, -option["count"], option["response"] or ""


def _class(row: _Row) -> Class:
    return Class(row["total"], row["n"], row["points"], row["possible"])


def _by_item(table: pl.DataFrame) -> dict[tuple[str, str], list[_Row]]:
    found: dict[tuple[str, str], list[_Row]] = {}
    for row in table.iter_rows(named=True):
        found.setdefault(_key(row), []).append(row)
    return found


def _key(row: _Row) -> tuple[str, str]:
    return row["item"], row["item_version"]
