"""The members of files, so far of plain text only."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from shared.ingestion.containers import Container, signed_container, text_container
from shared.ingestion.model import LineFormat
from shared.ingestion.ports import RangedFile
from shared.ingestion.sniffing import HEAD_BYTES, Head, sniff


@dataclass(frozen=True)
class Member:
    """One table of a file."""

    name: str
    container: Container
    encoding: str
    lines: LineFormat
    in_place: bool
    warnings: tuple[str, ...]


async def members_of(file: RangedFile) -> Sequence[Member]:
    """Return the members of a file."""
    first = await file.read(0, HEAD_BYTES)
    if signed_container(first) is Container.JSONL:
        return [Member(file.name, Container.JSONL, "utf-8", LineFormat.JSON_LINES, True, ())]
    head = sniff(first, file.size)
    return [Member(file.name, text_container(","), head.encoding, LineFormat.DELIMITED, True, ())]


async def head_of(file: RangedFile, member: Member) -> Head:
    """Return the first lines of a member."""
    first = await file.read(0, HEAD_BYTES)
    if member.lines is LineFormat.JSON_LINES:
        complete = file.size <= HEAD_BYTES
        text = first if complete else first[: first.rfind(b"\n") + 1]
        return Head(text, 0, "utf-8", complete)
    return sniff(first, file.size)


async def stream(file: RangedFile, member: Member) -> AsyncIterator[bytes]:
    """Yield the lines of a member that does not lie in the file as such."""
    yield b""
