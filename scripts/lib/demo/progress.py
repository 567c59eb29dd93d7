"""Shows how far ingests are: bars on a terminal, a line per change of state elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView

_STEPS: Final = {
    IngestState.LANDED: 1.0,
    IngestState.PLANNED: 2.0,
    IngestState.WORKING: 2.0,
    IngestState.WORKED: 3.0,
    IngestState.COMMITTED: 4.0,
}
_LAST: Final = 5.0


class Watch(Protocol):
    """Shows an ingest as it is now, under a label that names its file."""

    def __call__(self, label: str, ingest: IngestView) -> None:
        """Show it."""
        ...


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """Return what shows ingests, side by side, until the block ends."""
    if console.is_terminal:
        with _bars(console) as progress:
            yield _Bars(progress).show
    else:
        yield _Lines(console).show


def step_of(ingest: IngestView) -> float:
    """Return how far an ingest is, from 0 to 5; chunks that are done count as parts of a step."""
    step = _STEPS.get(ingest.state, _LAST)
    if ingest.state is IngestState.WORKING and ingest.chunks:
        step += ingest.chunks_done / ingest.chunks
    return step


def _bars(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]:<10}"),
        TextColumn("{task.fields[records]:>11,} records"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console)


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def show(self, label: str, ingest: IngestView) -> None:
        if label not in self._bars:
            self._bars[label] = self._progress.add_task(label, total=_LAST, state="", records=0)
        self._progress.update(
            self._bars[label],
            completed=step_of(ingest),
            state=ingest.state,
            records=ingest.accepted + ingest.rejected,
        )


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[str, tuple[str, int]] = {}

    def show(self, label: str, ingest: IngestView) -> None:
        now = (ingest.state.value, ingest.chunks_done)
        if self._shown.get(label) != now:
            self._shown[label] = now
            done = ingest.accepted + ingest.rejected
            self._console.print(f"{label}: {ingest.state}, {done:,} of {ingest.records:,} records")
