"""Takes in the files that come by mail, each once, from senders whom the tenant's rules name.

A relay stores every message as it came; the folder that it lies in names a tenant, as its address did, and
anybody may write to an address. Only when that tenant's own record has a rule for the sender is the message
the tenant's. Until then nothing of the tenant but that record is touched, and refusals are the stamp's.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

from shared.ingestion import policies
from shared.ingestion.model import Way
from shared.ingestion.ways.intake import Arrival, Intake
from shared.ingestion.ways.mail_messages import Attachment, Letter, LetterReader
from shared.ingestion.ways.mail_ports import HeldMail, LandingWrites, Mailbox, Senders, StoredMail
from shared.ingestion.ways.ports import Refusals
from shared.kernel.clock import Clock
from shared.kernel.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TermtideError,
    TooLarge,
)
from shared.kernel.faults import Faults
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner, StampScope

LARGEST_MAIL: Final = 35 * 1024 * 1024
"""What the large mail providers send. A message is held in memory, about six times, while it is read: so each
process reads one at a time."""
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Message:
    """A message that was let in: for whom it is, and which feed it is about, as far as that is known."""

    mail: StoredMail
    letter: Letter
    scope: TenantScope
    feed: str | None


class MailIntake:
    """Takes mail in. `authority` is the name by which our relay signs what it found out about senders."""

    def __init__(  # noqa: PLR0913 - one for each thing that it meets
        self,
        *,
        mailbox: Mailbox,
        senders: Senders,
        intake: Intake,
        landing: LandingWrites,
        held: HeldMail,
        refusals: Refusals,
        clock: Clock,
        authority: str | None,
    ) -> None:
        self._mailbox = mailbox
        self._senders = senders
        self._intake = intake
        self._landing = landing
        self._held = held
        self._refusals = refusals
        self._clock = clock
        self._authority = authority
        self._one_at_a_time = asyncio.Lock()

    async def receive(self, stamp: StampScope, path: str) -> int:
        """Take in the attachments of the message at `{tenant}/{name}`; return how many were new.

        A message that was taken in is removed. One that is refused, as a whole or in part, stays, is audited
        and put into quarantine, once for each reason; when its cause is gone it may be received again.
        """
        async with self._one_at_a_time:
            try:
                return await self._find_and_receive(stamp, path)
            except PreconditionFailed:
                # Another process noted at the message why it refuses it, while it was read here.
                return await self._find_and_receive(stamp, path)

    async def sweep(self, stamp: StampScope) -> int:
        """Receive what has lain there for a while: its event was lost, or failed too often.

        Returns how many messages there were. A fault at one of them does not keep the others waiting; all are
        raised together at the end.
        """
        swept, faults = 0, Faults()
        async for path in self._mailbox.waiting(stamp, self._clock.now() - policies.STUCK_AFTER):
            swept += 1
            with faults.kept():
                await self.receive(stamp, path)
        faults.raise_together("some messages were left out of a sweep")
        return swept

    async def _find_and_receive(self, stamp: StampScope, path: str) -> int:
        mail = await self._mailbox.find(stamp, path)
        return 0 if mail is None else await self._receive(stamp, mail)

    async def _receive(self, stamp: StampScope, mail: StoredMail) -> int:
        try:
            letter = await self._read(stamp, mail)
            message = await self._let_in(mail, letter)
        except (InvalidInput, TooLarge, NotFound, Forbidden) as refusal:
            # Of an unproven sender nothing is said to the tenant: its records are nobody else's to fill.
            await self._refuse(stamp, stamp, mail, _reason(refusal))
            return 0
        return await self._take_all(stamp, message)

    async def _read(self, stamp: StampScope, mail: StoredMail) -> Letter:
        if mail.size > LARGEST_MAIL:
            raise TooLarge(f"a message has at most {LARGEST_MAIL} bytes")
        reader = LetterReader()
        for offset in range(0, mail.size, _PIECE):
            piece = await self._mailbox.read(stamp, mail, offset, _PIECE)
            # A piece takes a tenth of a second: other calls of this process go on meanwhile.
            await asyncio.to_thread(reader.feed, piece)
        return await asyncio.to_thread(reader.close)

    async def _let_in(self, mail: StoredMail, letter: Letter) -> _Message:
        tenant_id = mail.path.partition("/")[0]
        proven = letter.is_vouched_for(self._authority)
        scope, feed = await self._senders.sender_scope(
            tenant_id, letter.sender or "", letter.feed, proven=proven
        )
        return _Message(mail, letter, scope, feed)

    async def _take_all(self, stamp: StampScope, message: _Message) -> int:
        taken, refused, found = 0, None, 0
        attachments = message.letter.attachments()
        while (attachment := await asyncio.to_thread(next, attachments, None)) is not None:
            nth, found = found, found + 1
            try:
                taken += await self._take(message, attachment, nth)
            except (Forbidden, InvalidInput, TooLarge) as refusal:
                refused = refusal.code
        if refused or not found:
            await self._refuse(stamp, message.scope, message.mail, refused or "no-attachment")
        else:
            await self._release(stamp, message.scope, message.mail)
        return taken

    async def _take(self, message: _Message, attachment: Attachment, nth: int) -> bool:
        content = attachment.content
        if content is None:
            raise InvalidInput(f"the attachment {attachment.file_name} is damaged")
        scope = message.scope
        admission = await self._intake.admit(scope, attachment.file_name, len(content))
        arrival = Arrival(
            way=Way.MAIL,
            same=(message.letter.id, hashlib.sha256(content).hexdigest(), attachment.file_name),
            file_name=attachment.file_name,
            size=len(content),
            stored_at=message.mail.stored_at,
            nth=nth,
            feed_hint=message.feed,
        )

        async def land(blob: str) -> bool:
            await self._landing.write(scope, blob, content)
            return True

        return await self._intake.take(scope, arrival, admission, land)

    async def _refuse(self, stamp: StampScope, owner: Owner, mail: StoredMail, reason: str) -> None:
        if mail.refused == reason:
            return
        await self._refusals.refused(owner, "mail.take", f"mail:{mail.digest[:32]}", reason)
        await self._held.hold(owner, mail, reason)
        await self._mailbox.refuse(stamp, mail, reason)

    async def _release(self, stamp: StampScope, scope: TenantScope, mail: StoredMail) -> None:
        if mail.refused is not None:
            for owner in (stamp, scope):
                await self._held.release(owner, mail)
        await self._mailbox.remove(stamp, mail)


def _reason(refusal: TermtideError) -> str:
    """Return the stable code for which a message is nobody's."""
    if isinstance(refusal, NotFound):
        return "no-tenant"
    return refusal.detail if isinstance(refusal, Forbidden) else refusal.code
