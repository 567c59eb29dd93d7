"""What a page says about a wide part: how a record becomes several facts."""

from collections.abc import Iterator, Mapping

from scripts.lib.feed_pages.markdown import code, codes, either, matching, pairs
from shared.ingestion.mapping.parts import Unpivot


def unpivoting(unpivot: Unpivot) -> Iterator[tuple[str, str]]:
    """Yield the rules by which measures are found and read."""
    yield "Shape", "wide: a record gives a row per measure that has a value"
    yield "Measures", _measures(unpivot)
    yield "Measures at least", _least(unpivot)
    if unpivot.beside:
        field, label = unpivot.beside
        yield "Column beside", f"its label matches {code(label)}, its cell fills {code(field)}"
    yield "Not a measure", matching("labels", unpivot.ignore)
    yield "Before the data", _preamble(unpivot)
    yield "Cells without a value", pairs(unpivot.codes.items())
    yield "Status of a value", code(unpivot.status) if unpivot.status else ""
    yield "Empty when suppressed or not tested", codes(unpivot.blank)


def _measures(unpivot: Unpivot) -> str:
    if unpivot.measures:
        return "; ".join(map(_measure, unpivot.measures))
    after = f" right of {code(unpivot.after)}" if unpivot.after else ""
    label = code(unpivot.label or "")
    return f"columns{after} whose label matches {label}; the cell fills {code(unpivot.value)}"


def _least(unpivot: Unpivot) -> str:
    if not unpivot.least:
        return ""
    proof = [*map(code, unpivot.unless), *(["a record of points possible"] if unpivot.preamble else [])]
    return f"{unpivot.least}{f', unless there is {either(proof)}' if proof else ''}"


def _measure(stated: Mapping[str, str]) -> str:
    """Say what fills each column: a text that all rows have, or the cell under a label."""
    return ", ".join(
        f"{code(name)} is “{said[1:]}”" if said.startswith("=") else f"{code(name)} from {code(said)}"
        for name, said in stated.items()
    )


def _preamble(unpivot: Unpivot) -> str:
    if unpivot.preamble is None:
        return ""
    points = f"one without {code(unpivot.preamble)} where a known column matches {code(unpivot.points)}"
    return f"records in which all known columns are empty, and {points}: it states `max_score`"
