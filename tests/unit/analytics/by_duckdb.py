"""The same read models as folding makes, computed in another way: DuckDB's SQL over the parts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl

from shared.analytics.folding.upload_time import uploaded_at
from shared.analytics.model import (
    View,
    assessment_view,
    bucket_of,
    course_shard,
    learner_shard,
    learner_view,
    school_shard,
    section_view,
    standard_view,
)
from shared.analytics.structure import Structure
from shared.kernel.clock import rfc3339

_RESULTS = """
create temp table results as
with ranked as (
  select *, row_number() over (
      partition by course, learner, line_item order by attempt desc, ingest_id desc, record desc) as place
  from read_parquet($paths))
select ranked.* exclude (place),
  case when status not in ('exempt', 'suppressed') and max_score > 0 and score is not null then least(
      (2000000::hugeint * (score * 10000)::hugeint + (max_score * 10000)::hugeint)
        // (2 * (max_score * 10000)::hugeint), 10000000000::hugeint) end as percent,
  coalesce(stated_period, strftime(make_timestamp_ms(epoch_ms(occurred_at)), '%Y-%m'), '-') as period,
  status = 'not-submitted' as missing,
  coalesce(epoch_ms(occurred_at) > due_us // 1000, false) as late,
  coalesce(school, '-') as school
from ranked
left join line_items using (course, line_item)
left join schools using (course)
where place = 1
"""

_COUNTS = """
select count(distinct learner) as learners, count(*) as results, max(ingest_id) as newest,
  count(*) filter (missing) as missing, count(*) filter (late) as late,
  count(*) filter (status in ('exempt', 'suppressed')) as uncounted,
  arg_max(line_item_title, (ingest_id, record)) as title
from results where {where}
"""

_FIGURES = """
with scored as (
  select percent, row_number() over (order by percent) as place, count(*) over () as n
  from results where {where} and percent is not null)
select count(*) as n, sum(percent) as total, sum(percent * percent) as squares,
  min(percent) as least, max(percent) as greatest,
  max(percent) filter (place = (n + 3) // 4) as q1,
  max(percent) filter (place = (n + 1) // 2) as q2,
  max(percent) filter (place = (3 * n + 3) // 4) as q3,
  list(least(percent // 50000, 19)) as bands
from scored
"""

_GROWTH = """
with means as (
  select course, learner, period, (2 * sum(percent) + count(*)) // (2 * count(*)) as mean
  from results where {where} and percent is not null group by all),
windows as (
  select lag(period) over learner as first, period as second, mean - lag(mean) over learner as change
  from means window learner as (partition by course, learner order by period))
select first, second, count(*) as n, sum(change) as total
from windows where first is not null group by all order by first, second
"""

_ALIGNED = """
create temp table aligned as
select results.*, standard from results join alignments using (course, line_item)
"""

_LEARNERS = """
select learner, course, line_item, line_item_title, attempt, status, score, max_score, percent,
  epoch_ms(occurred_at) as occurred, period, late
from results order by learner, course, line_item
"""

type _Row = dict[str, Any]
type Views = dict[tuple[str, str], View]


def views_by_duckdb(folder: str, structure: Structure) -> Views:
    """Return all views of a tenant whose facts are the Parquet parts in `folder`."""
    with duckdb.connect(config={"threads": "1"}) as db:
        _describe(db, structure)
        db.execute(_RESULTS, {"paths": f"{folder}/*.parquet"})
        db.execute(_ALIGNED)
        return _Computation(db, structure).views()


def _describe(db: duckdb.DuckDBPyConnection, structure: Structure) -> None:
    db.execute("create temp table schools (course text, school text)")
    db.execute(
        "create temp table line_items (course text, line_item text, stated_period text, due_us bigint)"
    )
    db.execute("create temp table alignments (course text, line_item text, standard text)")
    for aligned in structure.alignments.rows.iter_rows():
        db.execute("insert into alignments values (?, ?, ?)", aligned)
    for school in structure.schools.items():
        db.execute("insert into schools values (?, ?)", school)
    for line_item in structure.line_items.with_columns(pl.col("due_at").to_physical()).iter_rows():
        db.execute("insert into line_items values (?, ?, ?, ?)", line_item)


class _Computation:
    def __init__(self, db: duckdb.DuckDBPyConnection, structure: Structure) -> None:
        self._db = db
        self._structure = structure

    def views(self) -> Views:
        views: Views = {}
        lines: list[Any] = []
        for course in self._values("course"):
            views |= self._course(course)
            lines.append(self._course_line(course, views))
        for school in self._values("school"):
            views[school_shard(school), "school"] = self._school(school, lines)
        views["tenant", "overview"] = self._overview(lines)
        views["tenant", "periods"] = {"periods": [self._period(period) for period in self._values("period")]}
        views["tenant", "feeds"] = {"feeds": [self._feed(feed) for feed in self._values("feed")]}
        _learners(self._rows(_LEARNERS), views)
        return views | self._standards(views)

    def _standards(self, views: Views) -> Views:
        """Return the views of standards: of each course, of each standard, and of all."""
        found: Views = {}
        for course in self._values("course", "aligned"):
            found[course_shard(course), "standards"] = self._course_standards(course, views)
        lines: list[Any] = []
        for standard in self._values("standard", "aligned"):
            view: Any = self._standard(standard)
            found["tenant", standard_view(standard)] = view
            line = {name: view[name] for name in ("standardId", "source", "learners")}
            lines.append(line | {"courses": len(view["courses"])} | _headline(view["percent"]))
        if lines:
            found["tenant", "standards"] = {"standards": lines}
        return found

    def _course_standards(self, course: str, views: Views) -> View:
        standards: list[Any] = []
        for standard in self._values("standard", "aligned", course=course):
            assessments = []
            for item in self._values("line_item", "aligned", course=course, standard=standard):
                view: Any = views[course_shard(course), assessment_view(item)]
                line = {name: view[name] for name in ("lineItemId", "title", "learners")}
                assessments.append(line | _headline(view["percent"]) | {"below": view["below"]})
            own = {"standardId": standard, "source": self._structure.alignments.sources.get(standard)}
            figures = self._figures("aligned", course=course, standard=standard)
            standards.append(own | {"assessments": assessments} | figures)
        return {"courseId": course, "title": self._title(course), "standards": standards}

    def _standard(self, standard: str) -> View:
        courses: list[Any] = []
        for course in self._values("course", "aligned", standard=standard):
            counts = self._rows(_COUNTS, "aligned", course=course, standard=standard)[0]
            line = {"courseId": course, "title": self._title(course), "learners": counts["learners"]}
            courses.append(line | self._headline("aligned", course=course, standard=standard))
        view: View = {"standardId": standard, "source": self._structure.alignments.sources.get(standard)}
        figures = self._figures("aligned", standard=standard)
        figures["learners"] = sum(line["learners"] for line in courses)
        return view | {"courses": courses} | figures

    def _rows(self, sql: str, table: str = "results", **values: str) -> list[_Row]:
        sql = sql.replace("from results", f"from {table}")
        where = " and ".join(f"{name} = ${name}" for name in values) or "true"
        answer = self._db.execute(sql.replace("{where}", where), values)
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def _values(self, column: str, table: str = "results", **values: str) -> list[str]:
        sql = f"select distinct {column} as value from results where {{where}} and {column} is not null"  # noqa: S608
        return sorted(row["value"] for row in self._rows(sql, table, **values))

    def _overview(self, courses: list[Any]) -> View:
        schools: list[Any] = []
        for school in self._values("school"):
            counts = self._rows(_COUNTS, school=school)[0]
            line = {"schoolId": school, "title": self._title(school), "learners": counts["learners"]}
            line |= {"results": counts["results"], "latestUpload": uploaded_at(counts["newest"])}
            listed = sum(course["schoolId"] == school for course in courses)
            schools.append(line | {"courses": listed} | self._headline(school=school))
        return {"courses": courses, "schools": schools, "figures": self._figures(), "growth": self._growth()}

    def _school(self, school: str, courses: list[Any]) -> View:
        listed: list[Any] = [line for line in courses if line["schoolId"] == school]
        view: View = {"schoolId": school, "title": self._title(school), "courses": listed}
        return view | {"growth": self._growth(school=school)} | self._figures(school=school)

    def _period(self, period: str) -> View:
        lines: list[Any] = []
        for school in self._values("school", period=period):
            counts = self._rows(_COUNTS, period=period, school=school)[0]
            line = {"schoolId": school, "title": self._title(school), "results": counts["results"]}
            lines.append(line | self._headline(period=period, school=school))
        view: View = {"periodId": period, "title": self._title(period), "schools": lines}
        return view | self._figures(period=period)

    def _feed(self, feed: str) -> View:
        counts = self._rows(_COUNTS, feed=feed)[0]
        line = {"feed": feed, "results": counts["results"], "latestUpload": uploaded_at(counts["newest"])}
        return line | self._headline(feed=feed)

    def _course_line(self, course: str, views: Views) -> View:
        view: Any = views[course_shard(course), "course"]
        named = ("courseId", "title", "schoolId", "learners", "results", "latestUpload")
        line = {name: view[name] for name in named} | {"assessments": len(view["assessments"])}
        return line | self._headline(course=course)

    def _course(self, course: str) -> Views:
        shard = course_shard(course)
        views: Views = {}
        assessments: list[Any] = []
        for item in self._values("line_item", course=course):
            view = views[shard, assessment_view(item)] = self._assessment(course, item)
            line = {name: view[name] for name in ("lineItemId", "title", "learners")}
            assessments.append(line | self._headline(course=course, line_item=item))
        sizes = sorted((line["scored"] or line["learners"], line["lineItemId"]) for line in assessments)
        for (below, _), (_, item) in pairwise([(None, ""), *sizes]):
            views[shard, assessment_view(item)]["below"] = below
        sections: list[Any] = []
        for section in self._values("section", course=course):
            view = views[shard, section_view(section)] = self._section(course, section)
            line = {name: view[name] for name in ("sectionId", "title", "learners")}
            sections.append(line | self._headline(course=course, section=section))
        views[shard, "course"] = {
            "courseId": course,
            "title": self._title(course),
            "schoolId": self._structure.schools.get(course, "-"),
            "assessments": assessments,
            "sections": sections,
            "standards": len(self._values("standard", "aligned", course=course)),
            "growth": self._growth(course=course),
            **self._figures(course=course),
        }
        return views

    def _assessment(self, course: str, item: str) -> View:
        sql = "select status, count(*) as n from results where {where} group by status"
        statuses: Any = {row["status"]: row["n"] for row in self._rows(sql, course=course, line_item=item)}
        return {
            "courseId": course,
            "lineItemId": item,
            "title": self._rows(_COUNTS, course=course, line_item=item)[0]["title"],
            "statuses": statuses,
        } | self._figures(course=course, line_item=item)

    def _section(self, course: str, section: str) -> View:
        members: list[Any] = []
        for learner in self._values("learner", course=course, section=section):
            where = {"course": course, "section": section, "learner": learner}
            counts = self._rows(_COUNTS, **where)[0]
            line = {name: counts[name] for name in ("results", "missing", "late")}
            members.append({"learnerId": learner} | line | self._headline(**where))
        view: View = {"courseId": course, "sectionId": section, "title": self._title(section)}
        return view | {"members": members} | self._figures(course=course, section=section)

    def _figures(self, table: str = "results", **where: str) -> View:
        counts = self._rows(_COUNTS, table, **where)[0]
        expected = counts["results"] - counts["uncounted"]
        handed_in = Decimal(1_000_000 * (expected - counts["missing"]))
        return {
            "learners": counts["learners"],
            "results": counts["results"],
            "participation": _points(handed_in / expected) if expected else None,
            "missing": counts["missing"],
            "late": counts["late"],
            "percent": _percent(self._rows(_FIGURES, table, **where)[0]),
            "latestUpload": uploaded_at(counts["newest"]),
        }

    def _headline(self, table: str = "results", **where: str) -> View:
        return _headline(_percent(self._rows(_FIGURES, table, **where)[0]))

    def _growth(self, **where: str) -> list[Any]:
        return [
            {
                "from": row["first"],
                "to": row["second"],
                "learners": row["n"],
                "mean": int((2 * row["total"] + row["n"]) // (2 * row["n"])) / 10_000,
            }
            for row in self._rows(_GROWTH, **where)
        ]

    def _title(self, name: str) -> str:
        return self._structure.titles.get(name, name)


def _headline(percent: View | None) -> View:
    return {"scored": percent["n"], "mean": percent["mean"]} if percent else {"scored": 0, "mean": None}


def _percent(row: _Row) -> View | None:
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
                "occurredAt": None if row["occurred"] is None else _moment(row["occurred"]),
                "period": row["period"],
                "late": row["late"],
            }
        )


def _moment(milliseconds: int) -> str:
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))
