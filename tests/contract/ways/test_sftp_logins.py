"""Who may log in to the SFTP server, what a login gets, and how the server starts and ends."""

import os
import stat
import subprocess
from pathlib import Path

import asyncssh
import pytest

from shared.bootstrap import Services
from shared.kernel.ids import new_id
from shared.tenancy.model import TenantStatus
from tests.contract.ways.conftest import NORTH, SOUTH, Box, public, sftp_command, tenant_with
from tests.fixtures.processes import ROOT, free_port, start_server

pytestmark = pytest.mark.xdist_group("ways")


async def denied(box: Box, tenant: str, key: asyncssh.SSHKey) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with box.log_in(tenant, key):
            pass


async def test_a_key_opens_the_box_of_its_own_tenant_only(box: Box) -> None:
    for tenant in (NORTH, SOUTH):
        async with box.log_in(tenant) as connection, connection.start_sftp_client() as client:
            assert await client.realpath(".") == "/"
    await denied(box, NORTH, box.keys[SOUTH])
    await denied(box, SOUTH, box.keys[NORTH])
    for nobody in ("nowhere", "Not A Tenant", "", "root"):
        await denied(box, nobody, box.keys[NORTH])


async def test_a_tenant_that_is_suspended_or_lives_elsewhere_has_no_box(box: Box, services: Services) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    record = tenant_with("sftp-elsewhere", public(key))
    await services.tenants.put(record.model_copy(update={"home_stamp": "other-1"}))
    await denied(box, record.id, key)
    suspended = tenant_with("sftp-suspended", public(key)).model_copy(
        update={"status": TenantStatus.SUSPENDED}
    )
    await services.tenants.put(suspended)
    await denied(box, suspended.id, key)


async def test_several_keys_of_every_kind_open_the_box_and_a_removed_one_does_not(
    box: Box, services: Services
) -> None:
    kept, removed = (asyncssh.generate_private_key(kind) for kind in ("ssh-rsa", "ecdsa-sha2-nistp384"))
    first = tenant_with("sftp-rotating", public(kept, "new"), public(removed, "old"))
    await services.tenancy.onboard(first, [], "test", new_id())
    rotated = tenant_with("sftp-rotated", public(kept, "new"))
    await services.tenancy.onboard(rotated, [], "test", new_id())
    for key in (kept, removed):
        async with box.log_in(first.id, key):
            pass
    async with box.log_in(rotated.id, kept):
        pass
    await denied(box, rotated.id, removed)


async def test_there_is_no_password_shell_command_or_forwarding(box: Box) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with asyncssh.connect(
            "127.0.0.1",
            box.port,
            username=NORTH,
            password="guess",
            client_keys=None,
            known_hosts=None,
            config=None,
            agent_path=None,
        ):
            pass
    async with box.log_in(NORTH) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.run("id")
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process()
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", box.port)
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", box.port)


def test_the_host_key_is_private_and_stays_over_a_restart(box: Box, tmp_path: Path) -> None:
    port = free_port()
    fingerprints = set()
    for _ in range(2):
        server = start_server(sftp_command(port, tmp_path), port, env=box.environment)
        key = tmp_path / "host_key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        fingerprints.add(asyncssh.read_private_key(key).get_fingerprint())
        assert server.stop() == 0
    assert len(fingerprints) == 1


def test_a_server_that_can_not_start_says_why(box: Box, tmp_path: Path) -> None:
    def ended(port: int, **changes: str) -> tuple[int, str]:
        environment = {**os.environ, **box.environment, **changes}
        run = subprocess.run(
            sftp_command(port, tmp_path),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
            text=True,
        )
        return run.returncode, run.stdout

    code, output = ended(box.port)
    assert (code, f"can't listen on port {box.port}" in output) == (2, True)
    code, output = ended(free_port(), DROP_PATIENCE_SECONDS="soon")
    assert (code, "environment:DROP_PATIENCE_SECONDS" in output) == (2, True)
    (tmp_path / "host_key").write_text("no key")
    code, output = ended(free_port())
    assert (code, "can't start" in output) == (2, True)
