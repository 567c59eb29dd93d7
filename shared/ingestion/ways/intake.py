"""Takes in what arrives by other ways than a granted upload, each arrival once, whatever breaks meanwhile.

The receipt comes first and names the upload; then the upload record, the landing blob, and the mark that it
is done. Each step may run again and finds what the earlier run made, so a crash between any two of them
neither loses an arrival nor takes it in twice.
"""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.ingestion import policies
from shared.ingestion.model import Upload, Way
from shared.ingestion.ports import Ingests, UploadRules
from shared.ingestion.ways.ports import Receipt, Receipts
from shared.ingestion.ways.uploads import Admitted, admitted, landing_blob
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.kernel.ids import uuid7_at
from shared.kernel.scope import TenantScope

type Land = Callable[[str], Awaitable[bool]]
"""Makes the landing blob of this name, one that exists stays as it is; False when the arrival is gone."""

_SEPARATOR: Final = "\x1f"
_END_OF_SECOND: Final = timedelta(milliseconds=999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file at the door. Two arrivals with the same `way` and `same` are one."""

    way: Way
    same: tuple[str, ...]
    file_name: str
    size: int
    stored_at: datetime
    """When the file was given its content, as stores tell it: the second, rounded down."""
    nth: int = 0
    """Its place among the files that were found together: of two of one second the later is the newer."""
    feed_hint: str | None = None

    @property
    def receipt_id(self) -> str:
        """The digest that tells it from every other arrival of its tenant."""
        return hashlib.sha256(_SEPARATOR.join((self.way, *self.same)).encode()).hexdigest()


class Intake:
    """Takes arrivals in, by the same limits and policies as granted uploads."""

    def __init__(self, receipts: Receipts, ingests: Ingests, rules: UploadRules, clock: Clock) -> None:
        self._receipts = receipts
        self._ingests = ingests
        self._rules = rules
        self._clock = clock

    async def admit(self, scope: TenantScope, file_name: str, size: int) -> Admitted:
        """Return name and limit of a file that may come in; `Forbidden`, `InvalidInput`, `TooLarge`."""
        return await admitted(self._rules, scope, file_name, size)

    async def take(self, scope: TenantScope, arrival: Arrival, admission: Admitted, land: Land) -> bool:
        """Land the arrival under an upload of its own and tell whether it was new.

        One that was taken in before, or that `land` finds gone, is not. What `land` raises passes; the
        arrival may then come again.
        """
        receipt = await self._receipts.reserve(scope, Receipt(arrival.receipt_id, self._upload_id(arrival)))
        if receipt.taken:
            return False
        upload = self._upload(scope, arrival, admission, receipt.upload_id)
        with suppress(Conflict):
            await self._ingests.add_upload(scope, upload)
        if not await land(upload.blob):
            return False
        await self._receipts.mark_taken(scope, receipt)
        return True

    def _upload_id(self, arrival: Arrival) -> str:
        """Return an id that makes the arrival newer than every file that had come in when it was sent.

        So its moment lies neither before it was sent, as the start of its second may, nor after now.
        """
        sent_by = min(arrival.stored_at + _END_OF_SECOND, self._clock.now())
        return uuid7_at(int(sent_by.timestamp() * 1000) + arrival.nth)

    def _upload(self, scope: TenantScope, arrival: Arrival, admission: Admitted, upload_id: str) -> Upload:
        now = self._clock.now()
        return Upload(
            id=upload_id,
            file_name=admission.file_name,
            blob=landing_blob(scope.tenant_id, upload_id, admission.file_name),
            size=arrival.size,
            size_limit=admission.size_limit,
            feed_hint=arrival.feed_hint,
            created_at=now,
            created_by=scope.actor,
            expires_at=now + policies.GRANT_VALID,
            way=arrival.way,
        )
