"""Which tokens hold: one that is right, and every way to be wrong that we know of."""

import base64
import hashlib
import hmac
import json
import string
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from shared.kernel.errors import NotFound, TermtideError, Unavailable, WrongStamp
from shared.tenancy.model import Role, SigningAlgorithm, TenantStatus
from shared.web.call import Caller
from shared.web.tokens.jws import parse_token
from shared.web.tokens.refusal import TokenRefused
from shared.web.tokens.verification import require_signature
from tests.fixtures.tenancy import ISSUER, MACHINES, STAMP, membership, tenant
from tests.fixtures.web import (
    EC_JWK,
    EC_KEY,
    RSA_JWK,
    RSA_KEY,
    MemoryWeb,
    b64,
    compact,
    es256,
    rs256,
)


@pytest.fixture
async def web() -> MemoryWeb:
    made = MemoryWeb()
    await made.tenancy.service.onboard(tenant(), [membership("ada", Role.TENANT_ADMIN)], "test", "c1")
    return made


async def _authenticate(web: MemoryWeb, token: str) -> Caller:
    return await web.authenticator.authenticate({"authorization": f"Bearer {token}"}, "c-12345678")


async def _holds(web: MemoryWeb, token: str) -> bool:
    return (await _authenticate(web, token)).principal.tenant_id == "north"


async def _refused(web: MemoryWeb, token: str) -> str:
    with pytest.raises(TokenRefused) as refusal:
        await _authenticate(web, token)
    assert refusal.value.detail == "", "the caller learns nothing about the check"
    return refusal.value.reason


async def test_a_right_token_makes_a_scope_and_a_principal(web: MemoryWeb) -> None:
    caller = await _authenticate(web, web.token())
    assert (caller.scope.tenant_id, caller.scope.stamp, caller.scope.actor) == (
        "north",
        STAMP,
        "person:p-ada",
    )
    assert caller.scope.correlation_id == "c-12345678"
    assert caller.principal.roles == {Role.TENANT_ADMIN}


async def test_rsa_holds_where_the_issuer_is_pinned_to_it(web: MemoryWeb) -> None:
    assert await _holds(web, compact({"alg": "RS256", "kid": "rsa-1"}, web.claims(), rs256))


async def test_a_machine_token_needs_no_membership(web: MemoryWeb) -> None:
    web.documents.publish(MACHINES, EC_JWK)
    caller = await _authenticate(web, web.token("sis", iss=MACHINES, scope="uploads.write profile.read"))
    assert caller.principal.client_id == "sis"
    assert caller.principal.scopes == {"uploads.write", "profile.read"}


@pytest.mark.parametrize(
    "header", ["", "Basic YTpi", "Bearer", "Bearer ", "bearer a.b", "Bearer a.b.c.d", "Token x.y.z"]
)
async def test_without_a_bearer_token_there_is_nobody(web: MemoryWeb, header: str) -> None:
    with pytest.raises(TokenRefused):
        await web.authenticator.authenticate({"authorization": header}, "c")
    with pytest.raises(TokenRefused):
        await web.authenticator.authenticate({}, "c")


def _hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "RS384", "ES512", "dir"])
async def test_an_algorithm_the_issuer_is_not_pinned_to_is_refused(web: MemoryWeb, alg: str) -> None:
    assert await _refused(web, compact({"alg": alg, "kid": "ec-1"}, web.claims(), es256)) == "algorithm"


async def test_no_signature_at_all_is_refused(web: MemoryWeb) -> None:
    unsigned = compact({"alg": "none"}, web.claims(), lambda _: b"")
    await _refused(web, unsigned)
    await _refused(web, unsigned.rstrip("."))


async def test_a_public_key_used_as_a_shared_secret_is_refused(web: MemoryWeb) -> None:
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, pem.strip(), json.dumps(RSA_JWK).encode()):
        token = compact({"alg": "HS256", "kid": "rsa-1"}, web.claims(), _hs256(secret))
        assert await _refused(web, token) == "algorithm"


async def test_a_key_of_the_wrong_type_for_the_algorithm_is_refused(web: MemoryWeb) -> None:
    assert await _refused(web, compact({"alg": "RS256", "kid": "ec-1"}, web.claims(), rs256))
    assert await _refused(web, compact({"alg": "ES256", "kid": "rsa-1"}, web.claims(), es256))


async def test_somebody_elses_signature_is_refused(web: MemoryWeb) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    forged = compact(
        {"alg": "ES256", "kid": "ec-1"},
        web.claims(),
        lambda message: ECAlgorithm(ECAlgorithm.SHA256).sign(message, other),
    )
    assert await _refused(web, forged) == "signature"


