"""Start-up of a child process that cannot outlive its parent, not even a parent killed with signal 9."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def bound_to_parent() -> Callable[[], None] | None:
    """Return what a new child runs before its program so that it dies with the calling process.

    On Linux the kernel sends the child signal 9 when the parent ends (prctl(2), PR_SET_PDEATHSIG): the
    servers are durable against it. Other systems have no such call: there an orderly stop ends the children.
    Everything that could fail or allocate happens here, before the fork.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def die_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended between fork and prctl: nobody would send the signal
            os._exit(1)

    return die_with_parent
