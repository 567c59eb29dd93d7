"""What a client of the SFTP server can do with its files, and what the store shows meanwhile."""

import asyncio
import shutil
import stat
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import asyncssh
import pytest
from azure.storage.blob.aio import ContainerClient

from shared.bootstrap import Services
from shared.ingestion.ways.ports import Drop
from shared.kernel.clock import SystemClock
from shared.platform.blob.drops import AzureDrops
from shared.platform.cosmos.cross_tenant import CrossTenant
from tests.contract.ways.conftest import NORTH, SOUTH, STAMP, Box

pytestmark = pytest.mark.xdist_group("ways")

MEGABYTE = 1024 * 1024


@pytest.fixture
async def north(box: Box, drops: ContainerClient) -> AsyncIterator[asyncssh.SFTPClient]:
    """A session of one tenant."""
    async with box.log_in(NORTH) as connection, connection.start_sftp_client() as client:
        yield client


@pytest.fixture
async def south(box: Box, drops: ContainerClient) -> AsyncIterator[asyncssh.SFTPClient]:
    """A session of another tenant."""
    async with box.log_in(SOUTH) as connection, connection.start_sftp_client() as client:
        yield client


async def content(drops: ContainerClient, name: str) -> bytes:
    stream = await drops.download_blob(name)
    return await stream.readall()


async def names(drops: ContainerClient) -> list[str]:
    return [blob.name async for blob in drops.list_blobs()]


async def write(client: asyncssh.SFTPClient, path: str, data: bytes) -> None:
    async with client.open(path, "wb") as file:
        await file.write(data)


async def refused(attempt: Awaitable[object]) -> None:
    with pytest.raises(asyncssh.SFTPError):
        await attempt


async def test_a_file_is_put_as_it_is_however_large(
    north: asyncssh.SFTPClient, drops: ContainerClient, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 4096 * 11 + b"end"
    (tmp_path / "grades.csv").write_bytes(data)
    await north.put(tmp_path / "grades.csv", "/nightly/Grades Ü (1).csv", preserve=True)
    assert await content(drops, f"{NORTH}/nightly/Grades Ü (1).csv") == data
    await north.get("/nightly/Grades Ü (1).csv", tmp_path / "back.csv")
    assert (tmp_path / "back.csv").read_bytes() == data


async def test_a_file_is_seen_growing_while_it_is_written(
    north: asyncssh.SFTPClient, drops: ContainerClient, services: Services
) -> None:
    scopes = CrossTenant(STAMP, "test", services.tenants, on_use=services.audit.allowed)
    scope = await scopes.tenant(NORTH)

    async def shown() -> Drop:
        (drop,) = [it async for it in AzureDrops(services.blobs, SystemClock()).of(scope)]
        return drop

    seen: list[Drop] = []
    async with north.open("/grades.csv", "wb") as file:
        seen.append(await shown())
        while len({drop.size for drop in seen}) < 3:
            await file.write(b"1,2,3\n" * 1000)
            seen.append(await shown())
    seen.append(await shown())
    sizes = [drop.size for drop in seen]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1] % 6000) == (0, 0)
    assert len({drop.etag for drop in seen}) == len(set(sizes))


async def test_a_file_that_was_taken_in_while_it_is_written_tells_its_writer(
    north: asyncssh.SFTPClient, drops: ContainerClient
) -> None:
    file = await north.open("/grades.csv", "wb")
    await file.write(b"1,2,3\n")
    await drops.delete_blob(f"{NORTH}/grades.csv")
    await refused(file.close())
    assert await names(drops) == []


async def test_a_folder_is_listed_with_what_was_put_there(
    north: asyncssh.SFTPClient, drops: ContainerClient
) -> None:
    await write(north, "/a.csv", b"12345")
    await write(north, "/in/deep/b.csv", b"1")
    await north.mkdir("/empty")
    assert sorted(await north.listdir("/")) == [".", "..", "a.csv", "empty", "in"]
    assert sorted(await north.listdir("/empty")) == [".", ".."]
    assert sorted(await north.glob("/in/*/*.csv")) == ["/in/deep/b.csv"]
    assert (await north.stat("/a.csv")).size == 5
    assert stat.S_ISDIR((await north.stat("/in/deep")).permissions or 0)
    await north.rmdir("/empty")
    await refused(north.rmdir("/in"))
    await refused(north.stat("/empty"))
    await refused(north.listdir("/none"))


