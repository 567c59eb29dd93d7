"""From facts to results: the fact that counts for each learner on each line item, and its percent score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import polars as pl

from shared.analytics.measures import BIN_WIDTH, TOP_BIN, UNIT

TEXTS: Final = ("ingest_id", "feed", "course", "section", "learner", "line_item", "line_item_title", "status")
COLUMNS: Final = (*TEXTS, "attempt", "score", "max_score", "occurred_at", "chunk", "record")
"""The columns of a fact that rollups are made of."""

UNCOUNTED: Final = ("exempt", "suppressed")
"""States in which a score, should there be one, does not count."""

_NARROW: Final = pl.Schema(
    dict.fromkeys(TEXTS, pl.UInt32)
    | dict.fromkeys(("score", "max_score", "occurred", "record"), pl.Int64)
    | dict.fromkeys(("attempt", "chunk"), pl.Int32)
)
"""What `Narrow` leaves of a fact."""

_GROUP: Final = ("course", "line_item", "learner")
_FEW_BITS: Final = 63
_MOST_BITS: Final = 127
_USUAL: Final = (20, 20, 34)
"""Bits of attempt, chunk and record that are enough for nearly every file."""
_UNUSUAL: Final = 2**_MOST_BITS - 1
_CAP: Final = 10**10
"""A score beyond a million percent is cut off there, so that squares summed over any table fit 128 bits."""


def group() -> pl.Expr:
    """Return 126 bits by which facts of one course, line item and learner are known.

    Both halves are sums of hashes with seeds of their own. That two of ten million groups are taken for one
    has a probability of 10 ** -24; to compare texts for each fact would take three times as long.
    """
    high, low = (_hashed(seed) for seed in (1, 1001))
    return high.cast(pl.Int128) * 2**63 + low.cast(pl.Int128)


def part_of(parts: int) -> pl.Expr:
    """Return in which of so many parts the group of a fact is."""
    return (_hashed(1) % parts).cast(pl.UInt32)


def _hashed(seed: int) -> pl.Expr:
    first, *others = (pl.col(name).hash(seed + n) for n, name in enumerate(_GROUP))
    return sum(others, first) // 2


@dataclass(frozen=True, slots=True)
class Newness:
    """Numbers facts so that of a group the greatest number counts, in as few bits as the facts need.

    From the highest bits on: attempt, age of the file, chunk, record. The lowest tell the place of the fact.
    Whoever did not look at the facts numbers those that need no more than the `usual` bits, and asks `holds`.
    """

    ingest_ids: Sequence[str]
    attempt_bits: int
    chunk_bits: int
    record_bits: int
    place_bits: int
    measured: bool = True

    @classmethod
    def measures(cls) -> list[pl.Expr]:
        """Return what has to be known of facts, as one row, to number them."""
        return [pl.col("ingest_id").unique().implode(), pl.col("attempt", "chunk", "record").max()]

    @classmethod
    def of(cls, measured: pl.DataFrame, places: int) -> Self:
        """Return how facts with these measures are numbered, whose places are below `places`."""
        ids = measured["ingest_id"].explode().drop_nulls().unique().sort().to_list()
        greatest = measured.select(pl.col("attempt", "chunk", "record").max().fill_null(0).cast(pl.Int64))
        attempt, chunk, record = (int(number).bit_length() for number in greatest.row(0))
        return cls(ids, attempt, chunk, record, places.bit_length())

    @classmethod
    def usual(cls, ingest_ids: Iterable[str], places: int) -> Self | None:
        """Return how the facts of ingests are numbered that nobody measured; None where all are too many."""
        found = cls(sorted(set(ingest_ids)), *_USUAL, places.bit_length(), measured=False)
        return found if found._bits <= _MOST_BITS else None

    def numbers(self, place: pl.Expr) -> pl.Expr:
        """Return the numbers of facts at a place."""
        if self._bits > _MOST_BITS:
            raise ValueError(f"facts of {len(self.ingest_ids)} files would take {self._bits} bits to number")
        file = pl.col("ingest_id").cast(pl.Enum(self.ingest_ids)).to_physical()
        number = _joined(
            (pl.col("attempt"), self.attempt_bits),
            (file, self._file_bits),
            (pl.col("chunk"), self.chunk_bits),
            (pl.col("record"), self.record_bits),
            (place, self.place_bits),
        )
        if self.measured:
            return number
        return pl.when(self._is_usual()).then(number).otherwise(pl.lit(_UNUSUAL, pl.Int128))

    def holds(self, numbers: pl.Series) -> bool:
        """Tell whether there were bits enough for all facts that these are the numbers of."""
        return self.measured or numbers.max() != _UNUSUAL

    def place(self, number: pl.Expr) -> pl.Expr:
        """Return the place of a fact by its number."""
        return number.cast(pl.Int128).mod(2**self.place_bits).cast(pl.Int64)

    @property
    def _file_bits(self) -> int:
        return len(self.ingest_ids).bit_length()

    @property
    def _bits(self) -> int:
        return self.attempt_bits + self._file_bits + self.chunk_bits + self.record_bits + self.place_bits

    def _is_usual(self) -> pl.Expr:
        return pl.all_horizontal(
            pl.col("attempt") < 2**self.attempt_bits,
            pl.col("chunk") < 2**self.chunk_bits,
            pl.col("record") < 2**self.record_bits,
        )


def _joined(*parts: tuple[pl.Expr, int]) -> pl.Expr:
    """Return numbers of so many bits after one another, the highest first: as long as they fit in 64 bits."""
    words: list[tuple[pl.Expr, int]] = []
    for part, bits in parts:
        number, taken = words.pop() if words and words[-1][1] + bits <= _FEW_BITS else (pl.lit(0), 0)
        words.append((number * 2**bits + part.cast(pl.Int64), taken + bits))
    (whole, _), *rest = words
    for word, bits in rest:
        whole = whole.cast(pl.Int128) * 2**bits + word.cast(pl.Int128)
    return whole


def texts_of(column: pl.Series) -> pl.Series:
    """Return the texts of an enumeration, in order."""
    kind = column.dtype
    if not isinstance(kind, pl.Enum):
        raise TypeError(f"{column.name} is {kind}, no enumeration")
    return kind.categories


class Narrow:
    """Makes the columns of a result narrow, so that millions fit in memory; texts become numbers."""

    def __init__(self) -> None:
        self._categories = {name: pl.Categories.random() for name in TEXTS}
        # Numbers are given for as long as something holds the kind.
        self._held = [pl.Series(dtype=kind) for kind in self._kinds().values()]

    def _kinds(self) -> dict[str, pl.Categorical]:
        return {name: pl.Categorical(categories) for name, categories in self._categories.items()}

    def columns(self) -> list[pl.Expr]:
        """Return what to select of facts."""
        texts = [pl.col(name).cast(kind).to_physical() for name, kind in self._kinds().items()]
        points = pl.col("score", "max_score").to_physical().cast(pl.Int64)
        occurred = pl.col("occurred_at").dt.epoch("ms").alias("occurred")
        return [*texts, points, occurred, *map(pl.col, ("attempt", "chunk", "record"))]

    @cached_property
    def _texts(self) -> dict[str, pl.Series]:
        """The texts by their numbers, as enumerations in the order of text; no number is given afterwards."""
        found = {name: categories.to_series() for name, categories in self._categories.items()}
        return {name: texts.cast(pl.Enum(texts.sort())) for name, texts in found.items()}

    def results(self, facts: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Return facts of one per group, of which these columns were selected, as results.

        Columns of text are enumerations in the order of text, the same each time; but that of learners has
        only those with results here. `score` and `max_score` are integers in ten-thousandths, `occurred` is
        in milliseconds since 1970. Adds `percent` (in parts of `measures.UNIT`, null without a score that
        counts) and `bin`.
        """
        table = pl.concat(facts, rechunk=True) if facts else pl.DataFrame(schema=_NARROW)
        table = table.with_columns(
            texts.gather(table[name]).alias(name) for name, texts in self._texts.items()
        )
        present = table["learner"].unique().cast(pl.String).drop_nulls().sort()
        table = table.with_columns(pl.col("learner").cast(pl.Enum(present)))
        percent = table.with_columns(percent=_percent())
        return percent.with_columns(bin=(pl.col("percent") // BIN_WIDTH).clip(0, TOP_BIN).cast(pl.Int16))


def _percent() -> pl.Expr:
    """Return score / max_score in parts of a percent, as an exact quotient rounded half up."""
    score, possible = (pl.col(name).cast(pl.Int128) for name in ("score", "max_score"))
    counted = (possible > 0) & ~pl.col("status").cast(pl.String).is_in(UNCOUNTED)
    quotient = (2 * 100 * UNIT * score + possible) // (2 * possible)
    return pl.when(counted).then(quotient).clip(-_CAP, _CAP).cast(pl.Int64)
