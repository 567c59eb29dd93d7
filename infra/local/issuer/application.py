"""The issuer's HTTP side: discovery, keys, the sign-in page, and codes for tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from infra.local.issuer.codes import Codes, Login, RequestRefused, SignInRequest
from infra.local.issuer.districts import read_districts
from infra.local.issuer.keys import SigningKey
from infra.local.issuer.page import ROLES, refusal_page, sign_in_page
from infra.local.issuer.tokens import LIFETIME, issue_token, subject_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this issuer is: its URL, its key, for whom its tokens are, where the districts are listed."""

    url: str
    key: SigningKey
    audience: str
    folder: Path


def application(identity: Identity) -> web.Application:
    """Return the application of one issuer."""
    issuer = _Issuer(identity)
    made = web.Application()
    made.add_routes(
        [
            web.get("/_local/health", issuer.health),
            web.get("/.well-known/openid-configuration", issuer.discovery),
            web.get("/jwks", issuer.keys),
            web.get("/authorize", issuer.ask),
            web.post("/authorize", issuer.answer),
            web.post("/token", issuer.token),
        ]
    )
    return made


class _Issuer:
    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._codes = Codes()

    async def health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def discovery(self, _: web.Request) -> web.Response:
        """Answer the discovery document (OpenID Connect Discovery 1.0 section 3)."""
        url = self._identity.url
        document = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
        return web.json_response(document, headers=_READABLE_BY_PAGES)

    async def keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [self._identity.key.public_jwk]}, headers=_READABLE_BY_PAGES)

    async def ask(self, request: web.Request) -> web.Response:
        """Show the sign-in page."""
        try:
            _require_code_flow(request.query)
            asked = _asked(request.query)
        except RequestRefused as refusal:
            return _page(refusal_page(str(refusal)), 400)
        return _page(sign_in_page(asked, read_districts(self._identity.folder)), 200, asked)

    async def answer(self, request: web.Request) -> web.Response:
        """Go back to the page with a code for whom the user chose to be."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            asked = _asked(form)
            login = _chosen(form)
        except RequestRefused as refusal:
            return _page(refusal_page(str(refusal)), 400)
        query = urlencode({"code": self._codes.issue(asked, login), "state": asked.state})
        separator = "&" if urlsplit(asked.redirect_uri).query else "?"
        return web.Response(status=303, headers={"Location": f"{asked.redirect_uri}{separator}{query}"})

    async def token(self, request: web.Request) -> web.Response:
        """Give a token for a code (RFC 6749 section 4.1.3); errors as in section 5.2."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if form.get("grant_type") != "authorization_code":
            return _token_error("unsupported_grant_type", "only authorization_code is offered")
        try:
            login = self._codes.redeem(
                form.get("code", ""),
                client_id=form.get("client_id", ""),
                redirect_uri=form.get("redirect_uri", ""),
                verifier=form.get("code_verifier", ""),
            )
        except RequestRefused as refusal:
            return _token_error("invalid_grant", str(refusal))
        token = issue_token(
            self._identity.key,
            issuer=self._identity.url,
            tenant=login.tenant,
            subject=login.subject,
            audience=self._identity.audience,
            now=datetime.now(UTC),
        )
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(LIFETIME.total_seconds())}
        return web.json_response(answer, headers=_READABLE_BY_PAGES | {"Cache-Control": "no-store"})


# The dashboard's page comes from another port. A token is bound to it by the code verifier, not its origin.
_READABLE_BY_PAGES = {"Access-Control-Allow-Origin": "*"}


def _require_code_flow(query: Mapping[str, str]) -> None:
    for name, offered in (("response_type", "code"), ("code_challenge_method", "S256")):
        if query.get(name) != offered:
            raise RequestRefused(f"{name}: only {offered} is offered")


def _asked(fields: Mapping[str, str]) -> SignInRequest:
    asked = SignInRequest(
        client_id=fields.get("client_id", ""),
        redirect_uri=fields.get("redirect_uri", ""),
        state=fields.get("state", ""),
        challenge=fields.get("code_challenge", ""),
    )
    asked.check()
    return asked


def _chosen(form: Mapping[str, str]) -> Login:
    tenant, role = form.get("tenant", ""), form.get("role", "")
    if not tenant or role not in ROLES:
        raise RequestRefused("choose a district and a role")
    return Login(tenant, subject_of(role))


def _page(html: str, status: int, asked: SignInRequest | None = None) -> web.Response:
    # A browser holds form-action against the redirect that answers the form, too.
    back = f" {asked.origin}" if asked else ""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{back}"
    )
    return web.Response(
        text=html,
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


def _token_error(code: str, description: str) -> web.Response:
    return web.json_response(
        {"error": code, "error_description": description}, status=400, headers=_READABLE_BY_PAGES
    )
