"""The mail server with the standard library's client, and what becomes of what it stored."""

import asyncio
import os
import smtplib
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from shared.bootstrap import Services
from shared.ingestion.model import Way
from shared.kernel.ids import new_id
from shared.messaging.quarantine import State
from shared.platform.blob.mailbox import MAIL
from shared.platform.cosmos.cross_tenant import CrossTenant
from shared.tenancy.model import TenantStatus
from shared.tenancy.ways import SenderRule, WaysIn
from tests.contract.ways.conftest import STAMP, tenant_with
from tests.fixtures.letters import a_letter
from tests.fixtures.processes import ROOT, free_port, start_server

pytestmark = pytest.mark.xdist_group("ways")

TENANT = "mail-north"
ADDRESS = f"{TENANT}@ingest.local"
SENDER = "nightly@sis.example"
FIRST = b"a,b\r\n1,2\r\n"


def command(port: int, data: Path) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "infra.local.mail", "--port", str(port), "--data", str(data)]


@pytest.fixture(scope="session")
async def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the server."""
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="session")
async def port(services: Services, environment: dict[str, str], data: Path) -> AsyncIterator[int]:
    """Where the server listens; one tenant has a rule for one sender."""
    rule = SenderRule(sender=SENDER, proven=False)
    record = tenant_with(TENANT).model_copy(update={"ways": WaysIn(senders=(rule,))})
    await services.tenancy.onboard(record, [], "test", new_id())
    suspended = tenant_with("mail-suspended").model_copy(update={"status": TenantStatus.SUSPENDED})
    await services.tenants.put(suspended)
    listening = free_port()
    server = start_server(command(listening, data), listening, env=environment)
    yield listening
    assert server.stop() == 0


@pytest.fixture
async def mailbox(environment: dict[str, str], port: int) -> AsyncIterator[ContainerClient]:
    """The container that the server writes to, empty."""
    async with BlobServiceClient.from_connection_string(environment["Storage"]) as client:
        container = client.get_container_client("mail")
        async for blob in container.list_blobs():
            await container.delete_blob(blob.name)
        yield container


def send(port: int, letter: EmailMessage, *recipients: str, tls: ssl.SSLContext | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        if tls is not None:
            client.starttls(context=tls)
        client.sendmail(SENDER, recipients or [ADDRESS], letter.as_bytes())


async def stored(mailbox: ContainerClient) -> list[str]:
    return [blob.name async for blob in mailbox.list_blobs()]


async def receive_all(services: Services, mailbox: ContainerClient) -> int:
    stamp = services.stamp_scope("test")
    return sum([await services.mail_intake.receive(stamp, path) for path in await stored(mailbox)])


async def test_a_message_is_stored_as_it_came_below_the_fields_of_its_delivery(
    port: int, mailbox: ContainerClient
) -> None:
    letter = a_letter({"a.csv": FIRST})
    send(port, letter, f"{TENANT}+Canvas@Ingest.Local")
    (path,) = await stored(mailbox)
    content = await (await mailbox.download_blob(path)).readall()
    assert path.startswith(f"{TENANT}/")
    fields = content.split(b"\r\n")[:3]
    assert fields[0] == f"Return-Path: <{SENDER}>".encode()
    assert fields[1] == f"Delivered-To: {TENANT}+canvas@ingest.local".encode()
    assert content.endswith(letter.as_bytes())


async def test_a_file_that_was_mailed_lands_once_however_often_it_is_sent(
    port: int, mailbox: ContainerClient, services: Services
) -> None:
    letter = a_letter({"Schülerliste.csv": FIRST}, message_id=f"<{new_id()}@sis.example>")
    send(port, letter)
    assert await receive_all(services, mailbox) == 1
    send(port, letter)
    assert await receive_all(services, mailbox) == 0
    assert await stored(mailbox) == []
    landing = services.blobs.service.get_container_client("landing")
    (landed,) = [it.name async for it in landing.list_blobs(name_starts_with=f"{TENANT}/")]
    _, upload_id, name = landed.split("/")
    assert name == "Schülerliste.csv"
    assert await (await landing.download_blob(landed)).readall() == FIRST
    scopes = CrossTenant(STAMP, "test", services.tenants, on_use=services.audit.allowed)
    upload = await services.ingests.find_upload(await scopes.tenant(TENANT), upload_id)
    assert upload is not None
    assert (upload.way, upload.size, upload.created_by) == (Way.MAIL, len(FIRST), "system:mail")


async def test_a_message_of_a_stranger_stays_with_its_reason_and_in_quarantine(
    port: int, mailbox: ContainerClient, services: Services
) -> None:
    send(port, a_letter({"a.csv": FIRST}, sender="x@evil.example"))
    assert await receive_all(services, mailbox) == 0
    (path,) = await stored(mailbox)
    assert (await mailbox.get_blob_client(path).get_blob_properties()).metadata == {
        "termtiderefused": "unknown-sender"
    }
    stamp = services.stamp_scope("test")
    held = {it.message_id: (it.reason, it.body) async for it in services.quarantine.records(stamp, MAIL)}
    assert held[path] == ("unknown-sender", None)
    assert [it async for it in services.mailbox.waiting(stamp, services.clock.now())] == []


async def run_ways(environment: dict[str, str], *arguments: str) -> list[str]:
    """Run `scripts/ways` as an operator would and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.lib.ways", *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode().splitlines()


