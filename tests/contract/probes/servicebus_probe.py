"""Drives a Service Bus namespace with the unmodified SDK, one row per capability; exit 0 if all are right.

Usage: `python -m tests.contract.probes.servicebus_probe [CONNECTION_STRING]`. Without an argument, and
without `SERVICEBUS_CONNECTION_STRING`, it starts a local broker, which it also kills in mid-run. A namespace
that it is pointed at must have the entities of `probe_config`, all empty. It takes under a minute.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from azure.servicebus.exceptions import ServiceBusError

from tests.contract.probes.servicebus_links import Probe, expect_equal, probe_config
from tests.contract.probes.servicebus_rows import ROWS, Row
from tests.fixtures.servicebus import LocalBroker

_SURVIVORS = [f"survivor {number}" for number in range(200)]


def main() -> int:
    """Probe the namespace that was named, or a local broker; 0 only if every row is as expected."""
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SERVICEBUS_CONNECTION_STRING")
    if named:
        return _summary(_run(named, ROWS))
    with tempfile.TemporaryDirectory(prefix="termtide-probe-") as folder:
        broker = LocalBroker(Path(folder), probe_config())
        try:
            return _summary(_run_through_a_crash(broker))
        finally:
            broker.server.stop()


def _run_through_a_crash(broker: LocalBroker) -> list[bool]:
    def crash(probe: Probe) -> str:
        probe.send("plain", *_SURVIVORS)
        probe.close()
        broker.restart_after_crash()
        after = Probe(probe.connection_string)
        expect_equal(after.complete_all(after.receiver("plain"), len(_SURVIVORS)), _SURVIVORS)
        after.close()
        return f"{len(_SURVIVORS)} confirmed messages, none lost, in order"

    half = len(ROWS) // 2
    before = _run(broker.connection_string, [*ROWS[:half], ("kill -9 and restart in mid-run", crash)])
    return before + _run(broker.connection_string, ROWS[half:])


def _run(connection_string: str, rows: list[tuple[str, Row]]) -> list[bool]:
    probe = Probe(connection_string)
    results = [_run_row(probe, name, row) for name, row in rows]
    probe.close()
    return results


def _run_row(probe: Probe, name: str, row: Row) -> bool:
    started = time.perf_counter()
    try:
        as_expected, detail = True, row(probe)
    except (AssertionError, ServiceBusError, ValueError) as failure:
        as_expected, detail = False, f"{type(failure).__name__}: {failure}"
    seconds = time.perf_counter() - started
    verdict = "as expected" if as_expected else "NOT AS EXPECTED"
    sys.stdout.write(f"{verdict:<15}  {name:<60} {seconds:5.1f} s  {detail[:120]}\n")
    sys.stdout.flush()
    return as_expected


def _summary(results: list[bool]) -> int:
    sys.stdout.write(f"{sum(results)} of {len(results)} rows as expected\n")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
