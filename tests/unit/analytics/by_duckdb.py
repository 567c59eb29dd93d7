"""The same read models as folding makes, computed in another way: DuckDB's SQL over the parts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import duckdb

from shared.analytics.model import View, assessment_view, bucket_of, course_shard, learner_shard, learner_view
from shared.analytics.upload_time import uploaded_at
from shared.kernel.clock import rfc3339

_RESULTS = """
create temp table results as
with ranked as (
  select *, row_number() over (
      partition by course, learner, line_item order by attempt desc, ingest_id desc, record desc) as place
  from read_parquet($paths))
select * exclude (place),
  case when status not in ('exempt', 'suppressed') and max_score > 0 and score is not null then least(
      (2000000::hugeint * (score * 10000)::hugeint + (max_score * 10000)::hugeint)
        // (2 * (max_score * 10000)::hugeint), 10000000000::hugeint) end as percent
from ranked where place = 1
"""

_SCOPE = "from results where course = $course and ($item is null or line_item = $item)"

_COUNTS = f"""
select count(distinct learner) as learners, count(*) as results, max(ingest_id) as newest,
  arg_max(line_item_title, (ingest_id, record)) as title {_SCOPE}
"""

_FIGURES = f"""
with scored as (
  select percent, row_number() over (order by percent) as place, count(*) over () as n
  {_SCOPE} and percent is not null)
select count(*) as n, sum(percent) as total, sum(percent * percent) as squares,
  min(percent) as least, max(percent) as greatest,
  max(percent) filter (place = (n + 3) // 4) as q1,
  max(percent) filter (place = (n + 1) // 2) as q2,
  max(percent) filter (place = (3 * n + 3) // 4) as q3,
  list(least(percent // 50000, 19)) as bands
from scored
"""  # noqa: S608 - built of constants

_LEARNERS = """
select learner, course, line_item, line_item_title, attempt, status, score, max_score, percent,
  epoch_ms(occurred_at) as occurred
from results order by learner, course, line_item
"""

type _Row = dict[str, Any]
type Views = dict[tuple[str, str], View]


def views_by_duckdb(folder: str) -> Views:
    """Return all views of a tenant whose facts are the Parquet parts in `folder`."""
    with duckdb.connect(config={"threads": "1"}) as db:
        db.execute(_RESULTS, {"paths": f"{folder}/*.parquet"})
        views: Views = {}
        overview: list[Any] = []
        for row in _rows(db, "select distinct course from results order by course"):
            entry = _course(db, row["course"], views)
            overview.append(entry)
        views["tenant", "overview"] = {"courses": overview}
        _learners(_rows(db, _LEARNERS), views)
    return views


def _rows(db: duckdb.DuckDBPyConnection, sql: str, **values: str | None) -> list[_Row]:
    answer = db.execute(sql, values)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _course(db: duckdb.DuckDBPyConnection, course: str, views: Views) -> View:
    shard = course_shard(course)
    lines: list[Any] = []
    groups: list[int] = []
    sql = "select distinct line_item from results where course = $course order by line_item"
    for row in _rows(db, sql, course=course):
        item = row["line_item"]
        view = _assessment(db, course, item)
        views[shard, assessment_view(item)] = view
        figures: Any = view["percent"] or {"n": 0, "mean": None}
        counted: Any = view["learners"]
        named = {name: view[name] for name in ("lineItemId", "title", "learners")}
        lines.append(named | {"scored": figures["n"], "mean": figures["mean"]})
        groups.append(figures["n"] or counted)
    counts = _rows(db, _COUNTS, course=course, item=None)[0]
    percent: Any = _percent(db, course, None)
    view = {
        "courseId": course,
        "learners": counts["learners"],
        "results": counts["results"],
        "percent": percent,
        "assessments": lines,
        "latestUpload": uploaded_at(counts["newest"]),
    }
    views[shard, "course"] = view
    entry = {name: view[name] for name in ("courseId", "learners", "results", "latestUpload")}
    mean = percent["mean"] if percent else None
    return entry | {"assessments": len(lines), "mean": mean, "leastGroup": min(groups)}


def _assessment(db: duckdb.DuckDBPyConnection, course: str, item: str) -> View:
    counts = _rows(db, _COUNTS, course=course, item=item)[0]
    sql = f"select status, count(*) as n {_SCOPE} group by status"
    statuses = {row["status"]: row["n"] for row in _rows(db, sql, course=course, item=item)}
    return {
        "courseId": course,
        "lineItemId": item,
        "title": counts["title"],
        "learners": counts["learners"],
        "statuses": statuses,
        "percent": _percent(db, course, item),
        "latestUpload": uploaded_at(counts["newest"]),
    }


def _percent(db: duckdb.DuckDBPyConnection, course: str, item: str | None) -> View | None:
    row = _rows(db, _FIGURES, course=course, item=item)[0]
    n = row["n"]
    if n == 0:
        return None
    return {
        "n": n,
        "mean": _points(Decimal(int(row["total"])) / n),
        "standardDeviation": None if n == 1 else _deviation(n, int(row["total"]), int(row["squares"])),
        "minimum": _points(Decimal(int(row["least"]))),
        "lowerQuartile": _half_percents(row, "q1"),
        "median": _half_percents(row, "q2"),
        "upperQuartile": _half_percents(row, "q3"),
        "maximum": _points(Decimal(int(row["greatest"]))),
        "distribution": [sum(1 for band in row["bands"] if band == b) for b in range(20)],
    }


def _points(parts: Decimal) -> float:
    return float(parts.quantize(Decimal(1), ROUND_HALF_UP) / 10_000)


def _deviation(n: int, total: int, squares: int) -> float:
    with localcontext(prec=80):
        return _points((Decimal(n * squares - total * total) / (n * (n - 1))).sqrt())


def _half_percents(row: _Row, name: str) -> float:
    """The nearest rank cut to half percents, within 0..100 and the extremes: what a histogram can tell."""
    cut = min(int(row[name]) // 5000, 200) * 5000
    return min(max(cut, int(row["least"])), int(row["greatest"])) / 10_000


def _learners(rows: Sequence[_Row], views: Views) -> None:
    for row in rows:
        learner = row["learner"]
        key = (learner_shard(bucket_of(learner)), learner_view(learner))
        view: Any = views.setdefault(key, {"learnerId": learner, "courses": []})
        courses = view["courses"]
        if not courses or courses[-1]["courseId"] != row["course"]:
            courses.append({"courseId": row["course"], "results": []})
        courses[-1]["results"].append(
            {
                "lineItemId": row["line_item"],
                "title": row["line_item_title"],
                "attempt": row["attempt"],
                "status": row["status"],
                "score": None if row["score"] is None else float(row["score"]),
                "maxScore": None if row["max_score"] is None else float(row["max_score"]),
                "percent": None if row["percent"] is None else int(row["percent"]) / 10_000,
                "occurredAt": rfc3339(datetime.fromtimestamp(row["occurred"] / 1000, UTC)),
            }
        )
