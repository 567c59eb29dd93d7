"""The assessments and sections of courses as JSON text: the many views of a dump, made as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.folding.course_tally import Totals
from shared.analytics.folding.figure_texts import rounded_mean, with_figures
from shared.analytics.folding.json_texts import (
    distinct,
    json_array,
    json_object,
    looked_up,
    number,
    or_null,
    points,
    quoted,
)
from shared.analytics.model import assessment_view, section_view
from shared.analytics.structure import Structure

_ASSESSMENT: Final = ("course", "line_item")
_SECTION: Final = ("course", "section")


@dataclass(frozen=True, slots=True)
class Shown:
    """By course: the `lines` in the view of the course, and the `pages` of the views themselves."""

    lines: dict[str, str]
    pages: dict[str, str]


def assessments_shown(totals: Totals) -> Shown:
    """Return the assessments of some courses."""
    rows = totals.assessments.with_columns(learners=pl.col("results"))
    shown = (
        with_figures(_ASSESSMENT, rows, totals.assessment_bins)
        .join(totals.titles.select(*_ASSESSMENT, "title"), on=_ASSESSMENT, how="left", maintain_order="left")
        .join(_statuses(totals.statuses), on=_ASSESSMENT, how="left", maintain_order="left")
        .with_columns(below=_below())
    )
    own = {
        "lineItemId": pl.lit(quoted(shown["line_item"])),
        "title": pl.lit(quoted(shown["title"])),
    }
    views = {name: assessment_view(name) for name in distinct(shown["line_item"])}
    more = {
        "statuses": pl.concat_str(pl.lit("{"), "statuses", pl.lit("}")),
        "below": or_null(number(pl.col("below"))),
    }
    return _shown(shown, looked_up(shown["line_item"], views), own, more)


def sections_shown(totals: Totals, structure: Structure) -> Shown:
    """Return the sections of some courses."""
    rows = totals.sections.join(_members(totals.members), on=_SECTION, how="left", maintain_order="left")
    shown = with_figures(_SECTION, rows, totals.section_bins)
    titles = shown["section"].cast(pl.String).map_elements(structure.title_of, return_dtype=pl.String)
    own = {"sectionId": pl.lit(quoted(shown["section"])), "title": pl.lit(quoted(titles))}
    views = {name: section_view(name) for name in distinct(shown["section"])}
    more = {"members": json_array(pl.col("members"))}
    return _shown(shown, looked_up(shown["section"], views), own, more)


def _statuses(statuses: pl.DataFrame) -> pl.DataFrame:
    """Return learners by state of their result, as members of an object."""
    member = pl.concat_str(pl.lit(quoted(statuses["status"])), pl.lit(":"), number(pl.col("count")))
    return _joined(statuses.select(*_ASSESSMENT, statuses=member), _ASSESSMENT, pl.col("statuses"))


def _below() -> pl.Expr:
    """Return the size of the next smaller assessment of the course, as `suppression.next_smaller` has it."""
    n, learners = pl.col("n"), pl.col("learners")
    least = pl.when(n > 0).then(pl.min_horizontal(n, learners)).otherwise(learners)
    return least.shift(1).over("course", order_by=[least, pl.col("line_item").cast(pl.String)])


def _members(members: pl.DataFrame) -> pl.DataFrame:
    line = json_object(
        {
            "learnerId": pl.lit(quoted(members["learner"])),
            "results": number(pl.col("results")),
            "missing": number(pl.col("missing")),
            "late": number(pl.col("late")),
            "scored": number(pl.col("n")),
            "mean": or_null(points(rounded_mean())),
        }
    )
    lines = members.select(*_SECTION, members=line)
    return _joined(lines, _SECTION, pl.col("members"), learners=pl.len())


def _joined(lines: pl.DataFrame, keys: tuple[str, ...], text: pl.Expr, **others: pl.Expr) -> pl.DataFrame:
    """Return the texts of each key with commas between, in the order of rows."""
    return lines.group_by(keys, maintain_order=True).agg(text.str.join(","), **others)


def _with(head: pl.Expr, members: str) -> pl.Expr:
    """Return objects with further members, which a column holds."""
    return pl.concat_str(head.str.strip_suffix("}"), pl.lit(","), members, pl.lit("}"))


def _shown(
    rows: pl.DataFrame, ids: pl.Series, own: Mapping[str, pl.Expr], more: Mapping[str, pl.Expr]
) -> Shown:
    """Return rows with figures, in lines that say what is their `own`, and in views that say `more`."""
    line = _with(json_object({**own, "learners": number(pl.col("learners"))}), "headline")
    view = _with(json_object({"courseId": pl.lit(quoted(rows["course"])), **own, **more}), "figures")
    lines = _joined(rows.select("course", line=line), ("course",), pl.col("line"))
    pages = (
        rows.select("course", id=ids, view=pl.concat_str(pl.lit("\n"), pl.lit(ids), pl.lit("\t"), view))
        .sort("course", "id")
        .group_by("course", maintain_order=True)
        .agg(pl.concat_str(pl.col("view").str.join(""), pl.lit("\n")))
    )
    return Shown(dict(lines.iter_rows()), dict(pages.iter_rows()))
