"""What a process has freed goes back to the system when room is needed."""

import os
from pathlib import Path

from shared.platform.memory import give_back

_BLOCK = 100_000
"""Bytes that the C library takes from its heap: larger ones it asks for, and gives back, by themselves."""


def test_what_was_freed_below_something_that_is_held_goes_back() -> None:
    blocks = [bytes(_BLOCK) for _ in range(500)]
    held = bytes(_BLOCK)
    blocks.clear()
    before = _resident()
    give_back()
    assert before - _resident() > 100 * _BLOCK
    assert len(held) == _BLOCK


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
