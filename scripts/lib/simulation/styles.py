"""How a file is written: the same content as different machines, languages and users' settings write it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The manner of one file; what a part of a feed cannot have is left out where it is written."""

    separator: str | None = None
    """None for the usual one of the part."""
    decimal: str = "."
    line_end: str = "\n"
    encoding: str = "utf-8"
    bom: bool = False
    translated: bool = False
    """Whether columns come under any of their labels, not the first."""
    points: bool = False
    """Whether records with the points possible precede the data, where a feed has such."""
    posting: bool = False
    """Whether a record about posting precedes those."""
    totals: bool = False
    """Whether columns follow that are known and not read."""
    repeated_labels: bool = False
    """Whether labels come twice."""
    appended: int = 0
    """How many columns follow that the feed does not know."""
    blank_lines: bool = False
    headless: bool = False
    """Whether the header is left out, where a feed may come without one."""
    staged: bool = False
    """Whether the lines are not cut where they lie: bytes are counted as a reader writes them down."""
    structure: Literal["", "json", "xml"] = ""
    """What holds records together that are not lines of their own: brackets and commas, or elements."""
    measures: int = 8
    """How many measures a wide table has whose feed does not list them."""
