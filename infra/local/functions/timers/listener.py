"""Fires a timer's function at the occurrences of its schedule.

One run at a time: occurrences that pass while the function runs are skipped, as on the platform. A run that
was missed while no host held the timer is made up once, marked as past due.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Call, as_json
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.host_container import HostContainer
from infra.local.functions.invocations import Invoker
from infra.local.functions.retries import run_with_retries
from infra.local.functions.settings import Settings
from infra.local.functions.supervision import Shutdown
from infra.local.functions.timers.lock import Lock, hold_lock
from infra.local.functions.timers.ncrontab import Schedule, parse_schedule
from infra.local.functions.timers.schedule_status import ScheduleStatus, ScheduleStatuses

_LONGEST_SLEEP_SECONDS = 10.0
_SHORTEST_MONITORED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TimerListener:
    """Serves one timer. Schedules that fire more often than once a minute keep no status."""

    function: FunctionDefinition
    schedule: Schedule
    hosts: HostContainer
    invoker: Invoker
    instance: str

    async def run(self, shutdown: Shutdown) -> None:
        """Wait for the timer's lock, then fire until the host stops."""
        async with hold_lock(self.hosts, self.function.name, self.instance, shutdown) as lock:
            statuses = ScheduleStatuses(self.hosts) if self._monitored() else None
            latest = await self._fire_at_start(statuses, shutdown)
            while True:
                due = self.schedule.next_after(max(latest, _now()))
                await _sleep_until(due, shutdown, lock)
                await self._fire(due, statuses, shutdown, past_due=False)
                latest = due

    async def _fire_at_start(self, statuses: ScheduleStatuses | None, shutdown: Shutdown) -> datetime:
        status = None if statuses is None else await statuses.read(self.function.name)
        now = _now()
        missed = status is not None and status.next <= now
        if missed or self.function.trigger.options.get("runOnStartup"):
            await self._fire(now, statuses, shutdown, past_due=missed)
        elif statuses is not None and status is None:
            # Without this a first run that falls into the host's absence would not count as missed.
            first = ScheduleStatus(now, self.schedule.next_after(now), now)
            await statuses.write(self.function.name, first)
        return now

    async def _fire(
        self, due: datetime, statuses: ScheduleStatuses | None, shutdown: Shutdown, *, past_due: bool
    ) -> None:
        following = self.schedule.next_after(due)
        status = None if statuses is None else await statuses.read(self.function.name)
        value = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": None if status is None else status.as_members(),
            "IsPastDue": past_due,
        }
        await run_with_retries(self.invoker, Call(self.function, as_json(value)), shutdown)
        if statuses is not None:
            await statuses.write(self.function.name, ScheduleStatus(due, following, _now()))

    def _monitored(self) -> bool:
        first = self.schedule.next_after(_now())
        wide_enough = self.schedule.next_after(first) - first >= _SHORTEST_MONITORED
        return wide_enough and self.function.trigger.options.get("useMonitor", True) is True


def timer_listener(
    function: FunctionDefinition, settings: Settings, hosts: HostContainer, invoker: Invoker, instance: str
) -> TimerListener:
    """Return the listener of a timer; `InvalidBinding` when its schedule is none."""
    try:
        schedule = parse_schedule(settings.resolve(function.trigger.option("schedule")))
    except ValueError as fault:
        raise InvalidBinding(function.name, f"schedule: {fault}") from fault
    return TimerListener(function, schedule, hosts, invoker, instance)


async def _sleep_until(due: datetime, shutdown: Shutdown, lock: Lock) -> None:
    # In short pieces, so that a change of the clock or a lost lock is noticed.
    while (left := (due - _now()).total_seconds()) > 0:
        await shutdown.sleep(min(left, _LONGEST_SLEEP_SECONDS))
        lock.check()


def _now() -> datetime:
    return datetime.now(UTC)
