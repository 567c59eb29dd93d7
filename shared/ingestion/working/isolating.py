"""Works a chunk that has ended its process before: in processes of its own, halved until the record is found.

A chunk that crashes its reader, or takes all memory, would come back with every delivery. Here each half is
worked apart, and the half that dies is halved again, down to single records. These are rejected; all others
are accepted or rejected as ever.
"""

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from shared.ingestion.model import LineFormat, RejectCode
from shared.ingestion.reading.records import RecordSplitter
from shared.ingestion.working.verdicts import REJECTS
from shared.ingestion.working.work import Task, Work

_SECONDS: Final = 120
_ENTRY: Final = "shared.ingestion.working.isolated"
_MESSAGE: Final = "reading this record ends the process that reads it"


@dataclass(frozen=True, slots=True)
class Isolator:
    """Works suspect chunks. `entry` is the module that is run as a process."""

    entry: str = _ENTRY
    seconds: float = _SECONDS
    """How long a piece may take before it counts as one that never ends."""

    async def work(self, data: bytes, task: Task, key: bytes) -> Work:
        """Return what `working.work` would, with the records rejected that end a process."""
        pieces = [piece async for piece in _Halving(self, data, key, task).pieces()]
        facts = pl.concat([piece.facts for piece in pieces])
        rejects = pl.concat([piece.rejects for piece in pieces]).sort("record")
        people = [piece.people for piece in pieces if piece.people is not None]
        records = sum(piece.records for piece in pieces)
        return Work(facts, rejects, records, pl.concat(people) if people else None)

    async def run(self, data: bytes, task: Task, key: bytes) -> Work | None:
        """Work one piece in a process of its own; None when it dies, fails or does not end."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.entry,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            asked = process.communicate(pickle.dumps((data, task, key)))
            answer, _ = await asyncio.wait_for(asked, self.seconds)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            return None
        done: Work = pickle.loads(answer)  # noqa: S301 - written by the process started above
        return done


class _Halving:
    """The halving of one chunk."""

    def __init__(self, isolator: Isolator, data: bytes, key: bytes, task: Task) -> None:
        self._isolator = isolator
        self._data = data
        self._key = key
        self._task = task
        self._spans = _spans(data, task)

    async def pieces(self) -> AsyncIterator[Work]:
        """Yield the results of the pieces in order."""
        waiting = [range(len(self._spans))]
        while waiting:
            records = waiting.pop()
            data, task = self._piece(records)
            done = await self._isolator.run(data, task, self._key)
            if done is not None:
                yield done
            elif len(records) == 1:
                yield _poisoned(task)
            else:
                half = len(records) // 2
                waiting += [records[half:], records[:half]]

    def _piece(self, records: range) -> tuple[bytes, Task]:
        """Return the bytes of some records and the task to work just them."""
        start, end = self._spans[records.start][0], self._spans[records.stop - 1][1]
        chunk = replace(
            self._task.chunk,
            offset=self._task.chunk.offset + start,
            length=end - start,
            first_record=self._task.chunk.first_record + records.start,
            records=len(records),
        )
        return self._data[start:end], replace(self._task, chunk=chunk)


def _spans(data: bytes, task: Task) -> Sequence[tuple[int, int]]:
    """Return start and end of each record, found without the reader that died."""
    dialect = task.member.layout.dialect
    if dialect.lines is LineFormat.DELIMITED:
        spans = RecordSplitter(dialect.separator).split(data, complete=True)
        return [(span.start, span.end) for span in spans]
    found, start = list[tuple[int, int]](), 0
    for line in data.split(b"\n"):
        end = min(start + len(line) + 1, len(data))
        if line.strip():
            found.append((start, end))
        start = end
    return found


def _poisoned(task: Task) -> Work:
    """Return the result of a single record that nobody can read."""
    chunk = task.chunk
    reject = (chunk.first_record, chunk.offset, chunk.length, None, RejectCode.POISON.value, _MESSAGE)
    rejects = pl.DataFrame([reject], schema=REJECTS, orient="row")
    return Work(pl.DataFrame(schema=task.part.canonical.schema), rejects, 1)