async def test_a_key_sent_inside_the_token_is_not_used(web: MemoryWeb) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    jwk = json.loads(ECAlgorithm.to_jwk(other.public_key()))
    for member in ({"jwk": jwk}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/c"}):
        token = compact(
            {"alg": "ES256", "kid": "ec-1", **member},
            web.claims(),
            lambda message: ECAlgorithm(ECAlgorithm.SHA256).sign(message, other),
        )
        assert await _refused(web, token) == "signature"
    assert not any("evil" in url for url in web.documents.reads)


@pytest.mark.parametrize(
    "members",
    [
        {"use": "enc"},
        {"use": 1},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"key_ops": []},
        {"alg": "ES384"},
        {"crv": "P-384"},
        {"kty": "oct"},
        {"d": "AQ"},
        {"x": "AAAA"},
        {"x": None},
        {"x": 7},
        {"y": ""},
    ],
)
async def test_a_key_that_is_not_for_verifying_this_is_refused(
    web: MemoryWeb, members: dict[str, object]
) -> None:
    web.documents.publish(ISSUER, EC_JWK | members)
    await _refused(web, web.token())


async def test_a_short_rsa_key_is_refused(web: MemoryWeb) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point of the test
    web.documents.publish(ISSUER, json.loads(RSAAlgorithm.to_jwk(small.public_key())) | {"kid": "rsa-1"})
    token = compact(
        {"alg": "RS256", "kid": "rsa-1"},
        web.claims(),
        lambda message: RSAAlgorithm(RSAAlgorithm.SHA256).sign(message, small),
    )
    assert await _refused(web, token) == "short key"


async def test_an_unknown_key_id_is_refused(web: MemoryWeb) -> None:
    token = compact({"alg": "ES256", "kid": "nobody"}, web.claims(), es256)
    assert await _refused(web, token) == "no single suitable key"


async def test_a_token_that_held_is_refused_when_its_key_is_withdrawn(web: MemoryWeb) -> None:
    token, pinned = parse_token(web.token()), frozenset([SigningAlgorithm.ES256])
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    renewed = {**EC_JWK, **ECAlgorithm.to_jwk(other, as_dict=True)}
    require_signature(token, [EC_JWK], pinned)
    for keys, reason in (([renewed], "signature"), ([], "no single suitable key")):
        with pytest.raises(TokenRefused) as refusal:
            require_signature(token, keys, pinned)
        assert refusal.value.reason == reason


async def test_without_a_key_id_the_one_suitable_key_is_used(web: MemoryWeb) -> None:
    assert await _holds(web, compact({"alg": "ES256"}, web.claims(), es256))


async def test_without_a_key_id_several_suitable_keys_are_not_tried_in_turn(web: MemoryWeb) -> None:
    web.documents.publish(ISSUER, EC_JWK, EC_JWK | {"kid": "ec-2"})
    assert await _refused(web, compact({"alg": "ES256"}, web.claims(), es256)) == "no single suitable key"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 0}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "soon"}, "exp is not a date"),
        ({"exp": True}, "exp is not a date"),
        ({"exp": 10**400}, "exp is not a date"),
        ({"exp": -1}, "exp is not a date"),
        ({"nbf": 4_000_000_000}, "nbf is in the future"),
        ({"iat": 4_000_000_000}, "iat is in the future"),
        ({"aud": "api://other"}, "audience"),
        ({"aud": ["api://other"]}, "audience"),
        ({"aud": None}, "audience"),
        ({"aud": {"api://termtide": 1}}, "audience"),
        ({"iss": ISSUER + "/"}, "unlisted issuer"),
        ({"iss": ISSUER.upper()}, "unlisted issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": [ISSUER]}, "issuer"),
        ({"tenant": "south"}, "unknown tenant"),
        ({"tenant": None}, "tenant"),
        ({"tenant": ["north"]}, "tenant"),
        ({"tenant": "NORTH"}, "tenant"),
        ({"sub": None}, "subject"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"scope": {"a": 1}}, "scope"),
    ],
)
async def test_a_claim_that_breaks_its_rule_is_refused(
    web: MemoryWeb, changes: dict[str, object], reason: str
) -> None:
    assert (
        await _refused(web, web.token("ada", **changes) if "sub" not in changes else _with(web, changes))
        == reason
    )


def _with(web: MemoryWeb, changes: dict[str, object]) -> str:
    claims = {name: value for name, value in (web.claims() | changes).items() if value is not None}
    return compact({"alg": "ES256", "kid": "ec-1"}, claims, es256)


async def test_clocks_may_differ_by_sixty_seconds_and_no_more(web: MemoryWeb) -> None:
    now = int(web.clock.now().timestamp())
    assert await _holds(web, web.token(exp=now - 59, nbf=now + 60, iat=now + 60))
    assert await _refused(web, web.token(exp=now - 60)) == "expired"
    assert await _refused(web, web.token(nbf=now + 61)) == "nbf is in the future"


@pytest.mark.parametrize(
    "header", [{"crit": ["exp"]}, {"crit": []}, {"typ": "dpop+jwt"}, {"typ": "logout+jwt"}]
)
async def test_another_kind_of_token_is_refused(web: MemoryWeb, header: dict[str, object]) -> None:
    await _refused(web, compact({"alg": "ES256", "kid": "ec-1", **header}, web.claims(), es256))


