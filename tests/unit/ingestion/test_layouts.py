"""How a part lies over a table: which column is read for what, and what it costs to tell."""

import pytest

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.layouts import Fit, Misfit, fits, positions_of
from shared.ingestion.mapping.measuring import Measured
from shared.ingestion.mapping.numbers import decimal_text
from shared.ingestion.mapping.tried_heads import TriedHead
from shared.ingestion.model import LineFormat
from shared.ingestion.reading.sniffing import text_head


def tried(text: str, feed: str, part: str) -> Fit | Misfit:
    """Return what comes of a part, laid over a comma-separated table."""
    content = text.encode()
    head = TriedHead(text_head(content, len(content)))
    return next(fits(head, Catalogue.built_in().get(feed, 1).by_part[part], {}, LineFormat.DELIMITED))


def fit(text: str, feed: str = "canvas-gradebook", part: str = "gradebook") -> Fit:
    found = tried(text, feed, part)
    assert isinstance(found, Fit), found
    return found


def test_measures_are_gathered_once_however_many_columns_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = list[Measured]()

    def columns(measures: Measured) -> frozenset[int]:
        gathered.append(measures)
        return frozenset()

    monkeypatch.setattr(Measured, "columns", property(columns))
    found = fit(f"Student,ID,Section,{','.join(f'Quiz ({n})' for n in range(50))}\n")

    assert len(found.layout.measures) == 50
    assert len(gathered) == 1


ITEMS = ["Student ID", "Unique User ID", "Section Name", "Section ID", "Test ID", "Question ID", "Score"]


@pytest.mark.parametrize("header", [ITEMS, ITEMS[::-1]], ids=["forwards", "backwards"])
def test_of_several_labels_of_a_column_the_one_that_the_feed_lists_first_is_read(header: list[str]) -> None:
    part = Catalogue.built_in().get("schoology-item-results", 1).by_part["results"]
    positions = positions_of(part, header)

    assert header[positions["learner"]] == "Unique User ID"
    assert header[positions["section"]] == "Section ID"


def test_of_a_label_that_repeats_the_first_column_is_read() -> None:
    part = Catalogue.built_in().get("canvas-gradebook", 1).by_part["gradebook"]

    assert positions_of(part, ["Student", "ID", "id ", "Section"])["learner"] == 1


def test_a_column_that_another_is_read_in_place_of_is_told_and_is_not_unknown() -> None:
    found = fit("Student,ID,ID,Section,Root Account,Root Account,Quiz (1),Mood\n")

    assert (found.doubled, found.unread) == (("ID",), ("Mood",))


def points_of(header: str, points: str, *students: str) -> dict[str, str | None]:
    """Return the points possible by assignment."""
    found = fit("\n".join([f"Student,ID,{header}", f"    Points Possible,,{points}", *students, ""]))
    return {m.constants["line_item"]: m.constants.get("max_score") for m in found.layout.measures}


@pytest.mark.parametrize("points", [",10,", ",10"], ids=["blank", "cut off"])
def test_an_assignment_without_points_possible_is_a_measure(points: str) -> None:
    assert points_of("Section,Essay (1),Quiz (2)", points, "Poe,7,P1,8,EX", "Ray,8,P1,N/A,9") == {
        "1": "10",
        "2": None,
    }


@pytest.mark.parametrize(("points", "cell"), [("(read only)", "88"), ("", "late"), ("", "late again")])
def test_a_total_or_a_note_under_the_label_of_an_assignment_is_no_measure(points: str, cell: str) -> None:
    found = points_of("Section,Essay (1),Final Score (2026)", f",10,{points}", f"Poe,7,P1,8,{cell}")

    assert found == {"1": "10"}


def test_points_possible_may_have_marks_between_their_thousands() -> None:
    found = points_of("Section,Essay (1),Quiz (2)", ',"1,000.00","2.500,5"')

    assert found == {"1": "1000.00", "2": "2500.5"}


def test_assignments_may_stand_left_of_the_section_and_have_titles_of_several_lines() -> None:
    assert points_of('"Essay\npart 2 (1)",Section', "10,") == {"1": "10"}


def test_points_of_a_question_may_have_a_decimal_comma() -> None:
    text = 'id,section,submitted,11: Why?,"2,5"\n7,P1,2026-03-05 12:00:00 UTC,So,"2,0"\n'
    found = fit(text, "canvas-quiz-student-analysis", "student-analysis")

    assert [measure.constants["max_score"] for measure in found.layout.measures] == ["2.5"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10", "10"),
        ("0,0", "0.0"),
        ("2.5", "2.5"),
        ("1,000.00", "1000.00"),
        ("1.000,5", "1000.5"),
        ("1 000,00", "1000.00"),
        ("1\N{NO-BREAK SPACE}000", "1000"),
        ("1,000,000", "1000000"),
        ("", None),
        ("10 pts", None),
        ("1,00,0", None),
        ("1" * 15, None),
    ],
)
def test_numbers_of_any_country_come_to_one_form(text: str, number: str | None) -> None:
    assert decimal_text(text) == number