async def test_refused_mail_is_received_again_once_its_sender_is_known(
    environment: dict[str, str], port: int, mailbox: ContainerClient, services: Services
) -> None:
    send(port, a_letter({"b.csv": FIRST}, sender="x@new.example", message_id=f"<{new_id()}@new.example>"))
    await receive_all(services, mailbox)
    (path,) = await stored(mailbox)
    again = ("retry-mail", "--tenant", TENANT)
    assert await run_ways(environment, *again) == [f"{path}  refused  unknown-sender"]
    await run_ways(environment, "add-sender", "--tenant", TENANT, "@new.example", "--unproven")
    assert await run_ways(environment, *again) == [f"{path}  taken    1 new files"]
    assert await run_ways(environment, *again) == []
    stamp = services.stamp_scope("test")
    states = {it.message_id: it.state async for it in services.quarantine.records(stamp, MAIL)}
    assert states[path] is State.REPLAYED
    await run_ways(environment, "remove-sender", "--tenant", TENANT, "@new.example")


@pytest.mark.parametrize(
    "address",
    [
        "mail-nobody@ingest.local",
        "mail-suspended@ingest.local",
        f"{TENANT}@elsewhere.example",
        f"{TENANT}+@ingest.local",
        f"{TENANT}+../x@ingest.local",
        "Not A Tenant@ingest.local",
        "postmaster",
    ],
)
async def test_an_unknown_recipient_is_refused_at_once(
    port: int, mailbox: ContainerClient, address: str
) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.helo("sis.example")
        client.mail(SENDER)
        code, _ = client.rcpt(address)
    assert code in {550, 553, 501}
    assert await stored(mailbox) == []


async def test_a_message_that_is_too_large_is_refused_as_announced_and_as_sent(
    port: int, mailbox: ContainerClient
) -> None:
    content = b"x" * 76 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo("sis.example")
        assert client.mail(SENDER, ["SIZE=40000000"])[0] == 552
        client.mail(SENDER)
        client.rcpt(ADDRESS)
        assert client.data(content * 500_000)[0] == 552
    assert await stored(mailbox) == []


async def test_each_recipient_has_the_message_and_tls_is_offered(
    port: int, mailbox: ContainerClient, data: Path
) -> None:
    authority = ssl.create_default_context(cafile=data / "authority.pem")
    send(port, a_letter({"a.csv": FIRST}), ADDRESS, f"{TENANT}+canvas@ingest.local", tls=authority)
    assert len(await stored(mailbox)) == 2


async def test_a_store_that_does_not_answer_is_a_reason_to_send_again(
    environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    gone = environment["Storage"].replace("BlobEndpoint=", "BlobEndpoint=http://127.0.0.1:1/x;Ignored=")
    listening = free_port()
    server = start_server(command(listening, tmp_path), listening, env={**environment, "Storage": gone})
    try:
        with smtplib.SMTP("127.0.0.1", listening) as client:
            client.helo("sis.example")
            client.mail(SENDER)
            client.rcpt(ADDRESS)
            assert client.data(b"From: a@b.example\r\n\r\nx\r\n")[0] == 451
    finally:
        assert server.stop() == 0


def test_a_server_that_can_not_start_says_why(environment: dict[str, str], port: int, tmp_path: Path) -> None:
    env = {**os.environ, **environment}
    run = subprocess.run(command(port, tmp_path), cwd=ROOT, env=env, capture_output=True, check=False)
    assert (run.returncode, f"can't listen on port {port}" in run.stdout.decode()) == (2, True)
