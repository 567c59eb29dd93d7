"""Starts the vault (HTTPS) and the identity endpoint (HTTP) on loopback."""

import argparse
import asyncio
import secrets
import signal
import ssl
import sys
from pathlib import Path

from aiohttp import web

from infra.local.event_log import EventLog
from infra.local.vault.certificates import CertificateFiles, ensure_certificates
from infra.local.vault.identity import identity_application
from infra.local.vault.rest import vault_application
from infra.local.vault.storage import SecretStorage
from infra.local.vault.tokens import TokenIssuer

_log = EventLog("vault")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.vault", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="of the vault, HTTPS")
    parser.add_argument("--identity-port", type=int, required=True, help="of the identity endpoint, HTTP")
    parser.add_argument("--identity-header", required=True, help="what IDENTITY_HEADER holds in a client")
    parser.add_argument("--data", type=Path, required=True, help="folder of secrets, certificates, token key")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> int:
    data: Path = arguments.data
    files = ensure_certificates(data)
    issuer = TokenIssuer(_token_key(data / "token.key"))
    storage = SecretStorage(data / "secrets.sqlite")
    vault = web.AppRunner(vault_application(storage, issuer), access_log=None)
    identity = web.AppRunner(identity_application(issuer, arguments.identity_header), access_log=None)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for runner, port, tls in (
            (vault, arguments.port, _tls(files)),
            (identity, arguments.identity_port, None),
        ):
            await runner.setup()
            if not await _listen(runner, arguments.host, port, tls):
                return 2
        _log("info", "ready", port=arguments.port, identity_port=arguments.identity_port)
        await stop.wait()
        return 0
    finally:
        await vault.cleanup()
        await identity.cleanup()
        storage.close()


async def _listen(runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None) -> bool:
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
    except OSError as taken:
        _log("error", f"can't listen on port {port} of {host}: {taken.strerror}")
        return False
    return True


def _tls(files: CertificateFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


def _token_key(file: Path) -> bytes:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(32))
    return file.read_bytes()


if __name__ == "__main__":
    sys.exit(asyncio.run(_serve(_arguments())))
