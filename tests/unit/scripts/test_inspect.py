"""What the verb prints, writes and returns."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

from scripts.lib.inspect import main
from shared.ingestion.tables import RESULTS
from shared.ingestion.working.pseudonyms import pseudonym, tenant_key

_ROOT = Path(__file__).resolve().parents[3]
ATTEMPTS = "student_id,course_id,assessment_id,assessment_title,status,score\n007,c,a,Quiz,graded,5.50\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "attempts.csv").write_text(ATTEMPTS)
    (tmp_path / "shop.csv").write_text("name,price\nBoots,3\n")
    return [str(tmp_path / "attempts.csv"), str(tmp_path / "shop.csv")]


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_object_per_file_and_a_refusal_is_an_answer(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(files) == 0

    first, second = printed(capsys)
    assert (first["file"], first["feed"], first["refused"]) == (files[0], "attempts", None)
    assert first["sample"][0]["score"] == "5.5"  # type: ignore[index] # a list of objects
    assert (second["feed"], second["records"], second["accepted"]) == (None, 1, 1)


def test_who_has_read_enough_ends_it_quietly(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        monkeypatch.setattr("sys.stdout", out)
        assert main(files) == 0


def test_a_path_that_cannot_be_read_is_named_and_the_others_are_answered(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["absent.csv", *files]) == 2

    captured = capsys.readouterr()
    assert "absent.csv" in captured.err
    assert len(captured.out.splitlines()) == 2


def test_facts_and_records_of_all_files_are_written(files: list[str], tmp_path: Path) -> None:
    facts, records = tmp_path / "out.parquet", tmp_path / "out.jsonl"
    assert main([*files, "--facts", str(facts), "--records", str(records)]) == 0

    frame = pl.read_parquet(facts)
    assert frame.schema == RESULTS.schema
    assert frame["learner"].to_list() == ["007"]
    lines = [json.loads(line) for line in records.read_text().splitlines()]
    assert [(line["file"], line["record"]) for line in lines] == [
        (files[0], 1),
        (files[0], 2),
        (files[1], 1),
        (files[1], 2),
    ]


def test_for_a_tenant_learners_have_the_pseudonyms_of_its_facts(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, facts = tmp_path / "secrets.json", tmp_path / "out.parquet"
    secrets.write_text(json.dumps({"pseudonym-current": "1", "pseudonym-1": "m" * 32}))
    sample = json.loads((_ROOT / "local.settings.sample.json").read_text())["Values"]
    for name, value in {**sample, "Secrets": f"file:{secrets}"}.items():
        monkeypatch.setenv(name, value)

    assert main([files[0], "--tenant", "north", "--facts", str(facts)]) == 0

    expected = pseudonym(tenant_key("m" * 32, "north"), "sis", "007")
    assert pl.read_parquet(facts)["learner"].to_list() == [expected]


def test_without_any_fact_the_facts_file_is_empty_and_valid(files: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    assert main([files[1], "--facts", str(out)]) == 0

    assert pl.read_parquet(out).schema == RESULTS.schema


def test_an_output_that_cannot_be_written_is_named(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*files, "--records", str(tmp_path / "no" / "out.jsonl")]) == 2

    assert "out.jsonl" in capsys.readouterr().err


def test_a_feed_may_be_imposed(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([files[0], "--feed", "canvas-gradebook"]) == 0

    (found,) = printed(capsys)
    assert found["reasons"] == ["feed canvas-gradebook: no column for student or last_name, learner, section"]


@pytest.mark.parametrize("option", [["--feed", "nonsense"], ["--tenant", "Not A Tenant"]])
def test_a_wrong_option_ends_with_2(files: list[str], option: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*files, *option])
    assert ended.value.code == 2
