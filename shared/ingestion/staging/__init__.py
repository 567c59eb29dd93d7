"""shim until the containers branch lands"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from shared.ingestion.containers import Container, signed_container, text_container
from shared.ingestion.model import LineFormat
from shared.ingestion.ports import RangedFile
from shared.ingestion.sniffing import HEAD_BYTES, Head, sniff


@dataclass(frozen=True)
class Member:
    name: str
    container: Container
    encoding: str
    lines: LineFormat
    in_place: bool
    warnings: tuple[str, ...]


async def members_of(file: RangedFile) -> Sequence[Member]:
    first = await file.read(0, HEAD_BYTES)
    if signed_container(first) is Container.JSONL:
        return [Member(file.name, Container.JSONL, "utf-8", LineFormat.JSON_LINES, True, ())]
    head = sniff(first, file.size)
    return [Member(file.name, text_container(","), head.encoding, LineFormat.DELIMITED, True, ())]


async def head_of(file: RangedFile, member: Member) -> Head:
    first = await file.read(0, HEAD_BYTES)
    if member.lines is LineFormat.JSON_LINES:
        complete = file.size <= HEAD_BYTES
        text = first if complete else first[: first.rfind(b"\n") + 1]
        return Head(text, 0, "utf-8", complete)
    return sniff(first, file.size)


async def stream(file: RangedFile, member: Member) -> AsyncIterator[bytes]:
    yield b""
