"""What this process has freed, given back to the system before something needs the room."""

import ctypes

_C = ctypes.CDLL(None)


def give_back() -> None:
    """Have the C library return all pages that hold nothing; does nothing where the library can't.

    It takes some milliseconds, and pages that are needed again cost as much: for what is rare and large.
    """
    trim = getattr(_C, "malloc_trim", None)
    if trim is not None:
        trim(0)
