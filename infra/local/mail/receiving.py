"""What is answered to a client that delivers mail, and how its message is stored."""

import hashlib
from email.utils import formatdate
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob.aio import ContainerClient

from infra.local.event_log import EventLog
from infra.local.mail.addresses import DOMAIN, Recipient
from shared.kernel.errors import Unavailable
from shared.tenancy.policies import is_served_here
from shared.tenancy.service import Tenancy

LARGEST: Final = 35 * 1024 * 1024
_MOST_RECIPIENTS: Final = 10

_log = EventLog("mail")


class Receiver:
    """Handles the commands of every session. Reply codes are those of RFC 5321 section 4.2.3."""

    def __init__(self, tenancy: Tenancy, mailbox: ContainerClient) -> None:
        self._tenancy = tenancy
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - the library looks for this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        """Accept the address of a tenant that is served here."""
        recipient = Recipient.parsed(address)
        try:
            known = recipient is not None and await self._is_served(recipient.tenant)
        except Unavailable:
            return "451 4.3.0 try again later"
        if recipient is None or not known:
            return "550 5.1.1 no such recipient"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 too many recipients"
        envelope.rcpt_tos.append(recipient.address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Store the message for each recipient; 250 when every one of them has it."""
        content = envelope.original_content or b""
        try:
            for address in envelope.rcpt_tos:
                await self._store(address, envelope.mail_from or "", content)
        except AzureError as fault:
            _log("warning", f"a message could not be stored: {type(fault).__name__}")
            return "451 4.3.0 try again later"
        return "250 OK"

    async def _is_served(self, tenant_id: str) -> bool:
        tenant = await self._tenancy.find(tenant_id)
        return tenant is not None and is_served_here(tenant, self._tenancy.stamp)

    async def _store(self, address: str, sender: str, content: bytes) -> None:
        """Put the fields of final delivery (RFC 5321 section 4.4) on top, and store the message once."""
        fields = (
            f"Return-Path: <{sender}>",
            f"Delivered-To: {address}",
            f"Received: by {DOMAIN}; {formatdate(usegmt=True)}",
        )
        stored = "".join(f"{field}\r\n" for field in fields).encode() + content
        tenant = address.partition("@")[0].partition("+")[0]
        try:
            await self._mailbox.upload_blob(f"{tenant}/{hashlib.sha256(stored).hexdigest()}.eml", stored)
        except ResourceExistsError:
            return
        _log("info", "message stored", tenant=tenant, size=len(stored))
