"""Writes whole files of a feed, with the truth about them; the same seed gives the same bytes."""

import codecs
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import BinaryIO, Final, Literal

from scripts.lib.simulation.bundles import manifest_of, surprises_of
from scripts.lib.simulation.drafts import Draft, Drawing, Row
from scripts.lib.simulation.faults import RECORD_FAULTS, cut, spoiled
from scripts.lib.simulation.forms import Form, lay
from scripts.lib.simulation.lines import write_lines
from scripts.lib.simulation.naming import FileName, name_member
from scripts.lib.simulation.structures import STRUCTURES
from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.swapping import swapped
from scripts.lib.simulation.truth import FileTruth, MemberTruth, Notes
from scripts.lib.simulation.wishes import WORKBOOKS, Wish, extension_of, file_name
from scripts.lib.simulation.workbooks import write_ods, write_xlsx
from scripts.lib.simulation.zips import Zipping
from shared.ingestion.mapping.parts import Lookup, Part

_FAULTY: Final = 0.05
_PIECE: Final = 1 << 20
_LOOKED_UP: Final = 100
"""How many rows of a table are remembered for those that look up in it."""


def write_file(wish: Wish, out: BinaryIO, notes: Notes) -> FileTruth:
    """Write a file and return the truth about it."""
    name = file_name(wish)
    truth = FileTruth(name.text, wish.mapping.id)
    tables = _Tables(wish, name, truth, notes)
    match wish.container:
        case "zip":
            truth.unread = _zip(tables, wish, out)
        case "gzip":
            with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
                _pour(tables.only(name.text.removesuffix(".gz")), packed)
        case "xlsx" | "ods":
            sheet = wish.parts[0].name
            write_sheet = write_xlsx if wish.container == "xlsx" else write_ods
            write_sheet(sheet, tables.texts(wish.parts[0], f"{name.text}#{sheet}"), out)
        case "json" | "xml":
            _pour(tables.structured(name.text, wish.container), out)
        case _:
            _pour(tables.only(name.text), out)
    return truth


class _Tables:
    """The tables of a file as streams of text; what they say is noted in the truth as they go by."""

    def __init__(self, wish: Wish, name: FileName, truth: FileTruth, notes: Notes) -> None:
        self._wish = wish
        self._name = name
        self._random = Random(wish.seed)  # noqa: S311 - not a secret
        self._truth = truth
        self._notes = notes
        self._stated: dict[str, dict[str, Row]] = {}

    def only(self, name: str) -> Iterator[bytes]:
        """Return the bytes of the only table."""
        return self._encoded(self.texts(self._wish.parts[0], name))

    def structured(self, name: str, container: Literal["json", "xml"]) -> Iterator[bytes]:
        """Return the bytes of the only table as one document."""
        structures, wish = STRUCTURES[container], self._wish
        if wish.style.bom and wish.style.encoding == "utf-8":
            yield codecs.BOM_UTF8
        lines = self.texts(wish.parts[0], name)
        yield from self._encoded(structures[wish.seed % len(structures)](lines))

    def every(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the members of a bundle; those that others look up in come first."""
        sought = {part.lookup.part for part in self._wish.parts if part.lookup}
        for part in sorted(self._wish.parts, key=lambda part: part.name not in sought):
            name = name_member(part, extension_of(part, self._wish.style), self._random)
            yield name, self._encoded(self.texts(part, name))

    def texts(self, part: Part, name: str) -> Iterator[str]:
        """Yield the lines of a table."""
        form = lay(self._wish.mapping, part, self._style(part), name, self._wish.seed)
        form = replace(form, constants=self._name.constants)
        member = MemberTruth(name, part.name, part.table, drift=form.drift)
        self._truth.members.append(member)
        sought = [other.lookup for other in self._wish.parts if other.lookup]
        stated = self._stated.setdefault(part.name, {})
        for line in write_lines(form, self._drafts(form)):
            member.take(line, self._notes)
            for lookup in sought:
                if lookup.part == part.name and len(stated) < _LOOKED_UP:
                    stated |= _stated(lookup, line.rows)
            yield line.text

    def _style(self, part: Part) -> Style:
        """Return the style as the part and the container can have it."""
        style = self._wish.style
        if style.separator not in {None, *part.separators} or part.lines[0] != "delimited":
            style = replace(style, separator=None)
        if self._wish.container in WORKBOOKS:
            style = replace(
                style, separator=",", line_end="\n", bom=False, encoding="utf-8", blank_lines=False
            )
        if self._wish.container in {"json", "xml"}:
            structure = self._wish.container
            style = replace(style, structure=structure, line_end="\n", bom=False, blank_lines=False)
        if style.encoding == "cp1252":
            style = replace(style, bom=False)
        return replace(style, staged=self._wish.container != "plain")

    def _drafts(self, form: Form) -> Iterator[Draft]:
        wish, random = self._wish, self._random
        booked = wish.container in WORKBOOKS
        faults = [name for name in wish.faults if not (booked and RECORD_FAULTS[name].of_text)]
        others = self._stated.get(form.part.lookup.part, {}) if form.part.lookup else {}
        drawing = Drawing(form, random, others, moved=wish.moved, aged=wish.aged)
        drafts = drawing.records(wish.first, wish.rows)
        for at, draft in enumerate(drafts):
            one = swapped(form, draft) if wish.swapped else draft
            if wish.cut_short and wish.container == "plain" and at == wish.rows - 1:
                yield cut(form, one)
                return
            yield spoiled(form, one, faults, random) if faults and random.random() < _FAULTY else one
        aside = drawing.aside()
        if aside is not None and wish.rows:
            yield aside

    def _encoded(self, texts: Iterator[str]) -> Iterator[bytes]:
        style = self._wish.style
        if style.encoding == "utf-16":
            yield codecs.BOM_UTF16_LE
        encoding = "utf-16-le" if style.encoding == "utf-16" else style.encoding
        for text in texts:
            yield text.encode(encoding)


def _stated(lookup: Lookup, rows: Iterable[Row]) -> dict[str, Row]:
    """Return what others may take from rows, by the key that they look up, and which of them are deleted."""
    names = [*lookup.take.values(), "deleted"]
    return {str(row[lookup.on]): {name: row[name] for name in names} for row in rows}


def _pour(blocks: Iterator[bytes], out: BinaryIO | gzip.GzipFile) -> None:
    pending = bytearray()
    for block in blocks:
        pending += block
        if len(pending) >= _PIECE:
            out.write(bytes(pending))
            pending.clear()
    out.write(bytes(pending))


def _zip(tables: _Tables, wish: Wish, out: BinaryIO) -> list[str]:
    """Write a bundle and return the names of members that nobody reads."""
    random = Random(wish.seed)  # noqa: S311 - not a secret
    bundle = len(wish.parts) > 1
    manifest = manifest_of(wish.mapping, wish.parts, wish.load, random) if bundle else {}
    unread = surprises_of(wish.mapping, random) if wish.surprises else {}
    with Zipping(out) as archive:
        for name, text in (manifest | unread).items():
            archive.add(name, [text.encode()])
        for name, blocks in tables.every():
            archive.add(name, blocks)
    return list(unread)