async def test_a_file_is_renamed_and_removed(north: asyncssh.SFTPClient, drops: ContainerClient) -> None:
    await write(north, "/a.csv.part", b"first")
    await write(north, "/b.csv", b"second")
    await north.rename("/a.csv.part", "/a.csv")
    await refused(north.rename("/a.csv", "/b.csv"))
    await north.posix_rename("/a.csv", "/b.csv")
    assert await names(drops) == [f"{NORTH}/b.csv"]
    assert await content(drops, f"{NORTH}/b.csv") == b"first"
    await north.remove("/b.csv")
    await refused(north.remove("/b.csv"))
    assert await names(drops) == []


async def test_no_path_leads_out_of_the_tenants_folder(
    north: asyncssh.SFTPClient, south: asyncssh.SFTPClient, drops: ContainerClient
) -> None:
    await write(south, "/secret.csv", b"of the south")
    for path in (f"/../{SOUTH}/secret.csv", f"../../{SOUTH}/secret.csv", f"//{SOUTH}/secret.csv"):
        await refused(north.stat(path))
        await refused(north.open(path, "rb"))
        await refused(north.remove(path))
    await write(north, f"/../../{SOUTH}/planted.csv", b"x")
    assert await names(drops) == [f"{NORTH}/{SOUTH}/planted.csv", f"{SOUTH}/secret.csv"]
    assert await north.realpath("../..") == "/"
    assert sorted(await north.listdir("/..")) == [".", "..", SOUTH]


@pytest.mark.parametrize("mode", ["ab", "r+b"])
async def test_a_file_is_written_from_its_start_only(
    north: asyncssh.SFTPClient, drops: ContainerClient, mode: str
) -> None:
    await write(north, "/a.csv", b"12345")
    await refused(north.open("/a.csv", mode))
    await refused(north.symlink("/a.csv", "/b.csv"))
    await refused(north.link("/a.csv", "/b.csv"))
    await refused(north.readlink("/a.csv"))
    await refused(north.open("/", "wb"))
    assert await content(drops, f"{NORTH}/a.csv") == b"12345"


async def test_bytes_that_come_out_of_order_are_put_in_order_and_gaps_are_refused(
    north: asyncssh.SFTPClient, drops: ContainerClient
) -> None:
    async with north.open("/a.csv", "wb") as file:
        await file.write(b"world", 6)
        await file.write(b"hello ", 0)
        await refused(file.write(b"H", 0))
    assert await content(drops, f"{NORTH}/a.csv") == b"hello world"
    gap = await north.open("/b.csv", "wb")
    await gap.write(b"world", 6)
    await refused(gap.close())


async def test_many_clients_write_at_once(box: Box, drops: ContainerClient) -> None:
    async def one(n: int) -> None:
        async with box.log_in(NORTH) as connection, connection.start_sftp_client() as client:
            await write(client, f"/{n}.csv", bytes([65 + n]) * MEGABYTE)

    await asyncio.gather(*(one(n) for n in range(8)))
    for n in range(8):
        assert await content(drops, f"{NORTH}/{n}.csv") == bytes([65 + n]) * MEGABYTE


@pytest.mark.skipif(shutil.which("sftp") is None, reason="OpenSSH's client is missing")
async def test_the_client_that_everybody_has_puts_renames_lists_and_gets(
    box: Box, drops: ContainerClient, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 8192
    (tmp_path / "a.csv").write_bytes(data)
    key = tmp_path / "key"
    box.keys[NORTH].write_private_key(key)
    key.chmod(0o600)
    commands = f"mkdir in\nput -p {tmp_path}/a.csv in/a.csv.part\nrename in/a.csv.part in/a.csv\nls -l in\n"
    process = await asyncio.create_subprocess_exec(
        *("sftp", "-b", "-", "-P", str(box.port), "-i", key, "-F", "none"),
        *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", f"{NORTH}@127.0.0.1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(f"{commands}get in/a.csv {tmp_path}/back.csv\n".encode())
    assert process.returncode == 0, output.decode()
    assert (tmp_path / "back.csv").read_bytes() == data
    assert await content(drops, f"{NORTH}/in/a.csv") == data