async def test_an_access_token_type_holds(web: MemoryWeb) -> None:
    token = compact({"alg": "ES256", "kid": "ec-1", "typ": "at+JWT"}, web.claims(), es256)
    assert await _holds(web, token)


async def test_a_login_that_is_nobody_here_finds_nothing(web: MemoryWeb) -> None:
    with pytest.raises(NotFound):
        await _authenticate(web, web.token("eve"))


async def test_a_tenant_of_another_stamp_finds_nothing(web: MemoryWeb) -> None:
    await web.tenancy.tenants.put(tenant("abroad", home_stamp="other-1"))
    with pytest.raises(WrongStamp):
        await _authenticate(web, web.token(tenant="abroad"))


async def test_a_suspended_tenant_finds_nothing(web: MemoryWeb) -> None:
    await web.tenancy.tenants.put(tenant("asleep", status=TenantStatus.SUSPENDED))
    with pytest.raises(NotFound):
        await _authenticate(web, web.token(tenant="asleep"))


async def test_forged_tokens_do_not_tell_which_tenants_exist(web: MemoryWeb) -> None:
    await web.tenancy.tenants.put(tenant("abroad", home_stamp="other-1"))
    await web.tenancy.tenants.put(tenant("asleep", status=TenantStatus.SUSPENDED))
    for tenant_id in ("north", "abroad", "asleep", "nowhere"):
        forged = compact({"alg": "ES256", "kid": "ec-1"}, web.claims(tenant=tenant_id), lambda _: bytes(64))
        await _refused(web, forged)


async def test_an_issuer_that_can_not_be_reached_is_no_fault_of_the_token(web: MemoryWeb) -> None:
    web.documents.documents[f"{ISSUER}/keys"] = Unavailable()
    with pytest.raises(Unavailable):
        await _authenticate(web, web.token())


def _respelled(token: str) -> list[str]:
    header, claims, signature = token.split(".")
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    # 64 bytes leave 2 unused bits in the last of 86 characters: 3 other spellings decode to the same bytes.
    position = alphabet.index(signature[-1])
    loose = [signature[:-1] + alphabet[(position & ~0x0F) | low] for low in range(16)]
    return [
        f"{token}=",
        f"{token}==",
        f"{token}\n",
        f"{header}=.{claims}.{signature}",
        f"{header}.{claims}.{signature[:10]} {signature[10:]}",
        f"{header}.{claims}.{signature[:10]}\u00e9{signature[10:]}",
        f"{header}.{claims}.{signature.replace('-', '+').replace('_', '/')}+",
        *(f"{header}.{claims}.{spelled}" for spelled in loose if spelled != signature),
    ]


async def test_another_spelling_of_a_right_token_is_refused(web: MemoryWeb) -> None:
    token = web.token()
    assert await _holds(web, token)
    for spelled in _respelled(token):
        with pytest.raises(TokenRefused):
            parse_token(spelled) if spelled.endswith("\n") else await _authenticate(web, spelled)


@pytest.mark.parametrize(
    "claims",
    [
        b'{"tenant":"north","tenant":"south"}',
        b'{"exp":NaN}',
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"a":' * 3000,
        b"[" * 5000,
        b'{"exp":' + b"9" * 4999 + b"}",
    ],
)
def test_claims_that_parsers_read_differently_are_refused(claims: bytes) -> None:
    header = b64(b'{"alg":"ES256"}')
    with pytest.raises(TokenRefused):
        parse_token(f"{header}.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.{b64(b's' * 64)}")


@given(
    st.one_of(
        st.text(max_size=80),
        st.from_regex(r"[A-Za-z0-9_-]{1,30}\.[A-Za-z0-9_-]{1,30}\.[A-Za-z0-9_-]{1,30}", fullmatch=True),
        st.tuples(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=40)).map(
            lambda parts: ".".join(b64(part) for part in parts)
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_arrives_is_refused_cleanly(web: MemoryWeb, text: str) -> None:
    with pytest.raises(TermtideError):
        await web.authenticator.authenticate({"authorization": f"Bearer {text}"}, "c")


@given(index=st.integers(0, 63), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
async def test_every_bit_of_the_signature_counts(web: MemoryWeb, index: int, bit: int) -> None:
    def sign(message: bytes) -> bytes:
        signature = bytearray(es256(message))
        signature[index] ^= 1 << bit
        return bytes(signature)

    assert await _refused(web, compact({"alg": "ES256", "kid": "ec-1"}, web.claims(), sign)) == "signature"


async def test_a_der_signature_is_not_a_jws_signature(web: MemoryWeb) -> None:
    token = compact(
        {"alg": "ES256", "kid": "ec-1"}, web.claims(), lambda m: EC_KEY.sign(m, ec.ECDSA(SHA256()))
    )
    assert await _refused(web, token) == "signature"
