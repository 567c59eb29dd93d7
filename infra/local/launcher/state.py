"""The folder that holds all local state: used by one launcher at a time, cleared on request."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.launcher.errors import AlreadyRunning, StateFolderForeign

_LOCK = "launcher.lock"


@contextmanager
def exclusive_state(folder: Path, *, fresh: bool) -> Iterator[Path]:
    """Hold the folder for this process, emptied first when `fresh`; `AlreadyRunning` names who holds it.

    The lock ends with the process, however that ends. Only a folder that a launcher has held before is
    emptied: `StateFolderForeign` when another one holds files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        _refuse_foreign(folder)
    with (folder / _LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            lock.seek(0)
            raise AlreadyRunning(f"{folder} is in use by process {lock.read()}: stop that first") from held
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        if fresh:
            _clear(folder)
        yield folder


def _refuse_foreign(folder: Path) -> None:
    if not (folder / _LOCK).exists() and any(folder.iterdir()):
        raise StateFolderForeign(
            f"{folder} holds files of something else, and --fresh would delete them: give another --data"
        )


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != _LOCK:
            entry.unlink()
