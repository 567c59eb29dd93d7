"""Message ids: `{event}`, `{event}:{attempt}` for a copy after back-off, `{event}:r{n}` for the n-th replay.

Equal ids are what duplicate detection drops, so each intended delivery has one of its own and a crash
that repeats a send does not.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

_FORM = re.compile(r"(?P<event>[0-9a-f-]{36})(?::r(?P<replay>[1-9]\d{0,5}))?(?::(?P<attempt>[1-9]\d{0,5}))?")


@dataclass(frozen=True, slots=True)
class MessageId:
    """One intended delivery of an event. `attempt` counts from 0 within each replay."""

    event_id: str
    replay: int = 0
    attempt: int = 0

    @classmethod
    def of(cls, text: str, event_id: str) -> Self:
        """Read an id; one that is no id of `event_id` counts as its first delivery."""
        match = _FORM.fullmatch(text)
        if match is None or match["event"] != event_id:
            return cls(event_id)
        return cls(event_id, int(match["replay"] or 0), int(match["attempt"] or 0))

    def next_attempt(self) -> Self:
        """Return the id of the copy that is sent after a transient fault."""
        return replace(self, attempt=self.attempt + 1)

    def __str__(self) -> str:
        replay = f":r{self.replay}" if self.replay else ""
        return f"{self.event_id}{replay}{f':{self.attempt}' if self.attempt else ''}"
