"""How a part lies over a table: which column is read for what, and what it costs to tell."""

import pytest

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.layouts import Fit, Misfit, fits, positions_of
from shared.ingestion.mapping.measuring import Measured
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
