"""The refusals of files that can't be opened, each with the member and the byte."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import Violation
from shared.standards.archives.faults import ArchiveFault, Damaged, UnknownMethod


def unsafe(member: str, what: str) -> FileRefused:
    """Return the refusal of an archive that no honest tool writes, or that asks for too much."""
    return FileRefused(
        FailureCode.UNSAFE_ARCHIVE, f"the archive is not opened: {what}", Violation(member, what)
    )


def damaged(member: str, byte: int, what: str) -> FileRefused:
    """Return the refusal of a file whose container breaks at an offset."""
    place = Violation(f"{member}, byte {byte}", what)
    return FileRefused(FailureCode.DAMAGED, f"the file is damaged: {what}", place)


def unread(member: str, what: str) -> FileRefused:
    """Return the refusal of content that is not read here."""
    return FileRefused(
        FailureCode.CONTAINER, f"the file is {what}; no feed reads that", Violation(member, what)
    )


def not_in(encoding: str, member: str, byte: int) -> FileRefused:
    """Return the refusal of text with a byte that its encoding does not have."""
    what = f"a byte that {encoding} does not have"
    detail = f"the text is not {encoding} throughout"
    return FileRefused(FailureCode.ENCODING, detail, Violation(f"{member}, byte {byte}", what))


def beyond(member: str, what: str) -> FileRefused:
    """Return the refusal of a member that is larger than a stated limit."""
    return FileRefused(FailureCode.TOO_LARGE, f"the file is too large: {what}", Violation(member, what))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is wrong with an archive into the refusal of the file."""
    try:
        yield
    except ArchiveFault as fault:
        raise _refusal(fault) from None


def _refusal(fault: ArchiveFault) -> FileRefused:
    if isinstance(fault, Damaged):
        return damaged(fault.member, fault.byte, fault.what)
    if isinstance(fault, UnknownMethod):
        return unread(fault.member, fault.what)
    return unsafe(fault.member, fault.what)
