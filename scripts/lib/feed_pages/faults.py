"""The table of the codes under which records of a part may be rejected."""

from collections.abc import Iterator

from scripts.lib.feed_pages.columns import needed, read_into
from scripts.lib.feed_pages.markdown import code, codes, table
from shared.ingestion.mapping.columns import Cast
from shared.ingestion.mapping.parts import Part
from shared.ingestion.model import RejectCode

CAST_FAULTS = {
    Cast.TEXT: RejectCode.TEXT,
    Cast.INTEGER: RejectCode.INTEGER,
    Cast.DECIMAL: RejectCode.NUMBER,
    Cast.PERCENT: RejectCode.NUMBER,
    Cast.DURATION: RejectCode.DURATION,
    Cast.TIMESTAMP: RejectCode.TIMESTAMP,
    Cast.EPOCH: RejectCode.TIMESTAMP,
    Cast.CODE: RejectCode.CODE,
    Cast.BOOLEAN: RejectCode.BOOLEAN,
}
_LINE_FAULTS = {
    "delimited": (
        (RejectCode.RAGGED, "the record has not as many fields as the header"),
        (RejectCode.QUOTING, "a quotation mark stands where none may"),
    ),
    "json-lines": ((RejectCode.JSON, "the line is no JSON object"),),
    "fixed-width": ((RejectCode.WIDTH, "the line is not as wide as the layout"),),
}


def faults_table(part: Part) -> str:
    """Return each possible code and what it is about."""
    return table(("Code", "About"), ((code(fault), about) for fault, about in faults(part)))


def faults(part: Part) -> Iterator[tuple[RejectCode, str]]:
    """Yield the codes under which a record of the part may be rejected, and what each is about."""
    for lines in part.lines:
        yield from _LINE_FAULTS[lines]
    yield from _cell_faults(part)
    if part.lookup:
        stated = f"stated by {code(part.lookup.part)}, neither in the file nor before"
        yield RejectCode.REFERENCE, f"{code(part.lookup.on)} is not {stated}"
    yield RejectCode.POISON, "the record ends the process that reads it"


def _cell_faults(part: Part) -> Iterator[tuple[RejectCode, str]]:
    read = read_into(part)
    about: dict[RejectCode, list[str]] = {RejectCode.MISSING: sorted(needed(part))}
    for column, kind in read:
        about.setdefault(CAST_FAULTS[kind], []).append(column.name)
    about[RejectCode.RANGE] = [column.name for column, _ in read if column.minimum is not None]
    yield from ((fault, codes(names)) for fault, names in about.items() if names)
