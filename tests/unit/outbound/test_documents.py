"""Reading from servers that are not trusted: what is never asked, and what is never accepted."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.kernel.errors import Unavailable
from shared.platform.outbound import documents as documents_module
from shared.platform.outbound.documents import GuardedDocuments
from shared.web.ports import UntrustedSource

LIMIT = 1000


@dataclass
class Server:
    """A plain HTTP server on loopback that answers every request with `answer` and keeps what was asked."""

    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    requests: list[bytes] = field(default_factory=list)
    port: int = 0
    hangs: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        if self.hangs:
            await reader.read()
        writer.close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield made


def _resolving(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


async def test_an_exempt_host_is_read_over_plain_http(server: Server) -> None:
    documents = GuardedDocuments(frozenset({server.host}))
    assert await documents.read(f"http://{server.host}/keys", LIMIT) == b"{}"
    assert server.requests[0].startswith(b"GET /keys HTTP/1.1\r\n")
    assert b"Authorization" not in server.requests[0]
    assert b"Cookie" not in server.requests[0]


async def test_a_host_that_is_not_exempt_is_never_asked_on_loopback(server: Server) -> None:
    for url in (f"http://{server.host}/", f"https://{server.host}/", f"http://localhost:{server.port}/"):
        with pytest.raises(UntrustedSource):
            await GuardedDocuments(frozenset({f"127.0.0.1:{server.port + 1}"})).read(url, LIMIT)
    assert not server.requests


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/metadata/instance",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://localhost/",
        "https://10.0.0.1:8443/keys",
    ],
)
async def test_an_address_inside_is_refused_in_every_spelling(url: str) -> None:
    with pytest.raises(UntrustedSource):
        await GuardedDocuments().read(url, LIMIT)


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("fe80::1%lo",)])
async def test_a_name_with_any_address_inside_is_refused(addresses: tuple[str, ...]) -> None:
    documents = GuardedDocuments(resolve=_resolving(*addresses))
    with pytest.raises(UntrustedSource):
        await documents.read("https://login.example/keys", LIMIT)


async def test_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    # The name does not exist: only the address that the check saw can lead anywhere.
    name = f"login.invalid:{server.port}"
    documents = GuardedDocuments(frozenset({name}), resolve=_resolving("127.0.0.1"))
    assert await documents.read(f"http://{name}/keys", LIMIT) == b"{}"
    assert f"Host: {name}".encode() in server.requests[0]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "keys",
        "ftp://login.example/",
        "file:///etc/passwd",
        "https://",
        "https:///keys",
        "https://user@login.example/",
        "https://login.example@127.0.0.1/",
        "https://login.example\\@127.0.0.1/",
        "https://login.example/#fragment\n",
        "https://login.example:0/",
        "https://login.example:99999/",
        "https://log\tin.example/",
        "https://l\u00f6gin.example/",
        "https://login.example/\r\nHost: x",
        "HTTPS://login.example/",
        "http://login.example/",
    ],
)
async def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    documents = GuardedDocuments(resolve=_resolving("8.8.8.8"))
    with pytest.raises(UntrustedSource):
        await documents.read(url, LIMIT)


@pytest.mark.parametrize(
    "status", [b"301 Moved", b"302 Found", b"307 Again", b"404 No", b"204 Empty", b"206 Part"]
)
async def test_a_redirect_or_refusal_is_not_followed(server: Server, status: bytes) -> None:
    server.answer = (
        b"HTTP/1.1 "
        + status
        + b"\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with pytest.raises(UntrustedSource):
        await GuardedDocuments(frozenset({server.host})).read(f"http://{server.host}/", LIMIT)
    assert len(server.requests) == 1


@pytest.mark.parametrize("framing", [b"Content-Length: 1001\r\n\r\n", b"Connection: close\r\n\r\n"])
async def test_a_document_beyond_the_limit_is_not_accepted(server: Server, framing: bytes) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\n" + framing + b"x" * 1001
    with pytest.raises(UntrustedSource):
        await GuardedDocuments(frozenset({server.host})).read(f"http://{server.host}/", LIMIT)


async def test_a_compressed_document_is_not_accepted(server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(UntrustedSource):
        await GuardedDocuments(frozenset({server.host})).read(f"http://{server.host}/", LIMIT)


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 500 Oops\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"],
)
async def test_a_server_that_breaks_off_may_be_asked_again(server: Server, answer: bytes) -> None:
    server.answer = answer
    with pytest.raises(Unavailable):
        await GuardedDocuments(frozenset({server.host})).read(f"http://{server.host}/", LIMIT)


async def test_a_server_that_is_not_there_may_be_asked_again() -> None:
    with pytest.raises(Unavailable):
        await GuardedDocuments(frozenset({"127.0.0.1:1"})).read("http://127.0.0.1:1/", LIMIT)
    with pytest.raises(Unavailable):
        await GuardedDocuments().read("https://does-not-exist.invalid/", LIMIT)


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(_self_signed(tmp_path / "own.pem"))
    made = Server()
    listener = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.port = listener.sockets[0].getsockname()[1]
    async with listener:
        with pytest.raises(Unavailable) as failure:
            await GuardedDocuments(frozenset({made.host})).read(f"https://{made.host}/", LIMIT)
    assert "CERTIFICATE_VERIFY_FAILED" in str(failure.value.__cause__)
    assert not made.requests


async def test_a_server_that_does_not_answer_is_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents_module, "_SECONDS", 0.05)
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"
    server.hangs = True
    with pytest.raises(Unavailable):
        await GuardedDocuments(frozenset({server.host})).read(f"http://{server.host}/", LIMIT)


def _self_signed(file: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
