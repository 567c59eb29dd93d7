"""What file is wished for: of which tables of a feed, in what style and container, with which faults."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, Literal

from scripts.lib.simulation.naming import FileName, name_file
from scripts.lib.simulation.structures import STRUCTURES
from scripts.lib.simulation.styles import Style
from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part

type Container = Literal["plain", "gzip", "zip", "xlsx", "ods", "json", "xml"]

CONTAINERS: Final[tuple[Container, ...]] = ("plain", "gzip", "zip", "xlsx", "ods", "json", "xml")
WORKBOOKS: Final = frozenset({"xlsx", "ods"})
ENCODINGS: Final = ("utf-8", "utf-16", "cp1252")
_EXTENSIONS: Final = {"json-lines": ".jsonl", "fixed-width": ".txt"}


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
    load: Load | None = None
    """How its rows are to join, by its name or its manifest; None for what the feed usually does."""
    surprises: bool = False
    """Whether a zip archive has members that the feed does not expect."""
    cut_short: bool = False
    """Whether the file ends within its last record, or within its archive."""
    swapped: bool = False
    """Whether two columns of identifiers have changed places."""
    damage: Literal["", "nul"] = ""
    """What is done to the bytes of the file after it was written."""
    moved: int = 0
    """By how many classes everybody is in another than usual."""
    aged: int = 0
    """By how many days all rows changed earlier than usual."""
    copy: int = 0
    """The number that a browser puts behind the name of a file downloaded again."""

    @property
    def single(self) -> Part | None:
        """The only part; None in a bundle."""
        return self.parts[0] if len(self.parts) == 1 else None


def file_name(wish: Wish) -> FileName:
    """Return the name of the file that is wished for."""
    extension = f".{wish.container}"
    if wish.container in {"plain", "gzip"}:
        extension = extension_of(wish.parts[0], wish.style)
    single = wish.single
    random = Random(wish.series)  # noqa: S311 - not a secret
    name = name_file(wish.mapping, single, wish.series, random, wish.load)
    packed = ".gz" if wish.container == "gzip" else ""
    copy = f" ({wish.copy})" if wish.copy else ""
    return replace(name, text=f"{name.text}{copy}{extension}{packed}")


def extension_of(part: Part, style: Style) -> str:
    """Return how the name of a table's file ends."""
    if part.lines[0] != "delimited":
        return _EXTENSIONS[part.lines[0]]
    return ".tsv" if (style.separator or part.separators[0]) == "\t" else ".csv"


def all_singles(mapping: Mapping) -> tuple[Part, ...]:
    """Return the parts that a plain file may hold: those that need no other table."""
    return tuple(part for part in mapping.parts if part.lookup is None)


def all_tables(mapping: Mapping) -> Iterator[tuple[Part, ...]]:
    """Yield what the files of a feed hold: one table each, and all of them where a feed has several."""
    for part in all_singles(mapping):
        yield (part,)
    if len(mapping.parts) > 1:
        yield mapping.parts


def containers_of(parts: tuple[Part, ...]) -> tuple[Container, ...]:
    """Return what tables may come in.

    Several come in a zip archive only, comma-separated ones in sheets too, objects in JSON and XML documents.
    """
    if len(parts) > 1:
        return ("zip",)
    tabular = "delimited" in parts[0].lines[:1] and "," in parts[0].separators
    kept_out = set(WORKBOOKS) if not tabular else set[str]()
    kept_out |= STRUCTURES.keys() if parts[0].lines[0] != "json-lines" else set[str]()
    return tuple(one for one in CONTAINERS if one not in kept_out)


def encodings_of(mapping: Mapping) -> tuple[str, ...]:
    """Return the encodings in which files of a feed may come."""
    return tuple(one for one in ENCODINGS if one == "utf-16" or one in mapping.encodings)
