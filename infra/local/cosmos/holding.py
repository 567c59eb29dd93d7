"""Answers that wait until there is something to tell: `Prefer: wait=N` (RFC 7240, section 4.3).

A reader of the change feed states how many seconds it would rather wait than hear that nothing has changed.
The platform does not know the preference and answers at once, which the preference allows.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Hold:
    """An answer may be held until a container changes, for some seconds at most."""

    container: int
    seconds: int


@dataclass(eq=False, slots=True)
class Held:
    """A held answer: `resume` is called once, unless it is given up before."""

    resume: Callable[[], None]
    _leave: Callable[["Held"], None]
    timer: asyncio.TimerHandle | None = field(default=None)

    def end(self) -> None:
        """Answer now."""
        self.give_up()
        self.resume()

    def give_up(self) -> None:
        """Do not answer any more."""
        if self.timer is not None:
            self.timer.cancel()
        self._leave(self)


class HeldAnswers:
    """The answers that are held, by the container that they wait for."""

    def __init__(self) -> None:
        self._held: defaultdict[int, set[Held]] = defaultdict(set)

    def hold(self, wish: Hold, resume: Callable[[], None]) -> Held:
        """Call `resume` when the container has changed or the time is over, whichever comes first."""
        waiting = self._held[wish.container]
        held = Held(resume, waiting.discard)
        held.timer = asyncio.get_running_loop().call_later(wish.seconds, held.end)
        waiting.add(held)
        return held

    def changed(self, containers: Collection[int]) -> None:
        """Answer what waits for these containers."""
        for held in [held for container in containers for held in self._held[container]]:
            held.end()


def preferred_wait(headers: Mapping[str, str]) -> int:
    """Return the seconds that a request would rather wait; 0 where it states none that are valid."""
    for preference in headers.get("prefer", "").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait" and value.strip().isdecimal():
            return min(int(value), LONGEST_SECONDS)
    return 0
