"""What a file is recognised as, and why another is refused."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import IngestState, LineFormat
from shared.ingestion.reading.sniffing import HEAD_BYTES, text_head
from shared.ingestion.recognising import judging
from shared.ingestion.recognising.members import MemberHead
from shared.ingestion.recognising.recognition import Recognised, recognise
from shared.ingestion.refusal import FileRefused
from shared.ingestion.working.work import Task, Work
from tests.fixtures.feed_files import ROSTER
from tests.fixtures.ingestion import Pipeline

ATTEMPTS = "student_id,course_id,assessment_id,assessment_title,status,score\n007,c,a,Quiz,graded,5\n"
GRADEBOOK = (
    "Student,ID,SIS User ID,Section,Quiz (12),Notes,Homework Current Score (read only)\n"
    "    Points Possible,,,,10,,(read only)\n"
    '"Poe, Ann",00041,s1,Period 1,8,late,80\n'
)


def recognised(text: str | bytes, name: str = "x.csv") -> Recognised:
    content = text.encode() if isinstance(text, str) else text
    return recognise(
        [MemberHead(name, text_head(content[:HEAD_BYTES], len(content)))], name, Catalogue.built_in().newest
    )


def refusal_of(content: bytes, name: str = "x.csv") -> str:
    with pytest.raises(FileRefused) as refused:
        recognised(content, name)
    assert refused.value.failure.detail
    return refused.value.failure.code


def test_a_feed_is_recognised_by_its_header_under_any_name() -> None:
    assert recognised(ATTEMPTS, "export-final.txt").mapping.id == "attempts"
    assert recognised(GRADEBOOK).mapping.id == "canvas-gradebook"


def test_score_and_reasons_tell_how_well_a_feed_fits() -> None:
    found = recognised(GRADEBOOK, "2026_Grades-ALG.csv")

    assert found.score == pytest.approx(0.5 * 6 / 7 + 0.4 + 0.1)
    assert found.reasons[0] == "86% of the columns are known"
    assert found.warnings == ("columns that the feed does not know were not read: Notes",)


def test_a_column_that_another_is_read_in_place_of_is_a_warning_and_costs_no_score() -> None:
    twice = recognised(GRADEBOOK.replace("Notes", "ID"))

    assert twice.warnings == ("columns that another is read in place of were not read: ID",)
    assert "100% of the columns are known" in twice.reasons


def test_the_separator_and_the_decimal_mark_are_the_files() -> None:
    found = recognised(ATTEMPTS.replace(",", ";").replace(";5\n", ";5,5\n"))

    assert (found.members[0].layout.dialect.separator, found.members[0].layout.dialect.decimal) == (";", ",")


def test_records_are_not_read_where_labels_leave_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_data: bytes, _task: Task) -> Work:
        raise AssertionError("records were read")

    monkeypatch.setattr(judging, "normalise", read)

    assert recognised(ATTEMPTS, "attempts.csv").mapping.id == "attempts"


ANSWERS = "Unique User ID,Assessment ID,Question ID,Points Received,Points Possible,Submission Date\n"


@pytest.mark.parametrize("faulty", ["pending,1,", "1,1,March 5"])
def test_answers_full_of_faults_are_not_taken_for_questions(faulty: str) -> None:
    rows = "".join(f"{n:03},500,q{n},{faulty}\n" for n in range(20))

    found = recognised(ANSWERS + rows, "unit5.csv").members[0]

    assert (found.part.name, found.unread) == ("results", ())


def test_records_choose_between_parts_whose_columns_are_equal() -> None:
    stated = Catalogue.built_in().get("attempts", 1).model_dump()
    (lenient,) = stated["parts"]
    harder = [column | ({"minimum": 6} if column["name"] == "score" else {}) for column in lenient["columns"]]
    strict = lenient | {"name": "strict", "columns": harder}
    mapping = Mapping.model_validate(stated | {"parts": [strict, lenient]})
    content = ATTEMPTS.encode()
    member = MemberHead("x.csv", text_head(content, len(content)))

    assert recognise([member], "x.csv", [mapping]).members[0].part.name == "attempts"


@pytest.mark.parametrize(
    ("scores", "decimal"),
    [
        (["1,015", "9.5", "8.25"], "."),
        (["1,015", "2,000", "9"], ","),
        (["0,125", "9.5"], ","),
        (["1,015", "9,5", "8.25"], ","),
    ],
)
def test_commas_that_group_thousands_beside_decimal_points_are_no_decimal_commas(
    scores: list[str], decimal: str
) -> None:
    rows = "".join(f'{n},c,a,Quiz,graded,"{score}"\n' for n, score in enumerate(scores))

    found = recognised(f"{ATTEMPTS.partition('\n')[0]}\n{rows}", "attempts.csv")

    assert found.members[0].layout.dialect.decimal == decimal


@given(st.lists(st.sampled_from(["5", "5.5", "5,5", "1.000,5", "x", ""]), min_size=1, max_size=6))
def test_a_decimal_comma_is_taken_where_it_makes_more_records_readable(scores: list[str]) -> None:
    rows = "".join(f"{n};c;a;Quiz;graded;{score}\n" for n, score in enumerate(scores))
    header = ATTEMPTS.partition("\n")[0].replace(",", ";")

    found = recognised(f"{header}\n{rows}").members[0]

    pointed, marked = ({"5", "5.5", ""}, {"5", "5.5", "5,5", ""})
    by_comma = any(score == "5,5" for score in scores)
    assert found.layout.dialect.decimal == ("," if by_comma else ".")
    readable = sum(score in (marked if by_comma else pointed) for score in scores) / len(scores)
    assert found.judgement.readable == pytest.approx(readable)


def test_measures_are_the_columns_with_an_id_and_points() -> None:
    found = recognised(GRADEBOOK.replace("Notes", "Project (2026)"))

    assert [measure.constants for measure in found.members[0].layout.measures] == [
        {"line_item": "12", "line_item_title": "Quiz", "max_score": "10"}
    ]
    assert found.members[0].first_record == 3


@pytest.mark.parametrize(
    "header",
    [
        "Étudiant,ID,Section",
        "Estudiante;ID;Sección",
        "Studerande\tID\tAvsnitt",
        "LastName,FirstName,ID,SIS Login ID,Section",
        "﻿Student,ID,Section",
    ],
)
def test_gradebook_labels_may_be_translated(header: str) -> None:
    separator = next(mark for mark in ",;\t" if mark in header)
    columns = header.count(separator)
    at = header.split(separator).index("ID")
    row = separator.join("41" if n == at else "x" for n in range(columns + 1))
    total = "Total (läs endast)" if separator == "\t" else "Total (read only)"

    labels, cells = separator.join([header, "Quiz (12)", total]), separator.join([row, "8", "80"])
    found = recognised(f"{labels}\n{cells}\n".encode())

    assert (found.mapping.id, found.warnings) == ("canvas-gradebook", ())


@pytest.mark.parametrize(
    "roster",
    [
        'Student,ID,Section,Date,Status\n"Poe, Ann",41,S1,2026-01-01,absent\n',
        "Last Name,First Name,ID,Section,Homeroom\nPoe,Ann,00041,S1,101\n",
    ],
)
def test_a_list_of_students_is_no_gradebook(roster: str) -> None:
    assert refusal_of(roster.encode(), "grades.csv") == "unrecognised"


@pytest.mark.parametrize(
    "gradebook",
    [
        "Student,ID,Section,Final Score\n    Points Possible,,,(read only)\nPoe,41,P1,80\n",
        "Student,ID,SIS Login ID,Section,Final Score\nPoe,41,ann,P1,80\n",
    ],
)
def test_a_gradebook_may_have_no_assignments_yet(gradebook: str) -> None:
    assert recognised(gradebook).mapping.id == "canvas-gradebook"


@pytest.mark.parametrize("points", ["    Points Possible,,,,10,,\n", "    Points Possible,,,,,,\n", ""])
def test_a_first_student_without_an_id_is_no_preamble(points: str) -> None:
    header, _, student = GRADEBOOK.splitlines(keepends=True)
    found = recognised(header + points + student.replace("00041", "") + '"Ray, Bo",42,,,9,,\n' * 3)

    assert found.members[0].first_record == (3 if points else 2)


@pytest.mark.parametrize("label", ["    Points Possible", "Points Possible", "    Mögliche Punkte"])
@pytest.mark.parametrize(
    "posting", ["", ",,,,Manual Posting,,\n", "    Manual Posting,,,,Manual Posting,,\n"]
)
def test_points_possible_are_told_by_their_words_or_the_blanks_before_them(label: str, posting: str) -> None:
    header, points, student = GRADEBOOK.splitlines(keepends=True)
    found = recognised(header + posting + points.replace("    Points Possible", label) + student).members[0]

    assert found.first_record == (4 if posting else 3)
    assert [measure.constants["max_score"] for measure in found.layout.measures] == ["10"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b" \r\n\n", "empty-file"),
        (b"student_id,\0course_id\n", "nul-byte"),
        (ATTEMPTS.replace("\n", "\r").encode(), "bad-header"),
        (b"x" * (HEAD_BYTES + 1), "bad-header"),
        (b"a,b\n1,2\n", "unrecognised"),
        (b'student_id,"course_id\nx,y\n', "unrecognised"),
        (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n", "unrecognised"),
    ],
)
def test_what_fits_no_feed_is_refused_with_its_reason(content: bytes, code: str) -> None:
    assert refusal_of(content) == code


def test_a_refusal_tells_of_each_feed_what_is_missing() -> None:
    with pytest.raises(FileRefused) as refused:
        recognised(ATTEMPTS.replace("student_id", "pupil"))

    reasons = {v.place: v.message for v in refused.value.failure.violations}
    assert reasons["feed attempts"] == "no column for learner"


def reasons_of(members: dict[str, str]) -> dict[str, str]:
    heads = [MemberHead(name, text_head(text.encode(), len(text.encode()))) for name, text in members.items()]
    with pytest.raises(FileRefused) as refused:
        recognise(heads, "x.zip", Catalogue.built_in().newest)
    return {v.place: v.message for v in refused.value.failure.violations}


def test_a_refusal_names_the_separator_where_nothing_else_is_amiss() -> None:
    semicolons = {name: text.replace(",", ";") for name, text in ROSTER.items()}

    reasons = reasons_of(semicolons | {"categories.csv": "sourcedId;title\n1;Homework\n"})

    assert reasons["feed oneroster-csv"] == "it is read as separated by semicolon, not by comma"
    assert reasons["feed attempts"].startswith("no column for")


def test_a_member_that_is_known_and_left_does_not_hide_why_the_others_are_not_taken() -> None:
    users, categories = "sourcedId,givenName,username\n1,Ann,ann\n", "sourcedId,title\n1,Homework\n"

    reasons = reasons_of({"users.csv": users, "categories.csv": categories})
    alone = reasons_of({"categories.csv": categories})

    assert reasons["feed oneroster-csv"] == "no column for deleted, updated_at"
    assert alone["feed oneroster-csv"] == "the feed knows categories.csv and does not take it"


def test_a_refusal_of_objects_does_not_call_them_what_they_are_only_read_as() -> None:
    # XML and a JSON array come as JSON lines too: their sender has never written any.
    lines = b'{"pupil": "007"}\n'
    member = MemberHead("results.xml", text_head(lines, len(lines)), LineFormat.JSON_LINES)

    with pytest.raises(FileRefused) as refused:
        recognise([member], "results.xml", Catalogue.built_in().newest)

    reasons = {v.place: v.message for v in refused.value.failure.violations}
    assert reasons["feed attempts"] == "it is read as json-lines, not as delimited"


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_make_recognition_fail_otherwise_than_by_refusal(noise: bytes, headed: bool) -> None:
    content = (ATTEMPTS.encode() if headed else b"") + noise
    try:
        recognised(content)
    except FileRefused as refused:
        assert refused.failure.detail


@pytest.mark.parametrize("seed", range(20))
async def test_damaged_files_end_accounted_for_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    content = bytearray((ATTEMPTS + "1,c,b,T,graded,4\n" * 40).encode())
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(ATTEMPTS), len(content))
        content[at : at + chance.randint(0, 3)] = chance.choice(
            [b'"', b"\n", b"\xff", b"\xe9,", b'""', b"\r"]
        )

    ingest = await Pipeline(chunk_bytes=200, read_bytes=90).run("attempts.csv", bytes(content))

    progress = ingest.progress
    assert ingest.state in {IngestState.WORKED, IngestState.FAILED}
    assert ingest.failure is None or ingest.failure.code == "too-many-rejects"
    assert progress.accepted + progress.rejected == progress.records
