"""When issuers are asked for keys, and what is done with what they answer."""

import asyncio

import pytest

from shared.kernel.errors import Unavailable
from shared.tenancy.model import Issuer, SigningAlgorithm
from shared.web.ports import UntrustedSource
from shared.web.tokens.issuer_keys import (
    COOLDOWN_SECONDS,
    DOCUMENT_BYTES,
    FRESH_SECONDS,
    USABLE_SECONDS,
    IssuerKeys,
)
from shared.web.tokens.refusal import TokenRefused
from tests.fixtures.web import MemoryDocuments

URL = "https://login.example"
ISSUER = Issuer(url=URL, algorithms=frozenset({SigningAlgorithm.ES256}))
DIRECT = Issuer(url=URL, algorithms=frozenset({SigningAlgorithm.ES256}), jwks_url=f"{URL}/keys")
K1 = {"kty": "EC", "kid": "k1"}
K2 = {"kty": "EC", "kid": "k2"}


class Scene:
    """An issuer's keys over documents in memory, at a time that moves when told."""

    def __init__(self) -> None:
        self.documents = MemoryDocuments()
        self.documents.publish(URL, K1)
        self.seconds = 0.0
        self.keys = IssuerKeys(self.documents, lambda: self.seconds)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_keys_are_discovered_once_and_remembered(scene: Scene) -> None:
    assert await scene.keys.of(ISSUER, "k1") == [K1]
    scene.seconds = FRESH_SECONDS
    assert await scene.keys.of(ISSUER, "k1") == [K1]
    assert scene.documents.reads == [f"{URL}/.well-known/openid-configuration", f"{URL}/keys"]


async def test_a_key_set_url_in_the_record_needs_no_discovery(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    assert scene.documents.reads == [f"{URL}/keys"]


async def test_many_callers_at_once_ask_once(scene: Scene) -> None:
    await asyncio.gather(*(scene.keys.of(DIRECT, "k1") for _ in range(20)))
    assert len(scene.documents.reads) == 1


async def test_a_new_key_is_found_when_a_token_names_it(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    scene.documents.publish(URL, K1, K2)
    scene.seconds = COOLDOWN_SECONDS + 1
    assert K2 in await scene.keys.of(DIRECT, "k2")


async def test_unknown_key_ids_do_not_make_us_knock_again_within_the_cooldown(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    for attempt in range(100):
        assert await scene.keys.of(DIRECT, f"made-up-{attempt}") == [K1]
    assert len(scene.documents.reads) == 1
    scene.seconds = COOLDOWN_SECONDS + 1
    for attempt in range(100):
        await scene.keys.of(DIRECT, f"made-up-{attempt}")
    assert len(scene.documents.reads) == 2


async def test_a_removed_key_is_gone_when_the_set_is_fetched_anew(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    scene.documents.publish(URL, K2)
    scene.seconds = FRESH_SECONDS + 1
    assert await scene.keys.of(DIRECT, "k1") == [K2]


async def test_known_keys_outlive_a_failing_issuer_for_an_hour(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    scene.documents.documents[f"{URL}/keys"] = Unavailable()
    scene.seconds = USABLE_SECONDS
    assert await scene.keys.of(DIRECT, "k1") == [K1]
    scene.seconds = USABLE_SECONDS + 1
    with pytest.raises(Unavailable):
        await scene.keys.of(DIRECT, "k1")


async def test_a_failure_is_remembered_for_the_cooldown(scene: Scene) -> None:
    scene.documents.documents[f"{URL}/keys"] = Unavailable()
    for _ in range(10):
        with pytest.raises(Unavailable) as failure:
            await scene.keys.of(DIRECT, "k1")
        assert failure.value.retry_after == COOLDOWN_SECONDS
    assert len(scene.documents.reads) == 1


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"keys":{}}',
        b'{"keys":[' + b",".join([b"{}"] * 101) + b"]}",
        b"[" * 60_000,
        UntrustedSource("a redirect, an oversized answer, or a private address"),
    ],
)
async def test_an_unusable_key_set_refuses_the_token(scene: Scene, document: bytes | Exception) -> None:
    scene.documents.documents[f"{URL}/keys"] = document
    for _ in range(3):
        with pytest.raises(TokenRefused):
            await scene.keys.of(DIRECT, "k1")
    assert len(scene.documents.reads) == 1


async def test_a_key_set_is_read_up_to_a_limit(scene: Scene) -> None:
    limits: list[int] = []

    class Documents(MemoryDocuments):
        async def read(self, url: str, limit: int) -> bytes:
            limits.append(limit)
            return b'{"keys":[]}'

    await IssuerKeys(Documents()).of(DIRECT, None)
    assert limits == [DOCUMENT_BYTES]


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example", "jwks_uri": f"{URL}/keys"},
        {"issuer": f"{URL}/", "jwks_uri": f"{URL}/keys"},
        {"issuer": URL},
        {"issuer": URL, "jwks_uri": 7},
    ],
)
async def test_the_discovery_document_must_be_of_this_very_issuer(
    scene: Scene, discovery: dict[str, object]
) -> None:
    scene.documents.put(f"{URL}/.well-known/openid-configuration", discovery)
    with pytest.raises(TokenRefused):
        await scene.keys.of(ISSUER, "k1")


async def test_a_slow_fetch_for_an_unknown_key_delays_nobody_else(scene: Scene) -> None:
    await scene.keys.of(DIRECT, "k1")
    released, asked = asyncio.Event(), asyncio.Event()
    plain = scene.documents.read

    async def slow(url: str, limit: int) -> bytes:
        asked.set()
        await released.wait()
        return await plain(url, limit)

    scene.documents.read = slow  # type: ignore[method-assign]  # the issuer becomes slow in mid-test
    scene.seconds = COOLDOWN_SECONDS + 1
    attack = asyncio.create_task(scene.keys.of(DIRECT, "made-up"))
    await asked.wait()
    assert await asyncio.wait_for(scene.keys.of(DIRECT, "k1"), 1) == [K1]
    released.set()
    await attack
