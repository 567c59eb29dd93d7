"""Landing blobs that are made here: copied from another blob by the store itself, or written from memory.

Both are made of blocks that one conditional commit makes visible, so a landing blob is whole or not there,
and is never written twice.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError

from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.grants import LANDING, check_path
from shared.platform.blob.signing import SKEW, SigningKeys

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

_BLOCK: Final = 32 * 1024 * 1024
"""What the store copies in one request (at most 4000 MiB): so little that a busy store answers in time."""
_READABLE_FOR: Final = timedelta(hours=1)
_SOURCE_CHANGED: Final = frozenset({404, 412})
_EXISTS: Final = frozenset({409, 412})


class BlobCopies:
    """Makes landing blobs of one account."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._keys = SigningKeys(account, clock)

    async def land(self, scope: TenantScope, source: "BlobClient", etag: str, size: int, blob: str) -> bool:
        """Copy one version of `source` into a landing blob; a blob that exists stays as it is.

        False, and nothing was made, when the source has another ETag or is gone. No byte passes through here.
        `TenantBreach` for a landing blob outside the scope's tenant.
        """
        target = self._target(scope, blob)
        with translated():
            if await target.exists():
                return True
            url = await self._readable(source)
            blocks = [f"{n:06d}" for n in range(-(-size // _BLOCK))]
            for n, block in enumerate(blocks):
                length = min(_BLOCK, size - n * _BLOCK)
                if not await _staged(target, block, url, n * _BLOCK, length, etag):
                    return False
            await _commit(target, blocks)
        return True

    async def write(self, scope: TenantScope, blob: str, content: bytes) -> None:
        """Make a landing blob of these bytes; one that exists stays as it is.

        `TenantBreach` for a landing blob outside the scope's tenant.
        """
        target = self._target(scope, blob)
        with translated():
            if not await target.exists():
                await target.stage_block("000000", content)
                await _commit(target, ["000000"])

    def _target(self, scope: TenantScope, blob: str) -> "BlobClient":
        check_path(scope, blob)
        return self._account.service.get_blob_client(LANDING, blob)

    async def _readable(self, source: "BlobClient") -> str:
        """Return a URL by which the store may read the source for an hour."""
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas  # noqa: PLC0415 - see the package

        now = self._clock.now()
        signature = generate_blob_sas(
            account_name=str(source.account_name),
            container_name=source.container_name,
            blob_name=source.blob_name,
            permission=BlobSasPermissions(read=True),
            start=now - SKEW,
            expiry=now + _READABLE_FOR,
            **await self._keys.key(now + _READABLE_FOR),
        )
        return f"{source.url}?{signature}"


async def _staged(  # noqa: PLR0913, PLR0917 - what to copy, from where to where
    target: "BlobClient", block: str, url: str, offset: int, length: int, etag: str
) -> bool:
    """Copy a range into a block; False when the source is another version now, or none."""
    # The SDK has no argument for the condition that the service offers (Put Block From URL).
    condition: dict[str, Any] = {"headers": {"x-ms-source-if-match": etag}}
    try:
        await target.stage_block_from_url(block, url, offset, length, **condition)
    except HttpResponseError as refusal:
        if refusal.status_code not in _SOURCE_CHANGED or _code(refusal) == "ContainerNotFound":
            raise
        return False
    return True


async def _commit(target: "BlobClient", blocks: Sequence[str]) -> None:
    """Make the blocks a blob unless there is one: then it is of the same arrival, so of the same bytes."""
    from azure.storage.blob import BlobBlock  # noqa: PLC0415 - see the package

    try:
        await target.commit_block_list(
            [BlobBlock(block) for block in blocks], match_condition=MatchConditions.IfMissing
        )
    except HttpResponseError as refusal:
        if refusal.status_code not in _EXISTS or not await target.exists():
            raise


def _code(refusal: HttpResponseError) -> str:
    return str(getattr(refusal, "error_code", ""))
