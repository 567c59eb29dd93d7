"""The command line of `scripts/run`, and what it shows of progress."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from scripts.lib.demo.progress import step_of, watching
from scripts.lib.run import main
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView
from tests.unit.scripts.test_demo_result import INGEST


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--file", "{file}"], "--file and --tenant belong together"),
        (["--tenant", "harbor"], "--file and --tenant belong together"),
        (["--file", "{file}.gone", "--tenant", "harbor"], "there is no file"),
        (["--file", "{file}", "--tenant", "Harbor!"], "'Harbor!' is no tenant id"),
        (["--file", "{file}", "--tenant", "harbor", "--once"], "not allowed with argument"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_before_anything_starts(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file.csv"
    file.touch()
    with pytest.raises(SystemExit, match="2"):
        main([argument.format(file=file) for argument in arguments])
    assert sentence in capsys.readouterr().err


def _at(state: IngestState, done: int = 0) -> IngestView:
    return INGEST.model_copy(update={"state": state, "chunks": 4, "chunks_done": done})


def test_progress_never_goes_back_and_ends_full() -> None:
    way = [
        _at(IngestState.LANDED),
        _at(IngestState.PLANNED),
        *(_at(IngestState.WORKING, done) for done in range(4)),
        _at(IngestState.WORKED, 4),
        _at(IngestState.COMMITTED, 4),
        _at(IngestState.FOLDED, 4),
    ]
    steps = [step_of(ingest) for ingest in way]
    assert steps == sorted(steps)
    assert {step_of(_at(state)) for state in (IngestState.FAILED, IngestState.DUPLICATE)} == {steps[-1]}


def test_without_a_terminal_each_change_is_one_line() -> None:
    shown = io.StringIO()
    with watching(Console(file=shown)) as watch:
        for ingest in (_at(IngestState.LANDED), _at(IngestState.LANDED), _at(IngestState.WORKING, 1)):
            watch("harbor a.csv", ingest)
    assert shown.getvalue().splitlines() == [
        "harbor a.csv: landed, 10 of 10 records",
        "harbor a.csv: working, 10 of 10 records",
    ]
