"""The faults of records that are sown into files: a closed list, and what must come of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from scripts.lib.simulation.drafts import Draft, rejected
from scripts.lib.simulation.forms import Form
from scripts.lib.simulation.lines import delimited, fixed_width, text_of
from shared.ingestion.mapping.columns import Cast, Column
from shared.ingestion.model import RejectCode

_NUMBERS: Final = frozenset({Cast.DECIMAL, Cast.PERCENT})
_TOO_LONG: Final = "much to say "


@dataclass(frozen=True, slots=True)
class RecordFault:
    """A fault of a single record. `spoil` returns None where a record of the form can't have it."""

    name: str
    says: str
    spoil: Callable[[Form, Draft, Random], Draft | None]
    of_text: bool = False
    """Whether it is a fault of how cells are written, which the sheet of a workbook can't have."""


def _cell(
    code: RejectCode, texts: Sequence[str], kinds: frozenset[Cast]
) -> Callable[[Form, Draft, Random], Draft | None]:
    """Put a text that does not cast into a column of one of the kinds."""

    def spoil(form: Form, draft: Draft, random: Random) -> Draft | None:
        columns = castable(form)
        fitting = [(at, column) for at, column in columns.items() if _kind(form, column) in kinds]
        fitting = [(at, column) for at, column in fitting if not column.capture]
        if not fitting:
            return None
        at, _ = random.choice(fitting)
        text = random.choice(texts)
        return _with(form, draft, at, text, code)

    return spoil


def castable(form: Form) -> dict[int, Column]:
    """Return the columns whose cells are cast in every record, those of measures too, by position.

    What a column comes to that an exception of the feed names depends on the others; one that measures fill
    is not read besides.
    """
    excepted = {name for case in form.part.cases for name in (*case.where, *case.then)}
    excepted |= {name for measure in form.measures for name in measure.cells}
    columns = {at: column for at, column in form.filling.items() if column.name not in excepted}
    for measure in form.measures:
        for name, at in measure.cells.items():
            columns[at] = form.part.by_name.get(name) or Column(name=name, labels=(name,))
    return columns


def _kind(form: Form, column: Column) -> Cast | None:
    return column.cast_in(form.part.canonical)


def _with(form: Form, draft: Draft, at: int, text: str, code: RejectCode) -> Draft | None:
    if form.limits and len(text) > form.limits[at]:
        return None
    cells = [*draft.cells[:at], text, *draft.cells[at + 1 :]]
    return rejected(replace(draft, cells=cells), code, form.header[at])


def _missing(form: Form, draft: Draft, random: Random) -> Draft | None:
    deleted = form.known.get("deleted")
    lacking = [name for name in form.needed if name in form.known and not form.part.by_name[name].default]
    lacking = [
        name for name in lacking if _rejects_without(form, name) and form.known[name] in castable(form)
    ]
    if not lacking or (deleted is not None and any(row["deleted"] for row in draft.facts)):
        return None
    name = random.choice(sorted(lacking))
    at = form.known[name]
    said = _with(form, draft, at, random.choice(list(form.mapping.missing)), RejectCode.MISSING)
    if said is not None and not form.part.by_name[name].required:
        return rejected(said, RejectCode.MISSING)
    return said


def _rejects_without(form: Form, name: str) -> bool:
    """Tell whether a record without this column is rejected."""
    part = form.part
    wanted = part.canonical.required - {"attempt"} if part.unpivot is None else frozenset[str]()
    return part.by_name[name].required or name in wanted


def _range(form: Form, draft: Draft, random: Random) -> Draft | None:
    fitting = [
        (at, c)
        for at, c in castable(form).items()
        if c.minimum is not None and _kind(form, c) in {*_NUMBERS, Cast.INTEGER}
    ]
    if not fitting:
        return None
    at, column = random.choice(fitting)
    return _with(form, draft, at, str((column.minimum or 0) - 1), RejectCode.RANGE)


