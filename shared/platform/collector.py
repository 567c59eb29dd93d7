"""What a process has loaded for good is kept out of the sight of the collector of cycles.

Modules, schemas and clients are half a million objects by the time the first calls are answered. A full
collection goes over all of them, which holds up every call for 150 ms, and never finds one that can go.
"""

import asyncio
import gc
from typing import Final

SETTLED_AFTER_SECONDS: Final = 10.0
"""By then the first calls have loaded what others need too."""

_SELDOM: Final = 10
"""What is remembered of views takes 60 ms to go over, and comes and goes without cycles."""


def settle_later() -> None:
    """Settle once, some seconds from now, while the event loop runs."""
    asyncio.get_running_loop().call_later(SETTLED_AFTER_SECONDS, settle)


def settle() -> None:
    """Collect what can go, and never look again at what is left: it stays until the process ends.

    What is given up later goes all the same when nothing refers to it; if it is part of a cycle it stays.
    Full collections become a tenth as frequent: nearly all that is made in cycles goes young, in short ones.
    """
    gc.collect()
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, _SELDOM * old)
