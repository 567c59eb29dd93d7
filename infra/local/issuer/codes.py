"""Authorization codes with PKCE (RFC 6749 section 4.1, RFC 7636): single use, valid for a minute."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

LIFETIME_SECONDS = 60
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PAGE = re.compile(r"https?://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?(/[!$&-;=?-Z_a-z~%]*)?")


class RequestRefused(Exception):
    """A request that the protocol does not allow; the text is for the developer who reads it."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What the page that wants a sign-in asks for."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str

    @property
    def origin(self) -> str:
        """The origin of the page."""
        target = urlsplit(self.redirect_uri)
        return f"{target.scheme}://{target.netloc}"

    def check(self) -> None:
        """Raise `RequestRefused` unless it comes from a page on this machine and uses PKCE with S256."""
        if not _PAGE.fullmatch(self.redirect_uri):
            raise RequestRefused("redirect_uri: only pages of this machine may sign in here")
        if not self.client_id:
            raise RequestRefused("client_id is missing")
        if not _CHALLENGE.fullmatch(self.challenge):
            raise RequestRefused("code_challenge: S256 is required (RFC 7636 section 4.2)")


@dataclass(frozen=True, slots=True)
class Login:
    """Whom the user chose to be."""

    tenant: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Issued:
    request: SignInRequest
    login: Login
    until: float


class Codes:
    """The codes that are out."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._issued: dict[str, _Issued] = {}

    def issue(self, request: SignInRequest, login: Login) -> str:
        """Return a code for a login that was chosen."""
        now = self._monotonic()
        self._issued = {code: issued for code, issued in self._issued.items() if issued.until > now}
        code = secrets.token_urlsafe(32)
        self._issued[code] = _Issued(request, login, now + LIFETIME_SECONDS)
        return code

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str) -> Login:
        """Return the login of a code, once; `RequestRefused` when anything differs from the request."""
        issued = self._issued.pop(code, None)
        if issued is None or issued.until <= self._monotonic():
            raise RequestRefused("the code is unknown, used or too old")
        request = issued.request
        if (request.client_id, request.redirect_uri) != (client_id, redirect_uri):
            raise RequestRefused("the code was issued to another page")
        if not hmac.compare_digest(_challenge(verifier), request.challenge):
            raise RequestRefused("code_verifier does not match")
        return issued.login


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", errors="replace")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
