"""The rules of ingestion as pure functions."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from shared.ingestion.model import WITH_FACTS, ChunkDone, Failure, Ingest, IngestState, Recognition, Upload
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import InvalidInput, TooLarge

CHUNK_BYTES: Final = 10 * 1024 * 1024
"""Bytes of a chunk of a long file: with two made and two read or written a host stays below 400 MB."""
WIDE_SHARE: Final = 8
"""A wide file's chunk is so many times smaller: it has about as many facts as a chunk of a long file."""
WINDOW: Final = 6
"""Chunks of one ingest in flight at a time, so that no dump fills the queue."""
CHUNKS_A_CALL: Final = 4
"""Chunks that one message asks for: what a message costs is spread over them."""
INLINE_BYTES: Final = 8 * 1024 * 1024
"""A file up to this size, of no more chunks than the window, is worked in the call that plans it."""
LOOKUP_BYTES: Final = 64 * 1024 * 1024
"""What a part that others look up in may have: it is held in memory with each of their chunks."""
TO_WORK: Final = frozenset({IngestState.PLANNED, IngestState.WORKING})
"""The states of an ingest whose chunks are worked."""
SUSPECT_FROM: Final = 3
"""The delivery from which on a chunk is suspected to end whoever works it."""
GRANT_VALID: Final = timedelta(hours=1)
STUCK_AFTER: Final = timedelta(minutes=15)
"""Longer than a function may run or a message be put off: whoever had the work has given it back by then."""
EVENT_MISSED_UNTIL: Final = timedelta(days=2)
"""How old an upload may be whose blob is looked for because no event told of it: older than any grant."""
EMPTY_SETTLED_AFTER: Final = timedelta(minutes=10)
"""Many clients make a file first and write to it when its turn comes."""
LARGEST_UPLOAD: Final = 10 * 1024**3
"""What one call can plan; an agreement may allow a tenant less, never more."""


def check_size(size: int | None, limit: int) -> None:
    """Refuse an upload that announces a size that is not taken in; None announces nothing."""
    if size is not None and size <= 0:
        raise InvalidInput.at("/size", "a file has at least one byte")
    if size is not None and size > limit:
        raise TooLarge(f"a file has at most {limit} bytes")


def landed(upload: Upload, size: int, etag: str, at: datetime) -> Ingest:
    """Return the ingest of a blob that landed: ended at once when it is larger than its upload allowed."""
    ingest = Ingest(
        id=upload.id,
        state=IngestState.LANDED,
        file_name=upload.file_name,
        blob=upload.blob,
        etag=etag,
        size=size,
        feed_hint=upload.feed_hint,
        way=upload.way,
        reached={IngestState.LANDED: at},
    )
    if size <= upload.size_limit:
        return ingest
    detail = f"the file has {size} bytes; at most {upload.size_limit} are taken in"
    return ingest.failed(Failure(FailureCode.TOO_LARGE, detail), at)


def chunk_bytes(base: int, *, wide: bool) -> int:
    """Return the chunk size for wide or long tables, given the size for long ones."""
    return max(base // WIDE_SHARE, 1) if wide else base


def states_the_same(pins: Recognition, earlier: Ingest) -> bool:
    """Tell whether an earlier ingest of the source committed the very facts that `pins` would give."""
    other = earlier.recognition
    return earlier.state in WITH_FACTS and other is not None and replace(other, source=pins.source) == pins


def check_lookup(part: str, size: int) -> None:
    """Refuse a file whose tables look up in one of `size` bytes that no worker shall hold."""
    if size > LOOKUP_BYTES:
        raise FileRefused(
            FailureCode.TOO_LARGE,
            f"the table {part} has {size} bytes; others may look up in at most {LOOKUP_BYTES}",
        )


def is_small(ingest: Ingest, window: int) -> bool:
    """Tell whether a planned file is worked to the end in the call that plans it."""
    return ingest.size <= INLINE_BYTES and ingest.progress.chunks <= window


def first_chunks(chunks: int, window: int) -> range:
    """Return the chunks to ask for at once."""
    return range(min(window, chunks))


def chunks_of_call(n: int, chunks: int, window: int) -> range:
    """Return the chunks that a call which begins with chunk `n` works one after the other."""
    return range(n, min(chunks, n + CHUNKS_A_CALL * window), window)


def next_chunk(n: int, chunks: int, window: int) -> int | None:
    """Return the chunk that follows chunk `n` in its place of the window, None after the last."""
    return n + window if n + window < chunks else None


def after_chunk(ingest: Ingest, done: ChunkDone, max_rejected_share: float, at: datetime) -> Ingest:
    """Return the ingest after one more chunk: working, worked, or failed for too many rejects."""
    progress = ingest.progress.plus(done, at)
    after = replace(ingest, progress=progress)
    if progress.chunks_done < progress.chunks:
        return after if after.state is IngestState.WORKING else after.to(IngestState.WORKING, at)
    failure = too_many_rejects(progress.rejected, progress.records, max_rejected_share)
    return after.failed(failure, at) if failure else after.to(IngestState.WORKED, at)


def too_many_rejects(rejected: int, records: int, share: float) -> Failure | None:
    """Return the failure of a file of which more than `share` of the records were rejected, else None."""
    if rejected <= share * records:
        return None
    return Failure(
        FailureCode.TOO_MANY_REJECTS,
        f"{rejected} of {records} records were rejected, more than {share:.0%}; nothing was taken over",
    )
