"""Who may log in, and what a login gets: its tenant's box, and nothing else that SSH knows."""

from pathlib import Path
from typing import cast

import asyncssh
from azure.storage.blob.aio import ContainerClient

from infra.local.event_log import EventLog
from infra.local.sftp.box import TenantBox
from shared.kernel.ids import is_tenant_id
from shared.tenancy.policies import is_served_here
from shared.tenancy.service import Tenancy

_log = EventLog("sftp")
_LOGIN_SECONDS = 30
_KEEP_ALIVE_SECONDS = 60


class Doorkeeper(asyncssh.SSHServer):
    """Decides about one connection: a tenant's name, and one of the public keys in its record."""

    def __init__(self, tenancy: Tenancy) -> None:
        self._tenancy = tenancy

    def begin_auth(self, username: str) -> bool:
        """Ask everybody for a key."""
        return True

    def public_key_auth_supported(self) -> bool:
        """Take keys."""
        return True

    def password_auth_supported(self) -> bool:
        """Take no passwords."""
        return False

    def kbdint_auth_supported(self) -> bool:
        """Take no passwords that are asked for in a dialogue."""
        return False

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Tell whether the tenant of that name is served here and lists the key now."""
        tenant = await self._tenancy.find(username) if is_tenant_id(username) else None
        if tenant is None or not is_served_here(tenant, self._tenancy.stamp):
            return False
        offered = " ".join(key.export_public_key().decode().split()[:2])
        known = next((it for it in tenant.ways.sftp_keys if it.public == offered), None)
        if known is not None:
            _log("info", "key accepted", tenant=username, key=known.name)
        return known is not None


async def listen(
    host: str, port: int, host_key: asyncssh.SSHKey, tenancy: Tenancy, drops: ContainerClient
) -> asyncssh.SSHAcceptor:
    """Listen for clients."""

    def box(channel: "asyncssh.SSHServerChannel[bytes]") -> TenantBox:
        return TenantBox(channel, cast("str", channel.get_extra_info("username")), drops)

    return await asyncssh.listen(
        host,
        port,
        server_factory=lambda: Doorkeeper(tenancy),
        server_host_keys=[host_key],
        sftp_factory=box,
        allow_scp=False,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        server_version="Termtide",
        login_timeout=_LOGIN_SECONDS,
        keepalive_interval=_KEEP_ALIVE_SECONDS,
    )


def ensure_host_key(folder: Path) -> asyncssh.SSHKey:
    """Return the key by which clients know this server, made at the first start; only its owner may read it.

    `OSError` or `asyncssh.KeyImportError` when there is one that can't be used.
    """
    file = folder / "host_key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        unfinished.replace(file)
    return asyncssh.read_private_key(file)
