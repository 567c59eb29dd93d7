"""When a timer last ran and was to run next: a blob for each timer, as on the platform."""

import json
from dataclasses import dataclass
from datetime import datetime

from azure.core.exceptions import ResourceNotFoundError

from infra.local.functions.host_container import HostContainer


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """Moments are aware, in UTC."""

    last: datetime
    next: datetime
    updated: datetime

    def as_members(self) -> dict[str, str]:
        """Return the members of the platform's JSON form."""
        return {
            "Last": self.last.isoformat(),
            "Next": self.next.isoformat(),
            "LastUpdated": self.updated.isoformat(),
        }


class ScheduleStatuses:
    """Reads and writes the statuses."""

    def __init__(self, hosts: HostContainer) -> None:
        self._hosts = hosts

    async def read(self, function: str) -> ScheduleStatus | None:
        """Return the status of a timer, or None when it never ran."""
        container = await self._hosts.client()
        try:
            download = await container.download_blob(self._name(function))
        except ResourceNotFoundError:
            return None
        members = json.loads(await download.readall())
        last, following, updated = (
            datetime.fromisoformat(members[name]) for name in ("Last", "Next", "LastUpdated")
        )
        return ScheduleStatus(last, following, updated)

    async def write(self, function: str, status: ScheduleStatus) -> None:
        """Replace the status of a timer."""
        container = await self._hosts.client()
        content = json.dumps(status.as_members())
        await container.upload_blob(self._name(function), content, overwrite=True)

    def _name(self, function: str) -> str:
        return f"timers/{self._hosts.host_id}/{function}/status"
