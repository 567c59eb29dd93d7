"""How measured figures are held to their targets."""

from pathlib import Path

import pytest

from scripts.lib.bench import Figure, main, modules_of, subjects


@pytest.mark.parametrize(
    ("value", "unit", "target", "reached"),
    [
        (999.0, "ops/s", 1000.0, False),
        (1000.0, "ops/s", 1000.0, True),
        (0.96, "F1", 0.97, False),
        (0.97, "F1", 0.97, True),
        (1.6, "ratio", 1.5, False),
        (1.5, "ratio", 1.5, True),
        (7.0, "MB", None, True),
    ],
)
def test_rates_and_scores_must_reach_their_target_and_costs_must_not_exceed_it(
    value: float, unit: str, target: float | None, *, reached: bool
) -> None:
    assert Figure("f", value, unit, target).reached is reached


def test_a_subject_is_made_of_its_modules_and_of_no_other(tmp_path: Path) -> None:
    for name in ("local_cosmos", "local_functions", "locality", "import_time"):
        (tmp_path / f"{name}.py").touch()
    assert modules_of("local", tmp_path) == ["local_cosmos", "local_functions"]
    assert modules_of("import_time", tmp_path) == ["import_time"]


def test_a_subject_that_measures_on_files_asks_for_their_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ingest"])

    assert ended.value.code == 2
    assert "name their folder by --data" in capsys.readouterr().err


def test_a_test_is_no_subject(tmp_path: Path) -> None:
    for name in ("local_cosmos", "local_functions", "test_cold_start"):
        (tmp_path / f"{name}.py").touch()
    assert subjects(tmp_path) == ["local", "local_cosmos", "local_functions"]
    assert modules_of("test_cold_start", tmp_path) == []
