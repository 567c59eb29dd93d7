"""Writes whole files of a feed, with the truth about them; the same seed gives the same bytes."""

import codecs
import gzip
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import BinaryIO, Final, Literal

from scripts.lib.simulation.drafts import Draft, Drawing, Row
from scripts.lib.simulation.faults import spoiled
from scripts.lib.simulation.forms import Form, lay
from scripts.lib.simulation.lines import write_lines
from scripts.lib.simulation.naming import FileName, name_file, name_member
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.truth import FileTruth, MemberTruth
from shared.ingestion.mapping import Mapping, Part

_FAULTY: Final = 0.05
_EXTENSIONS: Final = {"json-lines": ".jsonl", "fixed-width": ".txt"}
_PIECE: Final = 1 << 20

type Container = Literal["plain", "gzip", "zip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A file to write: `rows` rows of the district from `first` on, of each table."""

    mapping: Mapping
    parts: tuple[Part, ...]
    rows: int
    seed: int
    first: int = 0
    series: int = 0
    style: Style = field(default_factory=Style)
    faults: tuple[str, ...] = ()
    """Names of faults of records; about one record in twenty has one of them."""
    container: Container = "plain"


def write_file(wish: Wish, out: BinaryIO) -> FileTruth:
    """Write a file and return the truth about it."""
    random = Random(wish.seed)  # noqa: S311 - not a secret
    name = file_name(wish)
    truth = FileTruth(name.text, wish.mapping.id)
    tables = _Tables(wish, name, random, truth)
    match wish.container:
        case "zip":
            _zip(tables, out)
        case "gzip":
            with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
                _pour(tables.only(name.text.removesuffix(".gz")), packed)
        case _:
            _pour(tables.only(name.text), out)
    return truth


def file_name(wish: Wish) -> FileName:
    """Return the name of the file that is wished for."""
    single = wish.parts[0] if len(wish.parts) == 1 else None
    extension = ".zip" if wish.container == "zip" else extension_of(wish.parts[0], wish.style)
    name = name_file(wish.mapping, single, wish.series, extension, Random(wish.series))  # noqa: S311
    return replace(name, text=f"{name.text}.gz") if wish.container == "gzip" else name


def extension_of(part: Part, style: Style) -> str:
    """Return how the name of a table's file ends."""
    if part.lines[0] != "delimited":
        return _EXTENSIONS[part.lines[0]]
    return ".tsv" if (style.separator or part.separators[0]) == "\t" else ".csv"


class _Tables:
    """The tables of a file as streams of text; what they say is noted in the truth as they go by."""

    def __init__(self, wish: Wish, name: FileName, random: Random, truth: FileTruth) -> None:
        self._wish = wish
        self._name = name
        self._random = random
        self._truth = truth
        self._stated: dict[str, list[Row]] = {}

    def only(self, name: str) -> Iterator[bytes]:
        """Return the bytes of the only table."""
        return self._encoded(self._table(self._wish.parts[0], name))

    def every(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the members of a bundle; those that others look up in come first."""
        sought = {part.lookup.part for part in self._wish.parts if part.lookup}
        for part in sorted(self._wish.parts, key=lambda part: part.name not in sought):
            name = name_member(part, extension_of(part, self._wish.style), self._random)
            yield name, self._encoded(self._table(part, name))

    def _table(self, part: Part, name: str) -> Iterator[str]:
        style = self._wish.style
        if style.separator not in {None, *part.separators} or part.lines[0] != "delimited":
            style = replace(style, separator=None)
        form = lay(self._wish.mapping, part, style, name, self._wish.seed)
        form = replace(form, constants=self._name.constants)
        member = MemberTruth(name, part.name, part.table, drift=form.drift)
        self._truth.members.append(member)
        for line in write_lines(form, self._drafts(form)):
            member.take(line)
            yield line.text
        self._stated[part.name] = member.facts

    def _drafts(self, form: Form) -> Iterator[Draft]:
        wish, random = self._wish, self._random
        lookup = form.part.lookup
        others = (
            {str(row[lookup.on]): row for row in self._stated.get(lookup.part, ()) if row[lookup.on]}
            if lookup
            else {}
        )
        drawing = Drawing(form, random, others)
        for draft in drawing.records(wish.first, wish.rows):
            if wish.faults and random.random() < _FAULTY:
                yield spoiled(form, draft, wish.faults, random)
            else:
                yield draft
        aside = drawing.aside()
        if aside is not None:
            yield aside

    def _encoded(self, texts: Iterator[str]) -> Iterator[bytes]:
        style = self._wish.style
        if style.encoding == "utf-16":
            yield codecs.BOM_UTF16_LE
        encoding = "utf-16-le" if style.encoding == "utf-16" else style.encoding
        for text in texts:
            yield text.encode(encoding)


def _pour(blocks: Iterator[bytes], out: "BinaryIO | gzip.GzipFile | zipfile.ZipExtFile") -> None:
    pending = bytearray()
    for block in blocks:
        pending += block
        if len(pending) >= _PIECE:
            out.write(bytes(pending))
            pending.clear()
    out.write(bytes(pending))


def _zip(tables: _Tables, out: BinaryIO) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, blocks in tables.every():
            entry = zipfile.ZipInfo(name, (2026, 3, 5, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with bundle.open(entry, "w") as member:
                for block in blocks:
                    member.write(block)


def all_singles(mapping: Mapping) -> Sequence[Part]:
    """Return the parts that a plain file may hold: those that need no other table."""
    return [part for part in mapping.parts if part.lookup is None]
