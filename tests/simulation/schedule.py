"""One schedule: a seed decides what is sent, what goes wrong and in which order everything happens."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from tests.simulation.compaction import compacts
from tests.simulation.hosts import Grid, keep_running, keeps_time, relays, takes_messages
from tests.simulation.operators import operates, retries_early_bundles
from tests.simulation.senders import SOURCES, Sent, errands, send
from tests.simulation.truth import at_rest, violations
from tests.simulation.virtual_time import run
from tests.simulation.weather import CALM, Climate, Happened, Process, Weather, task_of_process
from tests.simulation.world import World, one_source_of_chance

_WINDOWS: Final = (10.0, 60.0, 300.0)
_FAULTS_LAST: Final = 240.0
_PATIENCE: Final = 6 * 3600.0
"""Seconds of calm after which whatever has not ended never will: sweeps, locks and back-off are over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a schedule: the differences from the truth, none when all is well, and how it went."""

    seed: int
    violations: tuple[str, ...]
    trace: tuple[Happened, ...]
    uploads: int

    def story(self, last: int | None = None) -> str:
        """Return the trace as text, or its last lines."""
        return "\n".join(str(line) for line in (self.trace[-last:] if last else self.trace))


def simulate(seed: int, chosen: Climate | None = None, sources: Sequence[str] = SOURCES) -> Outcome:
    """Run the schedule of a seed, in weather of its own or in a chosen one. The same seed, the same trace."""
    random = Random(seed)  # noqa: S311 - not a secret
    drawn = climate(random)
    weather = Weather(random, chosen or drawn)
    logging.disable(logging.CRITICAL)
    try:
        with one_source_of_chance(random):
            return run(_play(seed, weather, sources), task_of_process)
    finally:
        logging.disable(logging.NOTSET)


def climate(random: Random) -> Climate:
    """Draw which faults happen, and how often; one schedule in eight sees none but bad timing."""
    if random.random() < 0.125:
        return Climate(stalls=0.01)

    def maybe(most: float) -> float:
        return random.choice([0.0, random.uniform(0, most)])

    begin = random.uniform(0, 120)
    storms = ((begin, begin + random.uniform(5, 60)),) if random.random() < 0.3 else ()
    return Climate(
        deaths=maybe(0.01),
        stalls=maybe(0.02),
        refusals=maybe(0.05),
        lost_answers=maybe(0.03),
        storms=storms,
        stale_reads=maybe(0.2),
        duplicates=maybe(0.5),
        late_messages=maybe(0.2),
        lost_locks=maybe(0.4),
        lost_messages=random.choice([0.0, 0.0, random.uniform(0.01, 0.1)]),
    )


async def _play(seed: int, weather: Weather, sources: Sequence[str]) -> Outcome:
    world = World.under(weather)
    faults, weather.climate = weather.climate, CALM
    world.sweeps = faults.sweeps
    observer = world.process("observer", mortal=False)
    Process.current.set(observer)
    for tenant in ("harbor", "lakeside")[: weather.random.randint(1, 2)]:
        await world.settle(tenant)
    await asyncio.sleep(10)
    weather.climate = faults
    weather.note(str(faults))
    sent: list[Sent] = []
    grid = Grid(world, forever=not world.sweeps)
    _start_processes(world)
    await _send_all(world, grid, sent, sources)
    await asyncio.sleep(_FAULTS_LAST)
    weather.clear_up()
    await _come_to_rest(world, grid, sent)
    found = await violations(world, sent)
    return Outcome(seed, tuple(found), tuple(weather.trace), len(sent))


def _start_processes(world: World) -> None:
    runs = [(f"host-{n}", takes_messages(world)) for n in (1, 2)]
    runs += [("relay", relays(world)), ("upkeep", keeps_time(world, sweeps=world.sweeps))]
    runs += [("compaction", compacts(world))]
    world.operator = asyncio.create_task(operates(world))
    clerk = asyncio.create_task(retries_early_bundles(world))
    world.keepers = [clerk, *(asyncio.create_task(keep_running(world, name, begin)) for name, begin in runs)]


async def _send_all(world: World, grid: Grid, sent: list[Sent], sources: Sequence[str]) -> None:
    random = world.random
    planned = errands(random, world.tenants, random.choice(_WINDOWS), sources)
    web = world.process("web", mortal=False)
    await asyncio.gather(*(web.start(send(world, grid, errand, sent)) for errand in planned))


async def _come_to_rest(world: World, grid: Grid, sent: list[Sent]) -> None:
    for _ in range(int(_PATIENCE / 30)):
        await asyncio.sleep(30)
        if not grid.open and at_rest(world, sent):
            return
