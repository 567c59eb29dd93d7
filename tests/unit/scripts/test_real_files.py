"""The measure on real files finds what was counted, read or refused otherwise than it should be."""

from pathlib import Path

import pytest

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.refusal import FailureCode
from tests.performance.ingest_real_files import (
    KNOWN,
    Fault,
    Seen,
    expected_code,
    inspected,
    reading_faults,
    refusal_faults,
    run,
    tables_of,
)

NAME = "oneroster/oat-base-1.1/users.csv"
USERS = """sourcedId,status,dateLastModified,orgSourcedIds,role,username,givenName,familyName,identifier
0012,active,2026-03-05,007,student,ada,Ada,Byron,0100
0013,active,2026-03-05,007,teacher,emmy,Emmy,Noether,
"""
STRANGE = "planet,moons\nMars,2\nVenus,0\n"
FEEDS = Catalogue.built_in().newest
IDS = [feed.id for feed in FEEDS]


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return written(tmp_path, NAME, USERS)


@pytest.fixture
def seen(users: Path) -> Seen:
    return inspected(users, FEEDS)


def test_a_file_that_is_read_to_the_letter_has_no_faults(users: Path, seen: Seen) -> None:
    assert not reading_faults(KNOWN[NAME], tables_of(users), seen)


def test_a_wrong_count_is_found(seen: Seen, tmp_path: Path) -> None:
    longer = written(tmp_path, "true/users.csv", USERS + "0014,active,2026-03-05,007,student,sof,S,K,\n")

    faults = reading_faults(KNOWN[NAME], tables_of(longer), seen)

    # The record that is not there lacks its learner and its school; its blank identifier is none.
    assert faults == {Fault.MISCOUNTED: 1, Fault.CELLS: 1, Fault.IDENTIFIERS: 2}


def test_a_lost_leading_zero_is_found(seen: Seen, tmp_path: Path) -> None:
    true = written(tmp_path, "true/users.csv", USERS.replace("0100", "00100"))

    faults = reading_faults(KNOWN[NAME], tables_of(true), seen)

    assert faults == {Fault.CELLS: 1, Fault.IDENTIFIERS: 1}


def test_identifiers_that_changed_places_are_found(seen: Seen, tmp_path: Path) -> None:
    true = USERS.replace("0012", "#").replace("0013", "0012").replace("#", "0013")

    faults = reading_faults(KNOWN[NAME], tables_of(written(tmp_path, "true/users.csv", true)), seen)

    assert faults[Fault.IDENTIFIERS] == 2


def test_a_rejected_record_is_found(tmp_path: Path) -> None:
    # Few enough that the file is taken.
    many = "".join(f"1{n:03d},active,2026-03-05,007,student,u{n},U,N,\n" for n in range(200))
    path = written(tmp_path, NAME, USERS + many + ",active,2026-03-05,007,student,nobody,No,Body,\n")

    assert reading_faults(KNOWN[NAME], tables_of(path), inspected(path, FEEDS))[Fault.REJECTED] == 1


def test_a_known_file_that_another_part_takes_is_missed(users: Path, seen: Seen) -> None:
    known = KNOWN[NAME.replace("users", "orgs")]

    assert reading_faults(known, tables_of(users), seen) == {Fault.MISSED: 1}


def test_a_strange_file_is_refused_for_the_right_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "planets.csv", STRANGE)
    found = inspected(path, FEEDS).found

    assert not refusal_faults(path, path.name, found, IDS)
    assert refusal_faults(path, path.name, found, [*IDS, "mute"]) == {Fault.REASON: 1}
    assert refusal_faults(path, "a/demographics.csv", found, IDS) == {Fault.REASON: 1}


def test_a_file_that_is_refused_for_another_reason_is_found(tmp_path: Path) -> None:
    found = inspected(written(tmp_path, "planets.csv", STRANGE), FEEDS).found
    pdf = written(tmp_path, "planets.pdf", "%PDF-1.7")

    assert refusal_faults(pdf, pdf.name, found, IDS) == {Fault.REASON: 1}


def test_a_file_of_no_known_kind_that_is_taken_is_found(users: Path, seen: Seen) -> None:
    assert refusal_faults(users, "elsewhere.csv", seen.found, IDS) == {Fault.TAKEN: 1}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (" \n", FailureCode.EMPTY),
        ("%PDF-1.7", FailureCode.CONTAINER),
        ("PK\x03\x04 and no more", FailureCode.DAMAGED),
        (STRANGE, FailureCode.UNRECOGNISED),
    ],
)
def test_the_engine_refuses_with_the_expected_code(tmp_path: Path, content: str, code: FailureCode) -> None:
    path = written(tmp_path, "file", content)

    assert expected_code(path, path.name) is code
    assert not refusal_faults(path, path.name, inspected(path, FEEDS).found, IDS)


def test_known_files_that_are_not_there_are_missed_and_notes_are_no_data(users: Path, tmp_path: Path) -> None:
    written(tmp_path, "NOTICE.md", "whose files these are")
    written(tmp_path, "planets.csv", STRANGE)

    figures = {name: value for name, value, _, _ in run(tmp_path)}

    assert figures["Real files inspected"] == len(KNOWN) + 1
    assert figures[Fault.MISSED] == len(KNOWN) - 1
    assert sum(figures[fault] for fault in Fault) == figures[Fault.MISSED]
