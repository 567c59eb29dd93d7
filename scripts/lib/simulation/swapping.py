"""Swaps identifiers of people: two columns of a sender have changed places, and no label says so."""

from dataclasses import replace
from typing import Final

from scripts.lib.simulation.drafts import Draft, Row
from scripts.lib.simulation.forms import Form
from shared.ingestion.mapping.columns import Column
from shared.ingestion.tables import IDENTIFIERS

_LEARNER: Final = "learner"


def swapped(form: Form, draft: Draft) -> Draft:
    """Return the record with the learner's identifier and another one in each other's place.

    It is as good as before, of another person. Where it lacks one of them, or there is no room, it stays.
    """
    other = other_identifier(form)
    if other is None or not draft.facts:
        return draft
    mine, theirs = form.known[_LEARNER], form.known[other.name]
    cells = list(draft.cells)
    cells[mine], cells[theirs] = cells[theirs], cells[mine]
    if any(_is_nothing(form, cells[at], at) for at in (mine, theirs)):
        return draft
    read = {
        _LEARNER: _read(form.part.by_name[_LEARNER], cells[mine]),
        other.name: _read(other, cells[theirs]),
    }
    return replace(draft, cells=cells, facts=tuple(_with(row, read) for row in draft.facts))


def other_identifier(form: Form) -> Column | None:
    """Return the column that may be taken for the learner's, None where there is none."""
    names = [name for name in (*form.part.identities.values(), *IDENTIFIERS) if name in form.known]
    if _LEARNER not in form.known:
        return None
    plain = (form.part.by_name[name] for name in names if name != _LEARNER)
    return next((column for column in plain if column.capture is None), None)


def _is_nothing(form: Form, text: str, at: int) -> bool:
    return text in form.mapping.missing or bool(form.limits and len(text) > form.limits[at])


def _read(column: Column, text: str) -> str:
    return text.lstrip(column.strip) if column.strip else text


def _with(row: Row, read: dict[str, str]) -> Row:
    return row | {name: text for name, text in read.items() if name in row}
