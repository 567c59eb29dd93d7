"""The lock by which one process at a time serves a timer: a lease on a blob, as on the platform.

The lease is as long as the platform's (`listenerLockPeriod`). Its id tells the instance, so that the
successor of a process that was killed need not wait until it lapses.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from azure.storage.blob.aio import BlobLeaseClient

from infra.local.functions.host_container import HostContainer
from infra.local.functions.supervision import Shutdown

_log = logging.getLogger(__name__)
_LEASE_SECONDS = 60
_RENEW_SECONDS = 20.0
_TRY_AGAIN_SECONDS = 2.0


class LockLost(Exception):
    """Another process may hold the lock by now."""


class Lock:
    """A held lock."""

    def __init__(self) -> None:
        self._lost = False

    def check(self) -> None:
        """Raise `LockLost` when the lease could not be renewed."""
        if self._lost:
            raise LockLost

    async def keep(self, lease: BlobLeaseClient) -> None:
        """Renew the lease until that fails."""
        while not self._lost:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                await lease.renew()
            except AzureError as failure:
                _log.warning("a timer's lock was lost: %s", failure)
                self._lost = True


@asynccontextmanager
async def hold_lock(
    hosts: HostContainer, function: str, instance: str, shutdown: Shutdown
) -> AsyncIterator[Lock]:
    """Wait for the lock of a function and hold it in the block; `Stopping` when the host stops first."""
    lease = await shutdown.wait_for(_acquire(hosts, function, instance))
    lock = Lock()
    keeper = asyncio.create_task(lock.keep(lease))
    try:
        yield lock
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        # When the storage is gone the lease lapses by itself.
        with contextlib.suppress(AzureError):
            await lease.release()


async def _acquire(hosts: HostContainer, function: str, instance: str) -> BlobLeaseClient:
    lease_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{instance}/{function}"))
    blob = (await hosts.client()).get_blob_client(f"locks/{hosts.host_id}/{function}")
    # A blob that exists is leased already, or was: either way it is there to be leased.
    with contextlib.suppress(ResourceExistsError, HttpResponseError):
        await blob.upload_blob(b"", overwrite=False)
    while True:
        try:
            return await blob.acquire_lease(lease_duration=_LEASE_SECONDS, lease_id=lease_id)
        except ResourceExistsError:
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
