"""Each feed reads what its source writes: facts row by row, rejects, tombstones, leading zeros, drift."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.columns import Pii
from shared.ingestion.model import Chunk, PlannedMember, Recognition
from shared.ingestion.planning.survey import heads_of
from shared.ingestion.recognising.recognition import recognise
from shared.ingestion.staging import open_file
from shared.ingestion.working.sealing import Sealing
from shared.ingestion.working.work import Task, normalise, work
from tests.fixtures import feed_files as files
from tests.fixtures.inspections import Inspected, MemoryFile, inspect_bytes


async def facts_of(content: str | bytes, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of all facts, of all tables that have them."""
    inspected = await inspect_bytes(content, name)
    assert inspected.found.refused is None, inspected.found.refused
    return [
        row
        for frame in inspected.facts
        if set(columns) <= set(frame.columns)
        for row in frame.select(columns).iter_rows()
    ]


async def inspected(content: str | bytes, name: str) -> Inspected:
    return await inspect_bytes(content, name)


@pytest.mark.parametrize("feed", files.PLAIN)
async def test_a_file_is_recognised_as_its_feed_and_as_no_other(feed: str) -> None:
    name, text = files.PLAIN[feed]
    file = MemoryFile(name, text.encode())
    members = await heads_of(await open_file(file))

    assert recognise(members, name, Catalogue.built_in().newest).mapping.id == feed
    others = [mapping for mapping in Catalogue.built_in().newest if mapping.id != feed]
    assert (await inspected(text, name)).found.feed == feed
    with pytest.raises(Exception, match="fits no known feed"):
        recognise(members, name, others)


async def test_answers_of_a_quiz_are_one_fact_per_question_that_the_student_had() -> None:
    columns = (
        "learner",
        "attempt",
        "line_item",
        "item",
        "item_title",
        "response",
        "score",
        "max_score",
    )

    assert await facts_of(files.QUIZ, "Unit 1 Quiz Student Analysis Report.csv", *columns) == [
        ("7", 1, "Unit 1", "11", "Pick all, now", "a\\,b,c", Decimal(1), Decimal(1)),
        ("7", 1, "Unit 1", "12", "Why?", "Because, so", Decimal("0.5"), Decimal(1)),
        ("8", 2, "Unit 1", "11", "Pick all, now", None, Decimal(0), Decimal(1)),
        ("8", 2, "Unit 1", "13", "Left out", "x=>y", Decimal("2.5"), Decimal("2.5")),
    ]


async def test_quizzes_of_an_archive_are_called_by_their_own_names() -> None:
    quiz = "name,id,section,submitted,5: Why?,1.0\nAnn,7,P1,2026-03-05 12:00:00 UTC,so,1\n"
    members = {f"Unit {n} Quiz Student Analysis Report.csv": quiz for n in (1, 2)}

    facts = await facts_of(files.packed(members), "q.zip", "line_item", "line_item_title")

    assert facts == [("Unit 1", "Unit 1"), ("Unit 2", "Unit 2")]


async def test_an_anonymous_survey_has_answers_without_learners() -> None:
    found = await facts_of(
        files.SURVEY, "Mood Survey Student Analysis Report.csv", "learner", "item", "response"
    )

    assert found == [(None, "21", "yes")]


async def test_an_essay_is_longer_than_a_name_may_be() -> None:
    essay = files.QUIZ.replace("Because, so", "x" * 5000)

    assert (await inspected(essay, "Q Quiz Student Analysis Report.csv")).with_status("rejected") == []


async def test_canvas_rows_keep_their_keys_their_deletions_and_who_is_excused() -> None:
    columns = ("source_id", "learner", "attempt", "status", "score", "deleted")

    assert await facts_of(files.SUBMISSIONS, "submissions-incremental.jsonl", *columns) == [
        ("0100", "007", 2, "fully-graded", Decimal("7.5"), False),
        ("0101", "008", 1, "exempt", Decimal(0), False),
        ("0102", None, 1, None, None, True),
        ("0103", "009", 1, None, None, True),
    ]


def deletions(rows: int) -> str:
    """Return deltas of Canvas Data 2 of deleted rows, of which the first thousand are looked at."""
    delta = '{{"key":{{"id":"{}"}},"meta":{{"ts":"2026-03-06T00:00:00Z","action":"D"}}}}\n'
    return "".join(map(delta.format, range(rows)))


