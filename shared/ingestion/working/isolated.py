"""The process in which a suspect chunk is worked: one task on standard input, its result on standard output.

Its memory is limited, and whatever ends it ends nobody else. `isolating` starts it.
"""

import pickle
import resource
import sys
from collections.abc import Callable
from typing import Final

from shared.ingestion.working.work import Task, Work, work

MEMORY_BYTES: Final = 4 * 1024**3
"""Address space of the process: far more than any sound chunk takes, and less than what hurts a neighbour."""


def serve(run: Callable[[bytes, Task, bytes], Work]) -> None:
    """Answer the one task that stands on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data, task, key = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the parent process
    pickle.dump(run(data, task, key), sys.stdout.buffer)


if __name__ == "__main__":
    serve(work)
