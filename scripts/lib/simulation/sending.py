"""Sends files into a running local cloud by every way in, as the senders of a district do."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

import asyncssh

from scripts.lib.api import Api
from scripts.lib.development_access import DevelopmentAccess
from shared.ingestion.model import Way
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from shared.tenancy.ways import SenderRule, SftpKey

WAYS: Final = (Way.SAS, Way.SFTP, Way.MAIL)
_SENDER: Final = "nightly@simulated.example"
_HOST: Final = "127.0.0.1"
_LOG_INS: Final = 20


@dataclass(frozen=True, slots=True)
class Senders:
    """The open connections of one tenant's senders."""

    api: Api
    sftp: asyncssh.SFTPClient
    mail_port: int
    tenant_id: str

    async def send(self, way: Way, path: Path, name: str, feed: str) -> None:
        """Send a file by one way; it has arrived when this returns, and is taken in some time later."""
        match way:
            case Way.SFTP:
                # A name that is still growing is none that anybody takes.
                await self.sftp.put(str(path), f"{name}.part")
                await self.sftp.rename(f"{name}.part", name)
            case Way.MAIL:
                await asyncio.to_thread(self._mail, path, name, feed)
            case _:
                with path.open("rb") as file:
                    await self.api.upload(file, name)

    def _mail(self, path: Path, name: str, feed: str) -> None:
        letter = EmailMessage(policy=SMTP)
        letter["From"], letter["Subject"] = _SENDER, name
        letter["Message-ID"] = f"<{path.stat().st_mtime_ns}.{self.tenant_id}@simulated.example>"
        letter.set_content("The nightly export is attached.")
        letter.add_attachment(
            path.read_bytes(), maintype="application", subtype="octet-stream", filename=name
        )
        with smtplib.SMTP(_HOST, self.mail_port) as client:
            client.sendmail(_SENDER, [f"{self.tenant_id}+{feed}@ingest.local"], letter.as_bytes())


@asynccontextmanager
async def senders(access: DevelopmentAccess, scope: TenantScope) -> AsyncIterator[Senders]:
    """Let the senders of a seeded tenant in by every way, and close their connections after the block."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    listed = SftpKey(name="simulator", public=key.export_public_key().decode())
    rule = SenderRule(sender=_SENDER, proven=False)
    await access.services.tenancy.set_ways(
        scope, lambda ways: ways.without_key(listed.name).with_key(listed).with_sender(rule)
    )
    ports = access.endpoints.ports
    async with AsyncExitStack() as opened:
        api = await opened.enter_async_context(access.api(scope.tenant_id))
        server = await opened.enter_async_context(await _logged_in(ports["sftp"], scope.tenant_id, key))
        client = await opened.enter_async_context(server.start_sftp_client())
        yield Senders(api, client, ports["mail"], scope.tenant_id)


async def _logged_in(port: int, tenant_id: str, key: asyncssh.SSHKey) -> asyncssh.SSHClientConnection:
    """Log in as the tenant; the server may take half a minute to hear of a new key."""
    for _ in range(_LOG_INS):
        try:
            return await asyncssh.connect(
                _HOST, port, username=tenant_id, client_keys=[key], known_hosts=None
            )
        except asyncssh.PermissionDenied:
            await asyncio.sleep(2)
    raise Unavailable("the SFTP server does not let the simulator in")