@pytest.mark.parametrize(("rows", "following"), [(3, ""), (1001, files.SUBMISSIONS)])
async def test_a_delta_may_begin_with_deletions_and_may_hold_nothing_else(rows: int, following: str) -> None:
    result = await inspected(deletions(rows) + following, "submissions-incremental.jsonl")
    facts = pl.concat(result.facts)

    assert facts["source_id"].head(rows).to_list() == [str(n) for n in range(rows)]
    assert facts["deleted"].head(rows).all()
    assert facts["learner"].drop_nulls().to_list() == (["007", "008", "009"] if following else [])
    assert result.with_status("rejected") == []


@pytest.mark.parametrize(
    ("name", "part"), [("assignments-incremental.jsonl", "assignments"), ("pseudonyms.jsonl", "pseudonyms")]
)
async def test_deletions_are_of_the_table_that_the_name_says(name: str, part: str) -> None:
    match = (await inspected(deletions(3), name)).found.members[0].match

    assert match is not None
    assert match.part == part


@pytest.mark.parametrize("name", ["part-00000.jsonl", "quiz_submissions-incremental.jsonl"])
async def test_deletions_of_a_table_that_no_name_says_are_refused(name: str) -> None:
    found = (await inspected(deletions(3), name)).found

    assert found.feed is None
    assert (
        "feed canvas-data-2: its first records only delete, and no name says rows of which table"
        in found.reasons
    )


async def test_lines_of_objects_are_told_though_the_first_is_none() -> None:
    result = await inspected("garbage\n" + files.SUBMISSIONS, "part-00000.jsonl")

    assert sum(facts.height for facts in result.facts) == 4
    assert result.with_status("rejected") == [(1, "malformed-json")]


async def test_canvas_tables_come_as_csv_and_as_snapshots_too() -> None:
    columns = ("source_id", "learner", "status")

    assert await facts_of(files.SUBMISSIONS_CSV, "x.csv", *columns) == [("0100", "007", "submitted")]
    for name, load in [("submissions-snapshot.csv", "snapshot"), ("submissions.csv", "delta")]:
        match = (await inspected(files.SUBMISSIONS_CSV, name)).found.members[0].match
        assert match is not None
        assert match.load == load


async def test_canvas_assignments_and_logins_have_tables_of_their_own() -> None:
    items = await facts_of(
        files.ASSIGNMENTS, "assignments.jsonl", "line_item", "line_item_title", "max_score"
    )
    people = await facts_of(files.PSEUDONYMS, "pseudonyms.jsonl", "learner", "sis_id", "username")

    assert items == [("9", "Essay", Decimal(10))]
    assert people == [("007", "00041", "ann")]


async def test_brightspace_attempts_are_dated_graded_and_deleted_softly() -> None:
    columns = ("source_id", "learner", "status", "score", "max_score", "occurred_at", "deleted")
    at = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)

    assert await facts_of(files.ATTEMPTS, "QuizAttempts.csv", *columns) == [
        ("1", "0030", "fully-graded", Decimal("7.1235"), Decimal(10), at, False),
        ("2", "0031", "not-submitted", None, Decimal(10), None, False),
        ("3", "0032", "fully-graded", Decimal(5), Decimal(10), at, True),
    ]


async def test_a_column_that_a_platform_version_appends_is_told() -> None:
    found = (await inspected(files.ATTEMPTS, "QuizAttempts_Full.csv")).found

    assert found.warnings == ("columns that the feed does not know were not read: SomethingNew",)
    assert [member.match.load for member in found.members if member.match] == ["snapshot"]


async def test_brightspace_people_lose_the_mark_in_front_and_keep_their_zeros() -> None:
    content = files.packed({"QuizAttempts.csv": files.ATTEMPTS, "Users.csv": files.BDS_USERS})
    found = await facts_of(content, "bds.zip", "learner", "sis_id", "username", "enabled")

    assert found == [("0030", "00041", "ann", True)]


