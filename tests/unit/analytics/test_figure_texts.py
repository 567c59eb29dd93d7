"""Figures made as columns of text are those that are made one by one, bit for bit."""

from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.folding.figure_texts import with_figures
from shared.analytics.folding.json_texts import points
from shared.analytics.folding.sums import Sums, figures, headline
from shared.analytics.lines import Lines
from shared.analytics.measures import BIN_WIDTH, TOP_BIN, UNIT
from shared.analytics.model import text_of
from tests.fixtures.facts import ingest_id

_KEY = ("line_item",)
_LARGEST = 10**10
_SCORES = st.lists(
    st.integers(0, 200).map(lambda half: half * BIN_WIDTH)
    | st.integers(0, 100 * UNIT)
    | st.integers(-_LARGEST, _LARGEST),
    max_size=40,
)
_COUNTS = {name: pl.UInt32() for name in ("results", "uncounted", "missing", "late", "n", "learners")}
_SUMS = {name: pl.Int128() for name in ("total", "squares", "least", "greatest")}
_ROWS = pl.Schema({"line_item": pl.String(), **_COUNTS, **_SUMS, "newest": pl.String()})
_BINS = pl.Schema({"line_item": pl.String(), "bin": pl.Int16(), "count": pl.UInt32()})


@given(st.lists(st.tuples(_SCORES, st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=6))
def test_figures_of_many_groups_are_those_of_each(groups: list[tuple[list[int], int, int]]) -> None:
    rows, bins, expected = [], [], []
    for number, (scores, others, missing) in enumerate(groups):
        counted = Counter(min(max(score // BIN_WIDTH, 0), TOP_BIN) for score in scores)
        row = {
            "line_item": f"item {number}",
            "results": len(scores) + others,
            "uncounted": others // 2,
            "missing": min(missing, len(scores)),
            "late": others,
            "n": len(scores),
            "learners": len(scores) + 1,
            "total": sum(scores),
            "squares": sum(score * score for score in scores),
            "least": min(scores, default=None),
            "greatest": max(scores, default=None),
            "newest": ingest_id(number),
        }
        rows.append(row)
        bins += [(row["line_item"], position, count) for position, count in sorted(counted.items())]
        sums = Sums.of(row, counted)
        expected.append((text_of(figures(sums, len(scores) + 1)), text_of(headline(sums))))
    table = pl.DataFrame(rows, schema=_ROWS)
    found = with_figures(_KEY, table, pl.DataFrame(bins, schema=_BINS, orient="row"))
    texts = [(f"{{{own}}}", f"{{{line}}}") for own, line in found.select("figures", "headline").rows()]
    assert texts == expected


@given(st.integers(-(2**62), 2**62))
def test_points_read_as_the_number_that_they_are(value: int) -> None:
    text = pl.DataFrame({"value": [value]}).select(points(pl.col("value"))).item()
    assert float(text) == value / UNIT


@given(
    st.dictionaries(st.text("abc:", min_size=1), st.text(st.characters(exclude_characters="\n"), min_size=1))
)
def test_lines_hold_the_views_that_they_were_made_of(views: dict[str, str]) -> None:
    lines = Lines(Lines.of(views).text)
    assert dict(lines) == views
    assert list(lines) == sorted(views)
    assert len(lines) == len(views)
