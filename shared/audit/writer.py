"""One writer's chain for one owner: entries that arrive together share a write, in the order they arrived."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from shared.audit.chain import Segment, build_segment, genesis
from shared.audit.model import Entry
from shared.audit.ports import SegmentLog
from shared.kernel.errors import Conflict, Unavailable
from shared.kernel.secrets import KeySource
from shared.kernel.stamp import Owner

_SEGMENT_LIMIT = 200
_WAITING_LIMIT = 5_000


@dataclass(slots=True, eq=False)
class _Ticket:
    entry: Entry
    written: bool = False


@dataclass(slots=True, eq=False)
class ChainWriter:
    """Appends to the chain of (`owner`, `writer`).

    An entry that was handed over stays in line until it is written: when the store fails, the same segment is
    tried again before anything else, since the failed attempt may have landed.
    """

    owner: Owner
    writer: str
    log: SegmentLog
    keys: KeySource
    _number: int = 0
    _last: str = ""
    _line: deque[_Ticket] = field(default_factory=deque)
    _underway: tuple[Segment, list[_Ticket]] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_behind(self) -> bool:
        """Whether entries wait to be written."""
        return self._underway is not None or bool(self._line)

    async def write(self, entry: Entry) -> None:
        """Return when `entry` is durable. `Unavailable` when it is not yet: it stays in line for later."""
        if len(self._line) >= _WAITING_LIMIT:
            raise Unavailable("the audit is not taking entries")
        ticket = _Ticket(entry)
        self._line.append(ticket)
        async with self._turn:
            while not ticket.written:
                await self._write_next()

    async def drain(self) -> None:
        """Write what is left in line; `Unavailable` when that fails again."""
        async with self._turn:
            while self.is_behind:
                await self._write_next()

    async def _write_next(self) -> None:
        if self._underway is None:
            self._underway = await self._next_segment()
        segment, tickets = self._underway
        # Nobody else writes this chain: on a conflict, an earlier attempt landed and its answer was lost.
        with suppress(Conflict):
            await self.log.append(self.owner, segment)
        self._number, self._last, self._underway = segment.number + 1, segment.last, None
        for ticket in tickets:
            ticket.written = True

    async def _next_segment(self) -> tuple[Segment, list[_Ticket]]:
        keys = await self.keys()
        tickets = [self._line.popleft() for _ in range(min(len(self._line), _SEGMENT_LIMIT))]
        segment = build_segment(
            owner=self.owner.tenant_id,
            writer=self.writer,
            number=self._number,
            month=tickets[0].entry.at[:7],
            previous=self._last or genesis(self.owner.tenant_id, self.writer),
            entries=[ticket.entry for ticket in tickets],
            keys=keys,
        )
        return segment, tickets
