"""PowerSchool, Schoology and Canvas quizzes: every quirk of these exports comes to the right facts."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from tests.fixtures.inspections import Inspected, inspect_bytes

HEADER = (
    "STUDENT_NUMBER\tSCHOOL_NUMBER\tTERM_CODE\tGRADE_LEVEL\tTEST_NAME\tTEST_DATE\tSCORE_NAME\t"
    "ALPHA_SCORE\tNUMERIC_SCORE\tPERCENT_SCORE\n"
)
SCORES = (
    "00041\t12\tF26\t05\tMAP Math\t10/01/2026\tRIT\t\t212\t\n"
    "00041\t12\tF26\t05\tMAP Math\t10/01/2026\tPercentile\t\t\t57%\n"
    "00042\t12\tF26\t05\tWriting\t2026-10-03\tLetter\tB+\t.\t--\n"
    "00043\t12\tF26\t05\tWriting\t10/03/26\tLetter\tA\tNULL\t\n"
)
ANALYSIS = (
    'name,id,sis_id,section,section_id,section_sis_id,submitted,attempt,"11: What\nis 2+2?",1.0,12: Pick,1.0,'
    "n correct,n incorrect,score\n"
    '"Poe, Ann",041,s7,P1,9,s9,2026-03-01 10:00:00 UTC,1,4,1.0,"a\\,b,c",0.5,1,1,1.5\n'
    "Ray,042,s8,P1,9,s9,2026-03-01 10:05:00 UTC,2,,,x=>y,0.0,0,1,0\n"
)
RESULTS = (
    "Student Unique ID,Student First Name,Section ID,Assessment ID,Assessment Name,Question ID,Question,"
    "Answer Submission,Points Received,Points Possible\n"
    '0071,Ann,S1,a1,Unit 1,q1,"Why, and how?",C,1,1\n'
    "0071,Ann,S1,a1,Unit 1,q2,Essay,A long text,,4\n"
    "0072,Bo,S1,a1,Unit 1,q1,Why,B,0,many\n"
)
QUESTIONS = (
    "Assessment ID,Question ID,Question,P-Value,Point Biserial,Points Possible\n"
    "a1,q1,Why,0.5,0.3,1\na1,q2,Essay,,,4\n"
)


def facts(inspected: Inspected, *columns: str) -> list[tuple[object, ...]]:
    return pl.concat(inspected.facts).select(columns).rows()


@pytest.mark.parametrize(("content", "first"), [(HEADER + SCORES, 2), (SCORES, 1)])
async def test_test_scores_come_through_with_and_without_their_header(content: str, first: int) -> None:
    inspected = await inspect_bytes(content, "scores.txt")

    assert (inspected.found.feed, inspected.found.refused) == ("powerschool-test-scores", None)
    assert facts(inspected, "record", "learner", "measure", "value", "number", "percent") == [
        (first, "00041", "RIT", None, Decimal(212), None),
        (first + 1, "00041", "Percentile", None, None, Decimal(57)),
        (first + 2, "00042", "Letter", "B+", None, None),
        (first + 3, "00043", "Letter", "A", None, None),
    ]
    days = {row[0] for row in facts(inspected, "occurred_at")}
    assert days == {datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)}


async def test_a_table_of_ten_columns_without_a_header_is_not_taken_for_test_scores() -> None:
    inspected = await inspect_bytes("\t".join("abcdefghij") + "\n" + "\t".join("klmnopqrst") + "\n", "x.txt")

    assert inspected.found.feed is None


async def test_a_date_in_the_wrong_order_rejects_its_record() -> None:
    inspected = await inspect_bytes(HEADER + SCORES.replace("10/03/26", "31/12/2026"), "scores.txt")

    (rejected,) = [record for record in inspected.records if record["status"] == "rejected"]
    assert (rejected["record"], rejected["column"], rejected["code"]) == (5, "TEST_DATE", "bad-timestamp")


async def test_a_student_analysis_gives_a_response_per_pair_that_is_filled() -> None:
    inspected = await inspect_bytes(ANALYSIS, "Unit 1 Quiz Student Analysis Report.csv")

    assert (inspected.found.feed, inspected.found.warnings) == ("canvas-quiz-student-analysis", ())
    assert facts(inspected, "learner", "line_item", "item", "item_title", "response", "score", "attempt") == [
        ("041", "Unit 1", "11", "What\nis 2+2?", "4", Decimal(1), 1),
        ("041", "Unit 1", "12", "Pick", "a\\,b,c", Decimal("0.5"), 1),
        ("042", "Unit 1", "12", "Pick", "x=>y", Decimal(0), 2),
    ]


async def test_item_results_take_answers_and_questions_and_leave_statistics() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("item_results_by_student.csv", RESULTS)
        archive.writestr("assessment_questions.csv", QUESTIONS)
        archive.writestr("assessment_answers.csv", "Question ID,Answer,Count\nq1,C,1\n")
    inspected = await inspect_bytes(out.getvalue(), "item-analysis.zip", chunk_bytes=10_000)

    found = inspected.found
    assert found.feed == "schoology-item-results"
    assert any("assessment_answers.csv" in warning for warning in found.warnings)
    answers, questions = inspected.facts
    assert answers.select("learner", "item", "response", "score", "max_score").rows() == [
        ("0071", "q1", "C", Decimal(1), Decimal(1)),
        ("0071", "q2", "A long text", None, Decimal(4)),
    ]
    assert questions.select("line_item", "line_item_title", "category", "max_score").rows() == [
        ("q1", "Why", "a1", Decimal(1)),
        ("q2", "Essay", "a1", Decimal(4)),
    ]
    assert found.counts is not None
    assert found.counts.rejects == {"bad-number": 1}