def _long(form: Form, draft: Draft, random: Random) -> Draft | None:
    columns = castable(form)
    fitting = [at for at, c in columns.items() if _kind(form, c) is Cast.TEXT and not c.capture]
    if not fitting:
        return None
    at = random.choice(fitting)
    text = _TOO_LONG * (columns[at].longest // len(_TOO_LONG) + 2)
    return _with(form, draft, at, text.strip(), RejectCode.TEXT)


def _unknown(form: Form, draft: Draft, _: Random) -> Draft | None:
    lookup = form.part.lookup
    if lookup is None or any(row["deleted"] for row in draft.facts):
        return None
    return _with(form, draft, form.known[lookup.on], "nowhere-1", RejectCode.REFERENCE)


def _ragged(form: Form, draft: Draft, random: Random) -> Draft | None:
    if form.part.lines[0] != "delimited" or len(form.header) < 3:
        return None
    cells = draft.cells[:-2] if random.random() < 0.5 else [*draft.cells, "one too many"]
    return rejected(replace(draft, cells=cells), RejectCode.RAGGED)


def _stray_quote(form: Form, draft: Draft, random: Random) -> Draft | None:
    if form.part.lines[0] != "delimited":
        return None
    cells = [cell.replace("\n", " ").replace('"', "").replace(form.separator, " ") for cell in draft.cells]
    cells[random.randrange(len(cells))] = "6'2\""
    return rejected(replace(draft, line=form.separator.join(cells)), RejectCode.QUOTING)


def _broken_json(form: Form, draft: Draft, random: Random) -> Draft | None:
    structure = form.style.structure
    if form.part.lines[0] != "json-lines" or structure == "xml":
        return None
    # Brackets within a list must close, or there is no telling where the next record begins.
    unbound = () if structure else ('{"cut": "off', "plain text", '{"a": 1} {"b": 2}')
    line = random.choice(('["a", "list"]', '{"a": 1,, "b": 2}', *unbound))
    return rejected(replace(draft, line=line), RejectCode.JSON)


def _wrong_width(form: Form, draft: Draft, random: Random) -> Draft | None:
    if form.part.lines[0] != "fixed-width":
        return None
    line = fixed_width(form, draft.cells)
    return rejected(replace(draft, line=random.choice((line[:-3] + "x", line + "xx"))[:]), RejectCode.WIDTH)


def _quoted_newline(form: Form, draft: Draft, _: Random) -> Draft | None:
    """Put a line break into a cell that nobody reads; the record is as good as before."""
    if form.part.lines[0] != "delimited":
        return None
    named = {name for rule in form.part.skip for name in rule}
    read = castable(form).keys() | {form.known[name] for name in named if name in form.known}
    idle = [at for at in range(len(form.header)) if at not in read]
    if not idle or draft.rejection:
        return None
    cells = list(draft.cells)
    cells[idle[0]] = 'two\nlines, one "cell"'
    return replace(draft, line=delimited(form, cells))


_fault: Final = RecordFault
_C: Final = RejectCode
RECORD_FAULTS: Final[Mapping[str, RecordFault]] = {
    fault.name: fault
    for fault in (
        _fault("bad-number", "number and letter in one cell, or a word: rejected", _cell(
            _C.NUMBER, ("eight", "85.12 B+", "--.", "1,2.3", "VOID", "1e"), _NUMBERS)),
        _fault("percent-sign", "a percent sign where points belong: rejected", _cell(
            _C.NUMBER, ("57%", "100 %"), frozenset({Cast.DECIMAL}))),
        _fault("bad-integer", "no whole number: rejected", _cell(
            _C.INTEGER, ("first", "1.5", "99999999999"), frozenset({Cast.INTEGER}))),
        _fault("bad-timestamp", "a date in an order that the feed never has, a term's name: rejected", _cell(
            _C.TIMESTAMP, ("last Tuesday", "Spring 2026", "31.31.2026", "nodate"),
            frozenset({Cast.TIMESTAMP, Cast.EPOCH}))),
        _fault("unknown-code", "a code that the feed does not know: rejected", _cell(
            _C.CODE, ("pending?", "zz9"), frozenset({Cast.CODE}))),
        _fault("bad-duration", "no duration: rejected", _cell(
            _C.DURATION, ("soon", "1:2:3:4"), frozenset({Cast.DURATION}))),
        _fault("bad-boolean", "neither true nor false: rejected", _cell(
            _C.BOOLEAN, ("perhaps", "7"), frozenset({Cast.BOOLEAN}))),
        _fault("missing-value", "no value where one is needed: rejected", _missing),
        _fault("out-of-range", "less than the feed allows: rejected", _range),
        _fault("long-text", "more text than any column holds: rejected", _long),
        _fault("unknown-reference", "names what no other table of the file states: rejected", _unknown),
        _fault("ragged-record", "too few or too many cells: rejected", _ragged, of_text=True),
        _fault("stray-quote", "a quotation mark within a cell: rejected", _stray_quote, of_text=True),
        _fault("malformed-json", "a line that is no JSON object: rejected", _broken_json),
        _fault("wrong-width", "a line that is cut or too long: rejected", _wrong_width),
        _fault("quoted-newline", "a line break within quotes: read as it stands", _quoted_newline),
    )
}  # fmt: skip
"""Every fault of records by name."""


def spoiled(form: Form, draft: Draft, names: Sequence[str], random: Random) -> Draft:
    """Return the record with one of the faults, or as it is where it can have none of them."""
    if draft.skipped or draft.rejection:
        return draft
    for name in random.sample(names, len(names)):
        found = RECORD_FAULTS[name].spoil(form, draft, random)
        if found is not None:
            return found
    return draft


def cut(form: Form, draft: Draft) -> Draft:
    """Return the record as it is where the file ends within it."""
    codes = {"delimited": RejectCode.RAGGED, "json-lines": RejectCode.JSON, "fixed-width": RejectCode.WIDTH}
    lines, cells = form.part.lines[0], ["cut", *draft.cells[1 : len(draft.cells) // 2]]
    text = text_of(form, draft.cells)
    line = delimited(form, cells) if lines == "delimited" else text[: len(text) // 2]
    return replace(rejected(draft, codes[lines]), line=line, cut=True, skipped=False)
