"""Shared access signatures, those of the SDK among them."""

import pytest
from azure.servicebus._pyamqp.utils import generate_sas_token
from hypothesis import given
from hypothesis import strategies as st

from infra.local.servicebus.faults import NotImplementedHere, Unauthorized
from infra.local.servicebus.protocol.tokens import Grants, SharedAccessKey, covers, entity_path, verify_token

KEY = SharedAccessKey("policy", "secret")
AUDIENCE = "sb://127.0.0.1:5672/queue"


def _token(
    audience: str = AUDIENCE, name: str = KEY.name, secret: str = KEY.secret, expiry: int = 2000
) -> str:
    token: str = generate_sas_token(audience, name, secret, expiry)  # type: ignore[no-untyped-call] # the SDK's own
    return token


@given(
    st.from_regex(r"[A-Za-z0-9._-]+", fullmatch=True),
    st.text(min_size=1),
    st.from_regex(r"sb://[a-z]{1,9}/[A-Za-z0-9 äö+%&=/-]{1,30}", fullmatch=True),
)
def test_a_token_that_the_sdk_signs_with_the_key_is_accepted(name: str, secret: str, audience: str) -> None:
    token = _token(audience, name, secret)
    assert verify_token(SharedAccessKey(name, secret), token, audience, 0) == 2_000_000


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (_token(secret="guessed"), "InvalidSignature"),
        (_token(name="other"), "no policy 'other'"),
        (_token(expiry=1000), "ExpiredToken"),
        (_token("sb://127.0.0.1:5672/queue-2"), "InvalidAudience"),
        (_token().replace("se=2000", "se=3000"), "InvalidSignature"),
        (_token().replace("&skn=policy", ""), "MalformedToken"),
        (_token().replace("se=2000", "se=soon"), "MalformedToken"),
    ],
)
def test_any_other_token_is_refused_with_the_reason(token: str, reason: str) -> None:
    with pytest.raises(Unauthorized, match=reason):
        verify_token(KEY, token, AUDIENCE, 1_000_000)


def test_tokens_of_other_kinds_are_not_implemented() -> None:
    with pytest.raises(NotImplementedHere):
        verify_token(KEY, "eyJhbGciOi", AUDIENCE, 0)


@pytest.mark.parametrize(
    ("resource", "address", "expected"),
    [
        ("sb://h/queue", "sb://other-host/Queue/$management", True),
        ("sb://h/", "sb://h/anything", True),
        ("sb://h/queue", "queue", True),
        ("sb://h/queue", "sb://h/queue-2", False),
        ("sb://h/topic/Subscriptions/a", "topic", False),
    ],
)
def test_a_resource_covers_itself_and_what_lies_under_it(resource: str, address: str, expected: bool) -> None:
    assert covers(resource, address) is expected


def test_a_grant_ends_with_its_token() -> None:
    grants = Grants()
    grants.add("sb://h/queue", 1000)
    grants.require("queue/$DeadLetterQueue", 999)
    for path, now in (("queue", 1000), ("other", 0)):
        with pytest.raises(Unauthorized):
            grants.require(path, now)


def test_the_path_of_an_address_is_found_with_and_without_host() -> None:
    assert (
        entity_path("amqps://h:1/a/Subscriptions/b/")
        == entity_path("a/Subscriptions/b")
        == "a/Subscriptions/b"
    )
