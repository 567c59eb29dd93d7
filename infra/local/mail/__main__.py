"""Starts the mail server on loopback. Its environment is that of a function app: stamp, Cosmos, Storage."""

import argparse
import asyncio
import os
import signal
import ssl
import sys
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP

from infra.local.event_log import EventLog
from infra.local.mail.addresses import DOMAIN
from infra.local.mail.receiving import LARGEST, Receiver
from infra.local.serving import serving_arguments
from infra.local.vault.certificates import ensure_certificates
from shared.bootstrap import Services
from shared.kernel.errors import InvalidInput
from shared.settings import Settings

_log = EventLog("mail")
_CONTAINER = "mail"
_SILENT_SECONDS = 60


def main() -> int:
    """Run the server; 0 after SIGTERM, 2 when it can't start as asked."""
    arguments = serving_arguments("infra.local.mail", __doc__, "folder of the certificate for STARTTLS")
    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    try:
        settings = Settings.from_environment(os.environ)
        tls = _tls(arguments.data)
    except (InvalidInput, OSError, ValueError) as fault:
        _log("error", f"can't start: {fault}")
        return 2
    services = Services(settings)
    try:
        receiver = Receiver(services.tenancy, services.blobs.service.get_container_client(_CONTAINER))
        await _listen(arguments, receiver, tls)
    except OSError as taken:
        _log("error", f"can't listen on port {arguments.port} of {arguments.host}: {taken.strerror}")
        return 2
    finally:
        await services.close()
    return 0


async def _listen(arguments: argparse.Namespace, receiver: Receiver, tls: ssl.SSLContext) -> None:
    """Serve until the process is asked to end."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    session = partial(
        SMTP,
        receiver,
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
        hostname=DOMAIN,
        ident="Termtide",
        tls_context=tls,
        timeout=_SILENT_SECONDS,
        loop=loop,
    )
    server = await loop.create_server(session, arguments.host, arguments.port)
    _log("info", "ready", port=arguments.port)
    try:
        await stop.wait()
    finally:
        server.close()


def _tls(folder: Path) -> ssl.SSLContext:
    files = ensure_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


if __name__ == "__main__":
    sys.exit(main())
