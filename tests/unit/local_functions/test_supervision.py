import asyncio

import pytest

from infra.local.functions import supervision
from infra.local.functions.supervision import Shutdown, Stopping, Supervisor


class _Failing:
    """Fails as often as it is told to, then waits for the stop."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.runs = 0
        self.recovered = asyncio.Event()

    async def run(self, shutdown: Shutdown) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise RuntimeError(f"failure {self.runs}")
        self.recovered.set()
        await shutdown.sleep(60)


class _Stubborn:
    """Does not end when the host stops."""

    async def run(self, shutdown: Shutdown) -> None:
        await asyncio.sleep(60)


async def test_waiting_ends_when_the_host_stops() -> None:
    shutdown = Shutdown()
    cancelled = asyncio.Event()

    async def wait_for_ever() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    asyncio.get_running_loop().call_soon(shutdown.announce)

    with pytest.raises(Stopping):
        await shutdown.wait_for(wait_for_ever())
    assert cancelled.is_set()


async def test_a_result_that_is_there_counts_even_when_the_host_stops() -> None:
    async def at_once() -> int:
        return 7

    assert await Shutdown().wait_for(at_once()) == 7


async def test_an_error_of_what_is_waited_for_comes_through() -> None:
    async def broken() -> None:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        await Shutdown().wait_for(broken())


async def test_a_failed_listener_is_started_again_and_its_failure_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervision, "_FIRST_PAUSE_SECONDS", 0.001)
    shutdown = Shutdown()
    supervisor = Supervisor(shutdown)
    listener = _Failing(failures=3)

    supervisor.start(listener, "sample", "timerTrigger")
    await listener.recovered.wait()

    assert (supervisor.states[0].state, supervisor.states[0].last_error) == (
        "running",
        "RuntimeError('failure 3')",
    )
    shutdown.announce()
    assert await supervisor.finish(1)
    assert supervisor.states[0].state == "stopped"


async def test_a_listener_that_does_not_end_is_cut_off_and_told() -> None:
    shutdown = Shutdown()
    supervisor = Supervisor(shutdown)
    supervisor.start(_Stubborn(), "sample", "timerTrigger")
    await asyncio.sleep(0)
    shutdown.announce()

    assert not await supervisor.finish(0.01)
