"""Low priority for a service, against all other services of the machine.

Linux shares processors between sessions before it looks at the nice value of a process, where autogroups are
on (sched(7)), and each service has a session of its own: `nice` alone would weigh its processes against each
other.
"""

from contextlib import suppress
from pathlib import Path

_AUTOGROUP = "/proc/{pid}/autogroup"


def nice_command(nice: int) -> tuple[str, ...]:
    """Return what a command begins with to be run at a nice value; nothing for 0."""
    return ("nice", "-n", str(nice)) if nice else ()


def lower_session(pid: int, nice: int, autogroup: str = _AUTOGROUP) -> None:
    """Give the session of a process a nice value; without effect where sessions are not weighed."""
    file = Path(autogroup.format(pid=pid))
    if nice and file.exists():
        # A process that has ended needs none, and the kernel grants ordinary users one change in 100 ms.
        with suppress(ProcessLookupError, BlockingIOError):
            file.write_text(str(nice), encoding="ascii")
