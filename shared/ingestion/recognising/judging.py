"""Judges how well a part fits a member, and reads the member's records only to tell what nothing else tells.

To read them takes most of the time that recognition takes. A part whose labels are enough to be believed, and
that no other contests, is not read: the work on the file will tell of each record.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import polars as pl

from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.layouts import Fit
from shared.ingestion.mapping.parts import Part
from shared.ingestion.model import Chunk, Layout, LineFormat, PlannedMember, Recognition, RejectCode
from shared.ingestion.reading.records import Span, split_literally
from shared.ingestion.reading.sniffing import Head
from shared.ingestion.recognising.thousands import groups_thousands
from shared.ingestion.working.work import ENGINE_VERSION, Task, normalise

ENOUGH: Final = 0.5
"""The least score of a part that fits."""


class Judgement:
    """How well a part fits a member: half by its columns, four tenths by its records, a tenth by the name."""

    def __init__(self, head: Head, mapping: Mapping, part: Part, fit: Fit, names: tuple[str, ...]) -> None:
        self._head = head
        self._mapping = mapping
        self._part = part
        self._fit = fit
        patterns = [part.member] if part.member else mapping.names
        self._named = any(re.search(pattern, name) for pattern in patterns for name in names)
        # A table `submissions` is no `quiz_submissions`.
        table = rf"(?i)(?<![a-z_]){re.escape(part.name)}(?![a-z])"
        self._called = any(re.search(table, name) for name in names)

    @property
    def is_guess(self) -> bool:
        """Whether there are no labels: the table may be another one of as many columns."""
        lines = self._fit.layout.dialect.lines
        return self._fit.header_record == 0 and lines is not LineFormat.JSON_LINES

    @property
    def is_untold(self) -> bool:
        """Whether records that only delete may be of any table with such keys, and no name says of which."""
        return self._fit.only_deletes and not self._called

    @property
    def is_enough(self) -> bool:
        """Whether the part fits well enough; for most members columns and name tell."""
        if not self.is_guess and 0.5 * self._known + 0.1 * self._named >= ENOUGH:
            return True
        return self.score >= ENOUGH

    @property
    def rank(self) -> tuple[int, float]:
        """How the part stands among those of its feed by the columns alone: how many it needs, and knows."""
        return (0 if self.is_guess else len(self._part.require), self._known)

    @property
    def score(self) -> float:
        """How well the part fits, from 0 to 1."""
        return 0.5 * self._known + 0.4 * self.readable + 0.1 * self._named

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the score is made of."""
        return (f"{self._known:.0%} of the columns are known", self.reading, self._naming)

    @property
    def reading(self) -> str:
        """What came of reading the records."""
        return f"{self.readable:.0%} of {len(self._sample)} sampled records read without fault"

    @property
    def readable(self) -> float:
        """The share of the head's records that the part reads without fault."""
        return max(self._shares.values())

    @property
    def layout(self) -> Layout:
        """How the records are read."""
        if not self._may_have_commas:
            return _with_decimal(self._fit.layout, ".")
        return _with_decimal(self._fit.layout, max(self._shares, key=lambda mark: self._shares[mark]))

    @property
    def _naming(self) -> str:
        return f"the name is {'' if self._named else 'not '}usual for the feed"

    @property
    def _known(self) -> float:
        """The share of columns that the part knows; without labels only the records can tell."""
        if self.is_guess:
            return self.readable
        return 1 - len(self._fit.unread) / max(len(self._fit.layout.header), 1)

    @cached_property
    def _shares(self) -> dict[str, float]:
        """The share of records without fault by decimal mark, as far as marks are worth a trial."""
        shares = {".": self._readable_share(".")}
        if shares["."] < 1 and self._may_have_commas and not groups_thousands(self._cells()):
            shares[","] = self._readable_share(",")
        return shares

    @property
    def _may_have_commas(self) -> bool:
        """Whether a cell may hold a comma: one without is the same number by either decimal mark."""
        dialect = self._fit.layout.dialect
        if dialect.lines is LineFormat.DELIMITED and dialect.separator == ",":
            return b'"' in self._head.text
        return b"," in self._head.text

    def _cells(self) -> Iterator[str]:
        """Go through the cells of the sample, as far as its records can be taken apart."""
        dialect = self._fit.layout.dialect
        if dialect.lines is not LineFormat.DELIMITED:
            return
        for span in self._sample:
            record = self._head.text[span.start : span.end].decode(self._head.encoding)
            yield from split_literally(record.rstrip("\r\n"), dialect.separator) or ()

    @cached_property
    def _sample(self) -> Sequence[Span]:
        return self._fit.sample()

    def _readable_share(self, decimal: str) -> float:
        if not self._sample:
            return 1.0
        start, end = self._sample[0].start, self._sample[-1].end
        done = normalise(self._head.text[start:end], self._task(start, end, decimal))
        # What a part looks up in another can't be judged by its own head.
        faulty = done.rejects.filter(pl.col("code") != RejectCode.REFERENCE.value).height
        return 1 - faulty / done.records

    def _task(self, start: int, end: int, decimal: str) -> Task:
        layout = _with_decimal(self._fit.layout, decimal)
        return Task(
            ingest_id="",
            chunk=Chunk(0, start, end - start, self._fit.first_record, len(self._sample)),
            member=PlannedMember(name="", part=self._part.name, layout=layout, size=len(self._head.text)),
            recognition=Recognition(
                sha256="",
                feed=self._mapping.id,
                mapping_version=self._mapping.version,
                engine_version=ENGINE_VERSION,
                source="",
                targets=(),
            ),
            mapping=self._mapping,
        )


def _with_decimal(layout: Layout, decimal: str) -> Layout:
    # Whether all quotes of the file are well placed is known after the whole file was read, not here.
    return replace(layout, dialect=replace(layout.dialect, decimal=decimal, regular=False))
