"""What the host keeps in blob storage, as on the platform: locks, timer statuses, poison records."""

import contextlib
from dataclasses import dataclass, field

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

HOST_CONTAINER = "azure-webjobs-hosts"


@dataclass(slots=True)
class HostContainer:
    """The container `azure-webjobs-hosts` of an account, shared by the hosts of several apps.

    `host_id` tells the apps apart; processes that serve parts of one app have the same.
    """

    service: BlobServiceClient
    host_id: str
    _made: bool = field(default=False, init=False)

    async def client(self) -> ContainerClient:
        """Return the container's client; the first call makes the container if it does not exist."""
        container = self.service.get_container_client(HOST_CONTAINER)
        if not self._made:
            with contextlib.suppress(ResourceExistsError):
                await container.create_container()
            self._made = True
        return container
