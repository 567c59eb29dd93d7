"""Turns text rows into facts: a long file has one per row, a wide one one per filled measure cell.

Both return the columns of the fact table that come from the file, of kept rows, in the order of the file.
"""

from typing import Final

import polars as pl

from shared.ingestion.binding import Binding
from shared.ingestion.casting import NOT_A_NUMBER, to_decimal
from shared.ingestion.facts import FACTS
from shared.ingestion.mapping import Unpivot
from shared.ingestion.model import Measure, RejectCode
from shared.ingestion.verdicts import Verdicts

_GRADED: Final = "fully-graded"
FROM_FILE: Final = tuple(
    name for name in FACTS.names() if name not in {"ingest_id", "feed", "source", "chunk"}
)


def facts_of(binding: Binding, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """Return the facts of `rows`; afterwards `verdicts` knows which rows were rejected and why."""
    values = binding.values(rows, verdicts)
    if binding.mapping.unpivot is None:
        facts = values.filter(verdicts.kept)
    else:
        facts = _unpivoted(binding, binding.mapping.unpivot, rows, values, verdicts)
    return _complete(facts, binding)


def _unpivoted(
    binding: Binding, unpivot: Unpivot, rows: pl.DataFrame, values: pl.DataFrame, verdicts: Verdicts
) -> pl.DataFrame:
    cells = [
        (measure, _measured(binding, unpivot, measure, rows, verdicts)) for measure in binding.layout.measures
    ]
    kept = verdicts.kept
    filled = [
        values.hstack(cell).filter(kept & cell["status"].is_not_null()).with_columns(**_about(measure))
        for measure, cell in cells
    ]
    return pl.concat([values.clear(), *filled], how="diagonal").sort("record", maintain_order=True)


def _measured(
    binding: Binding, unpivot: Unpivot, measure: Measure, rows: pl.DataFrame, verdicts: Verdicts
) -> pl.DataFrame:
    text = binding.text(rows, measure.column)
    status = text.replace_strict(unpivot.codes, default=None, return_dtype=pl.String)
    score = to_decimal(text.set(status.is_not_null(), None), binding.layout.dialect.decimal)
    wrong = text.is_not_null() & status.is_null() & score.is_null()
    verdicts.reject(wrong, RejectCode.NUMBER, binding.layout.header[measure.column], NOT_A_NUMBER)
    return pl.DataFrame({"status": status.set(score.is_not_null(), _GRADED), "score": score})


def _about(measure: Measure) -> dict[str, pl.Expr]:
    return {
        "line_item": pl.lit(measure.line_item),
        "line_item_title": pl.lit(measure.title),
        "max_score": pl.lit(measure.max_score, dtype=pl.String).cast(FACTS["max_score"]),
    }


def _complete(facts: pl.DataFrame, binding: Binding) -> pl.DataFrame:
    """Add what the file's name says, and what a field is when the file does not say: attempt 1, no value."""
    given = set(facts.columns)
    constants = {n: v for n, v in binding.layout.constants.items() if n in FROM_FILE and n not in given}
    facts = facts.with_columns(**{name: pl.lit(value) for name, value in constants.items()})
    absent = {name: pl.lit(None) for name in FROM_FILE if name not in facts.columns}
    return facts.with_columns(**absent).select(
        pl.col(name).cast(FACTS[name]).fill_null(1) if name == "attempt" else pl.col(name).cast(FACTS[name])
        for name in FROM_FILE
    )
