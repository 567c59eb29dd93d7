"""The container in which the host keeps its own state, as on the platform: `azure-webjobs-hosts`."""

import contextlib

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

HOST_CONTAINER = "azure-webjobs-hosts"


async def host_container(service: BlobServiceClient) -> ContainerClient:
    """Return the container, made if it does not exist."""
    container = service.get_container_client(HOST_CONTAINER)
    with contextlib.suppress(ResourceExistsError):
        await container.create_container()
    return container
