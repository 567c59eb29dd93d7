"""Draws what files to write, from a seed: tables of every feed, each file in a manner of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from scripts.lib.simulation.styles import Style
from scripts.lib.simulation.wishes import Wish, all_tables, containers_of, encodings_of
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How many files of how many rows of each kind of table, and what may be wrong with them."""

    mappings: Sequence[Mapping]
    files: int
    rows: int
    seed: int
    faults: tuple[str, ...]

    def by_feed(self) -> list[tuple[Mapping, list[Wish]]]:
        """Return the files of each feed."""
        return [(mapping, list(self._wishes(mapping))) for mapping in self.mappings]

    def _wishes(self, mapping: Mapping) -> Iterator[Wish]:
        for parts in all_tables(mapping):
            for n in range(self.files):
                yield self._wish(mapping, parts, n)

    def _wish(self, mapping: Mapping, parts: tuple[Part, ...], n: int) -> Wish:
        named = " ".join(part.name for part in parts)
        random = Random(f"{self.seed} {mapping.id} {named} {n}")  # noqa: S311 - not a secret
        return Wish(
            mapping=mapping,
            parts=parts,
            rows=self.rows,
            seed=random.getrandbits(32),
            series=n,
            style=style_of(mapping, random),
            faults=self.faults,
            container=random.choice(containers_of(parts)),
            surprises=random.random() < 0.5,
        )


def style_of(mapping: Mapping, random: Random) -> Style:
    """Draw how a file of a feed is written."""
    commas = random.random() < 0.3
    return Style(
        separator=";" if commas else None,
        decimal="," if commas else ".",
        line_end=random.choice(("\n", "\r\n")),
        encoding=random.choice(("utf-8", *encodings_of(mapping))),
        bom=random.random() < 0.2,
        translated=random.random() < 0.3,
        points=True,
        posting=random.random() < 0.5,
        totals=random.random() < 0.5,
        appended=random.choice((0, 0, 0, 1)),
        blank_lines=random.random() < 0.1,
    )