@pytest.mark.parametrize("header", [True, False])
async def test_scores_are_letters_numbers_or_percentages_with_or_without_a_header(header: bool) -> None:
    content = files.SCORES if header else files.SCORES.partition("\n")[2]
    result = await inspected(content, "test_scores.txt")
    facts = pl.concat(result.facts).select(
        "learner", "org", "grade_level", "measure", "value", "number", "percent"
    )

    assert facts.rows() == [
        ("00041", "012", "08", "RIT", None, Decimal(215), Decimal(57)),
        ("00042", "012", "08", "Level", "B+", None, None),
    ]
    assert result.with_status("rejected") == [(3 + header, "bad-timestamp")]


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("00041\t012\tS1\t08\tMAP\t10/01/2025\tRIT\t\t215", "ragged-record"),
        ('00041\t012\tS1\t08\t6"2\t10/01/2025\tRIT\t\t215\t57%', "malformed-quoting"),
    ],
)
async def test_a_table_without_labels_is_told_though_its_first_record_is_faulty(
    first: str, code: str
) -> None:
    sound = "00042\t012\tS1\t08\tMAP\t10/01/2025\tRIT\t\t215\t57%\n" * 5
    result = await inspected(f"{first}\n{sound}", "test_scores.txt")

    assert result.found.feed == "powerschool-test-scores"
    assert sum(facts.height for facts in result.facts) == 5
    assert result.with_status("rejected") == [(1, code)]


async def test_a_table_without_labels_is_no_test_score_file_only_for_its_width() -> None:
    row = "\t".join("abcdefghij") + "\n"

    assert (await inspected(row * 5, "x.txt")).found.feed is None


async def test_schoology_items_join_questions_and_the_rest_is_left() -> None:
    members = {
        "item_results_by_student.csv": files.ITEM_RESULTS,
        "assessment_questions.csv": files.QUESTIONS,
        "assessment_answers.csv": files.ANSWERS,
    }
    result = await inspected(files.packed(members), "unit 1.zip")
    columns = ("learner", "line_item", "item", "response", "score", "max_score")
    rows = [f.select(columns).rows() for f in result.facts if "item" in f.columns]

    assert [row for found in rows for row in found] == [
        ("00041", "500", "q1", "B", Decimal(1), Decimal(1)),
        ("00042", "500", "q1", None, None, Decimal(1)),
    ]
    assert result.found.warnings == ("tables that the feed knows and does not take: assessment_answers.csv",)


async def test_a_void_code_leaves_no_score_and_zeros_in_front_are_the_states() -> None:
    columns = ("learner", "line_item", "number", "level", "status", "period", "org", "grade_level")

    assert await facts_of(files.STATE, "state-2026.txt", *columns) == [
        ("0000000041", "ELA", Decimal(512), "3", "fully-graded", "2026", "0012", "08"),
        ("0000000041", "MATH", Decimal(483), "4", "fully-graded", "2026", "0012", "08"),
        ("0000000041", "SCIENCE", None, None, "suppressed", "2026", "0012", "08"),
        ("0000000042", "ELA", None, None, "suppressed", "2026", "0012", "08"),
        ("0000000042", "MATH", None, None, "not-tested", "2026", "0012", "08"),
    ]


async def test_a_line_of_another_width_is_rejected() -> None:
    result = await inspected(files.STATE * 3 + "2026 short\n", "state-2026.txt")

    assert result.with_status("rejected") == [(7, "wrong-width")]


async def test_a_roster_bundle_states_people_items_and_results() -> None:
    result = await inspected(files.packed(files.ROSTER), "roster.zip")
    rows = pl.concat([frame for frame in result.facts if "attempt" in frame.columns])

    assert rows.select(
        "source_id", "learner", "course", "line_item_title", "max_score", "score", "deleted"
    ).rows() == [
        ("r1", "007", "c1", "Essay", Decimal(10), Decimal("8.5"), False),
        ("r2", None, None, None, None, None, True),
    ]
    assert result.with_status("rejected") == [(4, "unknown-reference")]
    loads = {m.match.part: m.match.load for m in result.found.members if m.match}
    assert loads == {"users": "snapshot", "lineItems": "delta", "results": "delta"}
    assert "tables that the feed knows and does not take: demographics.csv" in result.found.warnings


async def test_a_manifest_that_says_of_tables_what_they_are_not_is_told() -> None:
    manifest = (
        "propertyName,value\nfile.users,bulk\nfile.categories,Bulk\nfile.orgs,absent\nfile.lineItems,absent\n"
    )
    members = {**files.ROSTER, "manifest.csv": manifest}
    del members["users.csv"]

    found = (await inspected(files.packed(members), "roster.zip")).found

    assert [warning for warning in found.warnings if "manifest" in warning] == [
        "the manifest calls users bulk, and there is no such table",
        "the manifest calls categories Bulk, and there is no such table",
        "the manifest calls lineItems absent, and it is there",
    ]
    assert [member.name for member in found.members] == ["lineItems.csv", "results.csv"]


