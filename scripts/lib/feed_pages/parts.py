"""The section of a page about one part of its feed."""

from collections.abc import Iterator, Mapping, Sequence

from scripts.lib.feed_pages.columns import columns_table, slices_table
from scripts.lib.feed_pages.faults import faults_table
from scripts.lib.feed_pages.markdown import code, codes, document, either, listed, matching, pairs
from scripts.lib.feed_pages.wide import unpivoting
from shared.ingestion.mapping.parts import Identifier, Part
from shared.ingestion.reading.records import SEPARATORS


def section(part: Part) -> str:
    """Return what there is to say about a part."""
    return document(
        f"## Part {code(part.name)}",
        listed([*_where(part), *_rules(part)]),
        "### Columns",
        columns_table(part),
        slices_table(part),
        "### Why a record is rejected",
        faults_table(part),
    ).rstrip("\n")


def _where(part: Part) -> Iterator[tuple[str, str]]:
    yield "Table", code(part.table)
    yield "Load", code(part.load)
    yield "Key", codes(part.key)
    yield "Member", f"a name that matches {code(part.member)} speaks for it" if part.member else ""
    yield "Lines", either(map(code, part.lines))
    delimited = "delimited" in part.lines
    yield "Separators", either(SEPARATORS[mark] for mark in part.separators) if delimited else ""
    yield "Header", f"{part.header_rows} records, joined by spaces" if part.header_rows > 1 else ""
    yield "Without a header", f"the columns are {codes(part.order)}" if part.order else ""
    yield "Must have", ", ".join(either(map(code, group)) for group in part.require)
    yield "Known and not read", matching("labels", part.ignore)


def _rules(part: Part) -> Iterator[tuple[str, str]]:
    yield from unpivoting(part.unpivot) if part.unpivot else [("Shape", "long: a record is a row")]
    if part.lookup:
        taken = pairs(part.lookup.take.items())
        yield "Looked up", f"in {code(part.lookup.part)} by {code(part.lookup.on)}, there → here: {taken}"
    yield "Constants", pairs(part.constants.items())
    yield "Where it has no value", _repeats(part.same)
    yield "Identities", _identities(part.identities)
    yield "Called", _called(part.called)
    for case in part.cases:
        yield "Case", f"where {_matches(case.where)}: {_stated(case.then)}"
    if "deleted" in part.by_name or any("deleted" in case.then for case in part.cases):
        yield "Tombstones", "a record whose `deleted` is true needs no more than its key"
    yield "Left out", "; ".join(f"records where {_matches(rule)}" for rule in part.skip)


def _matches(rule: Mapping[str, str]) -> str:
    return " and ".join(f"{code(name)} matches {code(pattern)}" for name, pattern in rule.items())


def _stated(then: Mapping[str, str]) -> str:
    return ", ".join(f"{code(name)} is {code(text) if text else 'empty'}" for name, text in then.items())


def _repeats(same: Mapping[str, str]) -> str:
    return ", ".join(f"{code(name)} repeats {code(other)}" for name, other in same.items())


def _called(ways: Sequence[Sequence[str]]) -> str:
    """Say which columns become the sealed name of a learner."""
    stated = either(" and ".join(map(code, way)) for way in ways)
    return f"by {stated}; kept sealed as {code('person.name_sealed')}" if stated else ""


def _identities(identities: Mapping[Identifier, str]) -> str:
    return ", ".join(f"{code(name)} fills {code(f'person.{field}')}" for field, name in identities.items())
