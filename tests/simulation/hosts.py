"""The processes of the stamp: hosts that take messages, relay, timers. All start again when they die."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from functions.messages import ingestion
from shared.ingestion import events
from shared.kernel.errors import NotFound
from shared.messaging.consumer import GivenUp, Handler
from shared.messaging.messages import ReceivedMessage
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

_FEED_BATCH: Final = 200
_RESTART_SECONDS: Final = (1.0, 20.0)
_LANDING_ATTEMPTS: Final = 5

type Run = Callable[[Process], object]


async def keep_running(world: World, name: str, run: Run) -> None:
    """Start a process, and a new one whenever it has died."""
    while True:
        process, died = world.process(name), asyncio.Event()
        process.on_death.append(died.set)
        world.running[name] = process
        run(process)
        await died.wait()
        await asyncio.sleep(world.random.uniform(*_RESTART_SECONDS))
        world.weather.note(f"{name} starts again")


def takes_messages(world: World) -> Run:
    """Return what makes a process a host of the functions that messages start."""

    async def handle(raw: ReceivedMessage) -> None:
        handler, given_up = _handlers(raw)
        await Process.current.get().services.consumer.handle(raw, handler, given_up)

    return lambda process: world.bus.join(process, handle)


def _handlers(raw: ReceivedMessage) -> tuple[Handler, GivenUp | None]:
    """Return what the functions of a queue do with one delivery."""
    if raw.queue == events.COMMITS:
        return ingestion._commit, None
    if raw.queue == events.FOLDS:
        return ingestion._fold, None
    handler = partial(ingestion.plan_or_work, message_id=raw.message_id, delivery=raw.delivery)
    return handler, ingestion._end


def relays(world: World) -> Run:
    """Return what makes a process read the change feed and send the outbox."""
    return lambda process: process.start(_relay(world))


def keeps_time(world: World, *, sweeps: bool) -> Run:
    """Return what makes a process run the timers."""
    return lambda process: process.start(_upkeep(world, sweeps=sweeps))


async def _relay(world: World) -> None:
    store = world.stores["ingests"]
    while True:
        documents, reached = store.since(world.relayed, _FEED_BATCH)
        if reached == world.relayed:
            store.changed.clear()
            await store.changed.wait()
            await asyncio.sleep(0.2)
            continue
        try:
            await Process.current.get().services.relay.relay(documents)
        except Exception as fault:  # noqa: BLE001 - the trigger tries a batch again, whatever it was
            world.weather.note(f"the relay failed: {fault!r}")
            await asyncio.sleep(2)
        else:
            world.relayed = reached


async def _upkeep(world: World, *, sweeps: bool) -> None:
    services = Process.current.get().services
    while True:
        await asyncio.sleep(60)
        await _tried(world, services.relay.resend_leftovers())
        if sweeps:
            await _tried(world, _sweep(world))


async def _sweep(world: World) -> None:
    services = Process.current.get().services
    for tenant in world.tenants:
        world.swept += await services.landing.catch_up(scope_of(tenant))
        world.swept += await services.sweeper.sweep(scope_of(tenant))


async def _tried(world: World, work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception as fault:  # noqa: BLE001 - a timer that failed comes again
        world.weather.note(f"a timer failed: {fault!r}")


class Grid:
    """Tells hosts of landed blobs: late, twice, and again until one has listened."""

    def __init__(self, world: World, *, forever: bool) -> None:
        self._world = world
        self._forever = forever
        self.open = 0

    def announce(self, tenant: str, upload: str, name: str, *, again: bool) -> None:
        """Tell of a blob, or of its new content. That it came may be lost, that it came `again` is not."""
        weather = self._world.weather
        if not again and weather.happens(weather.climate.lost_messages):
            weather.note(f"grid: lost {upload}")
            return
        for _ in range(1 + weather.happens(weather.climate.duplicates)):
            late = weather.happens(weather.climate.late_messages)
            self._later(weather.random.uniform(0, 240 if late else 2), (tenant, upload, name), 1)

    def _later(self, delay: float, blob: tuple[str, str, str], attempt: int) -> None:
        self.open += 1
        asyncio.get_running_loop().call_later(delay, self._tell, blob, attempt)

    def _tell(self, blob: tuple[str, str, str], attempt: int) -> None:
        self.open -= 1
        receivers = self._world.bus.receivers
        if not receivers:
            self._later(5, blob, attempt)
            return
        self.open += 1
        told = self._world.random.choice(receivers).process.start(self._land(blob))
        told.add_done_callback(lambda task: self._heard(task, blob, attempt))

    def _heard(self, task: asyncio.Task[None], blob: tuple[str, str, str], attempt: int) -> None:
        self.open -= 1
        failed = task.cancelled() or task.exception() is not None
        if failed and (self._forever or attempt < _LANDING_ATTEMPTS):
            self._later(10.0 * attempt, blob, attempt + 1)
        elif failed:
            self._world.weather.note(f"grid: gives up {blob[1]}")

    async def _land(self, blob: tuple[str, str, str]) -> None:
        try:
            landed = await Process.current.get().services.landing.receive(*blob)
        except NotFound:
            self._world.refused.append(("blob.land", blob[1], "not-found"))
        else:
            self._world.weather.note(f"landed {blob[1]}: {landed}")