async def test_a_roster_bundle_states_what_periods_and_courses_are_called() -> None:
    result = await inspected(files.packed(files.TITLED), "roster.zip")
    periods, courses = (
        next(frame for frame in result.facts if column in frame.columns) for column in ("period", "course")
    )

    assert periods.select("period", "title", "type", "school_year", "deleted").rows() == [
        ("s1", "Fall 2026", "term", "2027", False),
        ("s2", None, None, None, True),
    ]
    assert courses.select("course", "title", "code", "org").rows() == [("math", "Mathematics", "M-1", "o1")]
    assert result.found.warnings == ()


async def test_a_roster_bundle_states_by_which_standards_work_is_measured() -> None:
    result = await inspected(files.packed(files.ALIGNED), "roster.zip")
    of_line_items, of_results = (
        next(frame for frame in result.facts if column in frame.columns) for column in ("line_item", "result")
    )

    stated = ("source_id", "standard", "standard_source", "deleted")
    assert of_line_items.select("line_item", *stated).rows() == [
        ("l1", "a1", files.CFITEM, "case", False),
        ("l1", "a2", "M.3", "unknown", False),
        (None, "a3", None, None, True),
    ]
    assert of_results.select("result", *stated, "score", "text_score").rows() == [
        ("r1", "b1", files.CFITEM, "case", False, Decimal("3.5"), "Meets")
    ]
    assert result.with_status("rejected") == [(5, "missing-value")]
    loads = {m.match.part: m.match.load for m in result.found.members if m.match}
    assert loads == {"lineItemLearningObjectiveIds": "snapshot", "resultLearningObjectiveIds": "delta"}


async def test_school_data_files_of_another_kind_are_no_roster() -> None:
    other = (
        "sourcedId,orgSourcedIds,givenName,familyName,username,password,role,grade\n1,2,a,b,c,d,Student,6\n"
    )

    assert (await inspected(other, "users.csv")).found.feed is None


async def test_a_gradebook_says_who_its_people_are() -> None:
    text = (
        b"Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)\n"
        b'"Poe, Ann",00041,s041,ANN,P1,8\n"Poe, Ann",00041,s041,ANN,P2,8\n'
        b'"Ray, Bo",42,,,P1,9\n"Test",,s1,x,P1,9\n'
    )
    file = MemoryFile("Grades-ALG.csv", text)
    heads = await heads_of(await open_file(file))
    found = recognise(heads, file.name, Catalogue.built_in().newest)
    taken = found.members[0]
    body = text[taken.layout.body_offset :]
    task = Task(
        ingest_id="i",
        chunk=Chunk(0, taken.layout.body_offset, len(body), taken.first_record, 4),
        member=PlannedMember(name="m", part=taken.part.name, layout=taken.layout, size=len(text)),
        recognition=Recognition(
            sha256="", feed="f", mapping_version=1, engine_version=1, source="s", targets=()
        ),
        mapping=found.mapping,
    )
    people = normalise(body, task).people
    assert people is not None
    assert people.select("learner", "sis_id", "username", "record", "name_sealed").rows() == [
        ("00041", "s041", "ANN", 2, None),
        ("42", None, None, 4, None),
    ]
    hidden = work(body, task, b"k" * 32).people
    assert hidden is not None
    assert not {"00041", "s041", "ANN", "ann"} & set(hidden.row(0))
    sealing = Sealing("north", "1", {"1": b"s" * 64})
    told = work(body, replace(task, sealing=sealing), b"k" * 32).people
    assert told is not None
    assert [sealing.open(name, who) for who, name in told.select("learner", "name_sealed").iter_rows()] == [
        "Poe, Ann",
        "Ray, Bo",
    ]
    assert len({repr(work(body, replace(task, sealing=sealing), b"k" * 32).people) for _ in range(2)}) == 1


def test_columns_that_name_people_are_classed_as_such() -> None:
    telling = ("name", "mail", "birth", "phone", "login", "sis", "student_id", "user_id", "password")
    for mapping in Catalogue.built_in().newest:
        for part in mapping.parts:
            for column in part.columns:
                personal = any(word in column.name.casefold() for word in telling)
                if personal and not column.name.startswith("section"):
                    assert column.pii_in(part.canonical) is not Pii.NONE, (mapping.id, part.name, column.name)
