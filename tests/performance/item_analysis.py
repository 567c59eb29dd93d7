"""Compares item analysis with reference statistics that were computed elsewhere with numpy.

The folder holds pairs of `NAME.csv.gz`, a learner per line and an item per column, and of
`NAME.expected.json` with the figures and, where answers are options, the key.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl

from shared.analytics.items.analysis import AssessmentAnalysis, ItemAnalysis, analysed
from shared.analytics.items.answers import latest_answers, of_courses
from shared.analytics.items.presence import Presence
from shared.analytics.items.tally import ItemTally
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from tests.fixtures.facts import ingest_id, learner_id

_TOLERANCE = 1e-6
_ALL = 100
_ITEM = {
    "p": "p",
    "point_biserial": "point_biserial",
    "item_rest": "item_rest",
    "alpha_if_deleted": "alpha_if_deleted",
}
_WHOLE = {"mean_total": "mean", "sd_total": "deviation", "alpha": "alpha", "sem": "standard_error"}

type Figures = list[tuple[str, float, str, float | None]]


def run(data: Path) -> Figures:
    """Return the greatest difference for each set of answers, and what the analysis costs."""
    return [figure for path in sorted(data.glob("*.csv.gz")) for figure in _compared(path)]


def _compared(path: Path) -> Iterator[tuple[str, float, str, float | None]]:
    name = path.name.removesuffix(".csv.gz")
    said = json.loads((path.parent / f"{name}.expected.json").read_text(encoding="utf-8"))
    facts = _facts(path, said["key"], len(said["expected"]["items"]))
    started = process_time()
    analysis = _analysis(facts)
    spent = process_time() - started
    differences = list(_differences(analysis, said["expected"]))
    yield f"{name}: greatest of {len(differences)} differences", max(differences), "", _TOLERANCE
    yield f"{name}: {facts.height} answers analysed", spent * 1000, "CPU-ms", None


def _facts(path: Path, key: Sequence[str] | None, k: int) -> pl.DataFrame:
    table = pl.read_csv(gzip.decompress(path.read_bytes()), infer_schema=False)
    table = table.select(table.columns[:k]).with_row_index("n")
    long = table.unpivot(index="n", variable_name="item", value_name="said").with_columns(
        learner=pl.col("n").map_elements(learner_id, return_dtype=pl.String),
        record=pl.col("n").cast(pl.Int64),
    )
    if key is None:
        answers = long.with_columns(
            score=pl.col("said").cast(TABLES[TableName.ITEM_RESPONSE].schema["score"])
        )
    else:
        keyed = pl.DataFrame({"item": table.columns[1:], "key": key})
        right = (pl.col("said") == pl.col("key")).fill_null(value=False)
        answers = long.join(keyed, on="item").with_columns(
            response=pl.col("said"), score=right.cast(pl.Int64)
        )
    stated = answers.with_columns(
        ingest_id=pl.lit(ingest_id(1)), line_item=pl.lit(path.name), max_score=pl.lit(1), member=pl.lit("")
    )
    schema = TABLES[TableName.ITEM_RESPONSE].schema
    return stated.select(
        pl.col(column).cast(kind) if column in stated.columns else pl.lit(None, dtype=kind).alias(column)
        for column, kind in schema.items()
    )


def _analysis(facts: pl.DataFrame) -> AssessmentAnalysis:
    answers = latest_answers(of_courses(facts.lazy()).collect())
    presence = Presence()
    presence.add(answers)
    tally = ItemTally(presence.items())
    tally.add(answers)
    (totals,) = tally.totals()
    return analysed(totals)


def _differences(analysis: AssessmentAnalysis, expected: dict[str, Any]) -> Iterator[float]:
    for name, own in _WHOLE.items():
        yield abs(getattr(analysis.form, own) - expected[name])
    items = {item.item: item for item in analysis.items}
    for known in expected["items"]:
        item = items[known["item"]]
        for name, own in _ITEM.items():
            yield abs(getattr(item, own) - known[name])
        yield from _of_options(item, known.get("options", {}), expected["k"])


def _of_options(item: ItemAnalysis, expected: dict[str, Any], k: int) -> Iterator[float]:
    options = {option.text or "": option for option in item.options} if expected else {}
    yield abs(len(options) - len(expected)) * _ALL
    for text, known in expected.items():
        option = options[text]
        yield abs(option.share - known["share"])
        yield abs((option.correlation or 0) - known["pbis"])
        yield abs((option.mean_total or 0) * k - known["mean_total"])
