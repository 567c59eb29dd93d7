"""Messages as a relay stored them: the container `mail`, `{tenant}/{name}.eml`."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared.ingestion.ways.mail_ports import StoredMail
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import StampScope
from shared.platform.blob import versions
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.ranges import read_range

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties
    from azure.storage.blob.aio import BlobClient

MAIL: Final = "mail"


class AzureMailbox:
    """Implements `Mailbox`."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account

    async def find(self, stamp: StampScope, path: str) -> StoredMail | None:
        """Return a message, None when it is gone; `Unavailable`."""
        try:
            with translated():
                return _mail(await self._client(path).get_blob_properties())
        except NotFound:
            return None

    async def read(self, stamp: StampScope, mail: StoredMail, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `PreconditionFailed` when it is another by now."""
        return await read_range(self._client(mail.path), offset, length, **versions.only(mail.etag))

    async def of(self, scope: TenantScope) -> AsyncIterator[StoredMail]:
        """Yield the messages in the folder of the scope's tenant; `Unavailable`."""
        container = self._account.service.get_container_client(MAIL)
        with translated():
            async for found in container.list_blobs(f"{scope.tenant_id}/", include=["metadata"]):
                yield _mail(found)

    async def waiting(self, stamp: StampScope, before: datetime) -> AsyncIterator[str]:
        """Yield the paths of messages stored before a moment and not put aside; `Unavailable`."""
        container = self._account.service.get_container_client(MAIL)
        with translated():
            async for found in container.list_blobs(include=["metadata"]):
                if found.last_modified < before and versions.REFUSED not in (found.metadata or {}):
                    yield found.name

    async def refuse(self, stamp: StampScope, mail: StoredMail, reason: str) -> None:
        """Write the reason upon this version; another one, or none, stays as it is."""
        await versions.refuse(self._client(mail.path), mail.etag, reason)

    async def remove(self, stamp: StampScope, mail: StoredMail) -> None:
        """Remove this version; another one, or none, stays as it is."""
        await versions.remove(self._client(mail.path), mail.etag)

    def _client(self, path: str) -> "BlobClient":
        return self._account.service.get_blob_client(MAIL, path)


def _mail(found: "BlobProperties") -> StoredMail:
    refused = (found.metadata or {}).get(versions.REFUSED)
    return StoredMail(found.name, found.etag, found.size, found.last_modified, refused)
