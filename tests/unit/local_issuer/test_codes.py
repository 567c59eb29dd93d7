"""Authorization codes: who may ask for one, and that it works once, for whom it was made."""

import base64
import hashlib
from dataclasses import replace

import pytest

from infra.local.issuer.codes import LIFETIME_SECONDS, Codes, Login, RequestRefused, SignInRequest
from infra.local.issuer.page import sign_in_page

VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
REQUEST = SignInRequest("page", "http://127.0.0.1:7071/api/dashboard", "s", CHALLENGE)
LOGIN = Login("north", "dev-Learner")


class Scene:
    """Codes at a time that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.codes = Codes(lambda: self.seconds)

    def redeem(self, code: str, **changes: str) -> Login:
        fields = {"client_id": "page", "redirect_uri": REQUEST.redirect_uri, "verifier": VERIFIER} | changes
        return self.codes.redeem(code, **fields)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:7071/api/dashboard",
        "http://localhost:7071/",
        "http://[::1]:7071/x?y=1",
        "https://localhost",
    ],
)
def test_pages_of_this_machine_may_ask(uri: str) -> None:
    replace(REQUEST, redirect_uri=uri).check()


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://localhost@evil.example/",
        "http://evil.example\\@localhost/",
        "http://user;x@localhost/",
        "http://localhost/#fragment",
        "http://localhost/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "//localhost/",
    ],
)
def test_anybody_else_may_not(uri: str) -> None:
    with pytest.raises(RequestRefused):
        replace(REQUEST, redirect_uri=uri).check()


@pytest.mark.parametrize("changes", [{"challenge": ""}, {"challenge": VERIFIER}, {"client_id": ""}])
def test_a_request_without_proof_key_or_client_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(RequestRefused):
        replace(REQUEST, **changes).check()


def test_a_code_works_once() -> None:
    scene = Scene()
    code = scene.codes.issue(REQUEST, LOGIN)
    assert scene.redeem(code) == LOGIN
    with pytest.raises(RequestRefused):
        scene.redeem(code)


@pytest.mark.parametrize(
    "changes", [{"verifier": "another"}, {"verifier": "\u00e9"}, {"client_id": "x"}, {"redirect_uri": "x"}]
)
def test_a_code_works_only_for_the_page_that_asked_and_is_spent_by_trying(changes: dict[str, str]) -> None:
    scene = Scene()
    code = scene.codes.issue(REQUEST, LOGIN)
    with pytest.raises(RequestRefused):
        scene.redeem(code, **changes)
    with pytest.raises(RequestRefused):
        scene.redeem(code)


def test_a_code_lives_for_a_minute() -> None:
    scene = Scene()
    code = scene.codes.issue(REQUEST, LOGIN)
    scene.seconds = LIFETIME_SECONDS
    with pytest.raises(RequestRefused):
        scene.redeem(code)


def test_the_page_escapes_everything_it_repeats() -> None:
    page = sign_in_page(replace(REQUEST, state='"><script>'), {'"><b>': "<i>North</i>"})
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
