"""The table of the columns that a part knows."""

from collections.abc import Iterator, Sequence

from scripts.lib.feed_pages.markdown import code, codes, pairs, table
from shared.ingestion.mapping.columns import Cast, Column, Pii
from shared.ingestion.mapping.parts import Part
from shared.ingestion.reading.fixed_width import read_slices

_USUAL_LONGEST = Column.model_fields["longest"].default


def columns_table(part: Part) -> str:
    """Return what becomes of each column."""
    head = ("Labels", "Fills", "Cast", "Required", "Default", "Rules", "Personal")
    return table(head, (_row(part, column) for column in part.columns))


def slices_table(part: Part) -> str:
    """Return where the columns of a fixed-width line stand; nothing for other lines."""
    if part.layout is None:
        return ""
    places = read_slices(part.layout).items()
    rows = ((code(label), str(at + 1), str(at + length)) for label, (at, length) in places)
    return table(("Label", "First character", "Last character"), rows)


def read_into(part: Part) -> list[tuple[Column, Cast]]:
    """Return the columns that fill the table of a part, and how each is cast."""
    kinds = ((column, column.cast_in(part.canonical)) for column in _filling(part))
    return [(column, kind) for column, kind in kinds if kind is not None]


def needed(part: Part) -> frozenset[str]:
    """Return the columns without which a record is rejected."""
    stated = {column.name for column, _ in read_into(part) if column.required}
    if part.unpivot is not None:
        return frozenset(stated)
    given = {column.name for column in part.columns if column.default is not None}
    # Whoever states no attempt has made one.
    given |= {*part.constants, *part.same, "attempt"}
    return frozenset(stated | (part.canonical.required - given))


def _filling(part: Part) -> Iterator[Column]:
    yield from (c for c in part.columns if c.name in part.filled and c.pii is not Pii.NAME)
    if part.unpivot:
        fields = [part.unpivot.value, *([part.unpivot.beside[0]] if part.unpivot.beside else [])]
        yield from (Column(name=name, labels=(name,)) for name in fields if name not in part.by_name)


def _row(part: Part, column: Column) -> Sequence[str]:
    kind = {own.name: kind for own, kind in read_into(part)}.get(column.name)
    pii = column.pii_in(part.canonical)
    return (
        codes(column.labels),
        _fills(part, column),
        code(kind) if kind else "",
        "yes" if column.name in needed(part) else "",
        "" if column.default is None else code(column.default),
        "; ".join(_rules(column)),
        "" if pii is Pii.NONE else code(pii),
    )


def _fills(part: Part, column: Column) -> str:
    if column.name in part.filled and column.pii is not Pii.NAME:
        return code(column.name)
    for field, name in part.identities.items():
        if name == column.name:
            return f"{code(f'person.{field}')} ({code(name)})"
    ruled = {name for rule in (*part.skip, *(case.where for case in part.cases)) for name in rule}
    return f"{'only read by rules' if column.name in ruled else 'known, not read'} ({code(column.name)})"


def _rules(column: Column) -> Iterator[str]:
    if column.codes:
        yield pairs(column.codes.items())
    if column.formats:
        yield f"{codes(column.formats)}; without a zone {column.zone}"
    if column.minimum is not None:
        yield f"at least {column.minimum}"
    if column.longest != _USUAL_LONGEST:
        yield f"at most {column.longest} bytes"
    if column.strip:
        yield f"without leading {code(column.strip)}"
    if column.capture:
        yield f"the first group of {code(column.capture)}"
