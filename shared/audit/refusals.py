"""Counts repeated refusals, so that a flood of them makes a number and not a flood of entries."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.audit.model import Entry, Outcome
from shared.kernel.clock import rfc3339
from shared.kernel.stamp import Owner

WINDOW = timedelta(seconds=60)
_KEYS = 2_000


@dataclass(frozen=True, slots=True)
class Due:
    """A counted entry whose window is over, and whose chain it belongs to."""

    owner: Owner
    entry: Entry


@dataclass(slots=True)
class _Tally:
    owner: Owner
    first: Entry
    started: datetime
    repeats: int = 0
    newest: datetime | None = None


class RefusalCounter:
    """Lets the first refusal of a kind through and counts its repeats for a minute.

    Refusals are of one kind when owner, actor, action and reason are equal; their objects may differ, as they
    do when somebody tries ids. Not more than 2,000 kinds are kept: beyond that, the oldest is due early.
    """

    def __init__(self) -> None:
        self._tallies: OrderedDict[tuple[str, str, str, str], _Tally] = OrderedDict()
        self._early: list[Due] = []

    def __len__(self) -> int:
        return len(self._tallies)

    def is_repeat(self, owner: Owner, entry: Entry, now: datetime) -> bool:
        """Count `entry` and tell whether it is a repeat; a first one is the caller's to write at once."""
        kind = (owner.tenant_id, entry.actor, entry.action, entry.reason)
        tally = self._tallies.get(kind)
        if tally is not None:
            tally.repeats += 1
            tally.newest = now
            return True
        if len(self._tallies) == _KEYS:
            self._close(self._tallies.popitem(last=False)[1])
        self._tallies[kind] = _Tally(owner, entry, now)
        return False

    def due(self, now: datetime) -> list[Due]:
        """Take out the counts whose window ended by `now`; kinds that were not repeated are forgotten."""
        while self._tallies:
            kind, tally = next(iter(self._tallies.items()))
            if now - tally.started < WINDOW:
                break
            del self._tallies[kind]
            self._close(tally)
        return self._taken()

    def all(self) -> list[Due]:
        """Take out every count, however young: the process is ending."""
        for tally in self._tallies.values():
            self._close(tally)
        self._tallies.clear()
        return self._taken()

    def _close(self, tally: _Tally) -> None:
        if tally.newest is None:
            return
        first = tally.first
        counted = Entry(
            at=rfc3339(tally.newest),
            actor=first.actor,
            action=first.action,
            object=first.object,
            outcome=Outcome.REFUSED,
            reason=first.reason,
            correlation_id=first.correlation_id,
            count=tally.repeats,
            since=rfc3339(tally.started),
        )
        self._early.append(Due(tally.owner, counted))

    def _taken(self) -> list[Due]:
        taken, self._early = self._early, []
        return taken
