"""Archives are read by the ranges they ask for, and come out as they were put in, or are refused."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from shared.standards.archives.directory import data_offset, read_directory
from shared.standards.archives.faults import ArchiveFault
from shared.standards.archives.inflating import Inflater, Stored
from shared.standards.archives.model import Asking, Entry
from shared.standards.archives.rules import DEFLATED, refuse_unsafe
from shared.standards.qti.faults import QtiError
from shared.standards.qti.limits import LIMITS
from shared.standards.qti.packages.sources import ZipSource

NAMES = st.lists(
    st.text(
        st.characters(codec="utf-8", min_codepoint=33, max_codepoint=0x2FF, exclude_characters="/\\:\x7f"),
        min_size=1,
    ),
    unique_by=lambda name: name.casefold(),
    max_size=6,
)


class Bounds:
    members = 100
    unpacked = 1_000_000
    ratio = 1_000
    ratio_from = 1_000_000


def written(files: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def answered[T](asking: Asking[T], content: bytes) -> tuple[T, list[int]]:
    """The answer, and how many bytes were asked for at a time."""
    lengths = []
    try:
        asked = next(asking)
        while True:
            lengths.append(asked.length)
            asked = asking.send(content[asked.offset : asked.offset + asked.length])
    except StopIteration as done:
        return done.value, lengths


def unpacked(entry: Entry, content: bytes) -> bytes:
    offset, _ = answered(data_offset("x.zip", len(content), entry), content)
    reader: Inflater | Stored = Stored("x", entry.unpacked, entry.crc)
    if entry.method == DEFLATED:
        reader = Inflater("x", entry.unpacked, entry.crc, Bounds())
    packed = content[offset : offset + entry.packed]
    return b"".join((*reader.feed(packed), *reader.finish()))


@given(NAMES, st.lists(st.binary(max_size=300), min_size=6), st.sampled_from((0, 8)))
def test_what_honest_tools_write_comes_out_alike(
    names: list[str], contents: list[bytes], method: int
) -> None:
    files = dict(zip(names, contents, strict=False))
    content = written({name: data for name, data in files.items() if name not in {".", ".."}}, method)
    entries, _ = answered(read_directory("x.zip", len(content), Bounds()), content)
    try:
        refuse_unsafe(entries, "x.zip", Bounds())
    except ArchiveFault as fault:
        assert "two members have this name" in str(fault)  # composed by Unicode alike
        return
    assert {entry.name: unpacked(entry, content) for entry in entries} == {
        entry.name: files[entry.name] for entry in entries
    }


def test_only_the_end_and_the_directory_are_asked_for() -> None:
    content = written({f"{n}.bin": bytes(200_000) for n in range(5)}, 0)
    entries, lengths = answered(read_directory("x.zip", len(content), Bounds()), content)
    assert len(entries) == 5
    assert sum(lengths) < 70_000


@given(st.binary(max_size=400))
def test_bytes_that_are_no_archive_are_refused_and_nothing_else(content: bytes) -> None:
    try:
        answered(read_directory("x.zip", len(content), Bounds()), content)
    except ArchiveFault:
        return
    assert b"PK\x05\x06" in content


@given(st.binary(max_size=2_000), st.integers(0, 2_200), st.integers(0, 255))
def test_a_changed_byte_never_gives_other_content(data: bytes, at: int, byte: int) -> None:
    content = bytearray(written({"a.bin": data}, 8))
    content[at % len(content)] = byte
    try:
        source = ZipSource(bytes(content), "x.zip", LIMITS)
        read = [b"".join(source.stream(name)) for name in source.sizes]
    except QtiError:
        return
    assert read == [data]
