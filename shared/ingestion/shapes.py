"""Turns text rows into facts: a long file has one per row, a wide one one per filled measure cell.

Both return the columns of the fact table that come from the file, of kept rows, in the order of the file.
"""

from decimal import Decimal
from typing import Final

import polars as pl

from shared.ingestion.binding import Binding
from shared.ingestion.casting import NOT_A_NUMBER, present, to_decimal
from shared.ingestion.mapping import Unpivot
from shared.ingestion.model import Measure, RejectCode
from shared.ingestion.tables import RESULTS
from shared.ingestion.verdicts import Verdicts

_GRADED: Final = "fully-graded"
_ABOUT: Final = {name: RESULTS.schema[name] for name in ("line_item", "line_item_title", "max_score")}
FROM_FILE: Final = RESULTS.from_record
_UNSAID: Final = {"attempt": 1, "deleted": False}


def facts_of(binding: Binding, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
    """Return the facts of `rows`; afterwards `verdicts` knows which rows were rejected and why."""
    values = binding.values(rows, verdicts)
    unpivot, measures = binding.mapping.unpivot, binding.layout.measures
    if unpivot is None:
        return _complete(values.filter(verdicts.kept), binding)
    if not measures:
        return _complete(values.clear(), binding)
    cells = _measured(binding, unpivot, rows)
    _reject(cells, binding, verdicts)
    kept = cells.filter(cells["status"].is_not_null() & verdicts.kept.gather(cells["row"]))
    kept = kept.sort("row", "measure")
    about = pl.DataFrame([_about(measure) for measure in measures], schema=_ABOUT)
    facts = pl.concat(
        [
            values.select(pl.all().gather(kept["row"])),
            about.select(pl.all().gather(kept["measure"])),
            kept.select("status", "score"),
        ],
        how="horizontal",
    )
    return _complete(facts, binding)


def _measured(binding: Binding, unpivot: Unpivot, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the filled measure cells: `row`, `measure`, and `status` with `score`, or neither at a fault."""
    measures = binding.layout.measures
    text = present(
        pl.concat([rows[str(measure.column)] for measure in measures]), binding.mapping.missing, None
    )
    filled = text.is_not_null().arg_true()
    text = text.gather(filled)
    status = text.replace_strict(unpivot.codes, default=None, return_dtype=pl.String)
    score = to_decimal(text.set(status.is_not_null(), None), binding.layout.dialect.decimal)
    return pl.DataFrame(
        {
            "row": filled % rows.height,
            "measure": filled // rows.height,
            "status": status.set(score.is_not_null(), _GRADED),
            "score": score,
        }
    )


def _reject(cells: pl.DataFrame, binding: Binding, verdicts: Verdicts) -> None:
    """Reject the rows that have a cell at fault, each for the first such column."""
    faulty = cells.filter(pl.col("status").is_null()).group_by("row").agg(pl.col("measure").min())
    for (measure,), rows in faulty.sort("measure").group_by("measure", maintain_order=True):
        column = binding.layout.measures[int(str(measure))].column
        label = binding.layout.header[column]
        verdicts.reject(verdicts.rows(rows["row"]), RejectCode.NUMBER, label, NOT_A_NUMBER)


def _about(measure: Measure) -> dict[str, str | Decimal | None]:
    points = None if measure.max_score is None else Decimal(measure.max_score)
    return {"line_item": measure.line_item, "line_item_title": measure.title, "max_score": points}


def _complete(facts: pl.DataFrame, binding: Binding) -> pl.DataFrame:
    """Add what the file's name says, and what a field is when the file does not say: attempt 1, no value."""
    given = set(facts.columns)
    constants = {n: v for n, v in binding.layout.constants.items() if n in FROM_FILE and n not in given}
    facts = facts.with_columns(**{name: pl.lit(value) for name, value in constants.items()})
    absent = {name: pl.lit(None) for name in FROM_FILE if name not in facts.columns}
    return facts.with_columns(**absent).select(
        pl.col(name).cast(RESULTS.schema[name]).fill_null(pl.lit(_UNSAID.get(name)))
        if name in _UNSAID
        else pl.col(name).cast(RESULTS.schema[name])
        for name in FROM_FILE
    )
