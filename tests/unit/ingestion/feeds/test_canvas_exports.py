"""Exports of Canvas by teachers: gradebooks and analyses of quizzes, with the quirks that they have."""

from decimal import Decimal

import pytest

from tests.fixtures.inspections import inspect_bytes


async def test_letters_of_an_assignment_graded_by_the_gpa_scale_are_grades_without_a_score() -> None:
    text = (
        "Student,ID,Section,Essay (1),Project (2)\n    Points Possible,,,10,4\n"
        "Poe,41,P1,8,B+\nRay,42,P1,9,A-\nVox,43,P1,9,F\n"
    )
    result = await inspect_bytes(text, "Grades-ALG.csv")
    projects = [frame.filter(line_item="2") for frame in result.facts]

    assert result.with_status("rejected") == []
    assert [row for frame in projects for row in frame.select("learner", "status", "score").iter_rows()] == [
        ("41", "fully-graded", None),
        ("42", "fully-graded", None),
        ("43", "fully-graded", None),
    ]


async def test_a_first_student_without_an_id_is_rejected_and_says_no_points_possible() -> None:
    text = 'Student,ID,Section,Quiz (12)\n"Poe, Ann",,P1,3\n' + '"Ray, Bo",42,P1,8\n' * 4
    result = await inspect_bytes(text, "Grades-ALG.csv")

    assert result.with_status("rejected") == [(2, "missing-value")]
    assert {row for frame in result.facts for row in frame.select("learner", "max_score").iter_rows()} == {
        ("42", None)
    }


@pytest.mark.parametrize(
    "labels",
    [
        "namn,id,sis_id,sektion,skickad,försök,n korrekt,n inkorrekt,resultat",
        "nombre,Identificador,sis_id,sección,entregado,intento,n correcta,n incorrecta,puntaje",
        "Name,ID,sis_id,Abschnitt,abgegeben,Versuch,n richtig,n falsch,Punktzahl",
        "nom,ID,sis_id,section,envoyé,tentative,n rép. correctes,n rép. incorrectes,résultat",
    ],
    ids=["Swedish", "Spanish", "German", "French"],
)
async def test_labels_of_a_quiz_may_be_translated(labels: str) -> None:
    known, totals = labels.split(",")[:6], labels.split(",")[6:]
    header = ",".join([*known, "11: Why?", "1.0", *totals])
    text = f"{header}\nPoe,7,s7,P1,2026-03-05 12:00:00 UTC,2,So,0.5,0,1,0.5\n"
    result = await inspect_bytes(text, "Unit 1 Quiz Student Analysis Report.csv")

    assert (result.found.feed, result.found.warnings) == ("canvas-quiz-student-analysis", ())
    assert [frame.select("learner", "attempt", "item", "score").rows() for frame in result.facts] == [
        [("7", 2, "11", Decimal("0.5"))]
    ]
