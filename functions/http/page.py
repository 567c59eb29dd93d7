"""The dashboard page: its document, its files, and where it signs people in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from functions.http.gate import gate
from shared.json_model import JsonModel
from shared.kernel.errors import NotFound
from shared.settings import process_settings
from shared.tenancy.model import RateClass
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Content, Reply
from shared.web.models import RequestModel
from shared.web.routing import Media, PathParameter, Route

blueprint = HttpBlueprint(gate)

BUILT = Path(__file__).parent / "built"
"""What `pages/build.mjs` made of the folder `pages`."""
_DOCUMENT = "index.html"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_HASHED = re.compile(r"[a-z]+-[A-Z0-9]{8}\.(css|js)")
_FILE = rf"{_HASHED.pattern}|[a-z]+\.(svg|txt)"


class SignIn(JsonModel):
    """The OpenID Connect provider at which the page signs people in."""

    issuer: Annotated[str, Field(examples=["https://login.example.org"])]
    client_id: Annotated[str, Field(examples=["termtide-dashboard"])]


class AuthorizationResponse(RequestModel):
    """What a provider adds to the page's address when it sends the user back (RFC 6749 section 4.1.2).

    The page's script reads it; parameters that it does not know have to be ignored, says the same section.
    """

    model_config = RequestModel.model_config | ConfigDict(extra="ignore")

    code: str | None = None
    state: str | None = None
    error: str | None = None


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="sign-in",
        operation="read_sign_in",
        summary="Tell where the dashboard page signs people in",
        tag="page",
        rate=RateClass.PUBLIC,
        anonymous=True,
        response=SignIn,
    ),
)
async def read_sign_in(_: Call) -> Reply:
    """Name the provider of this deployment; it says nothing about any tenant."""
    settings = process_settings()
    return Reply(SignIn(issuer=settings.sign_in_issuer, client_id=settings.sign_in_client_id))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="dashboard",
        operation="read_dashboard_page",
        summary="Show the dashboard page",
        tag="page",
        rate=RateClass.PUBLIC,
        anonymous=True,
        query=AuthorizationResponse,
        response=Media("text/html", "The page; its figures come from the API, after signing in."),
    ),
)
async def read_dashboard_page(call: Call) -> Reply:
    """Answer the document. It holds no data, so it is the same for everybody."""
    policy = content_policy(process_settings().sign_in_issuer)
    return Reply(replace(_file(_DOCUMENT, call), policy=policy))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="pages/{file}",
        operation="read_page_file",
        summary="Fetch a file of the page: style sheet, script, icon, licences",
        tag="page",
        rate=RateClass.PUBLIC,
        anonymous=True,
        parameters=(PathParameter("file", "A file of the page.", _FILE, "icon.svg"),),
        response=Media("text/javascript", "The file.", also=("text/css", "image/svg+xml", "text/plain")),
        errors=(NotFound,),
    ),
)
async def read_page_file(call: Call) -> Reply:
    """Answer one of the built files; anything else is not found."""
    name = call.path["file"]
    if name not in _files():
        raise NotFound
    return Reply(_file(name, call))


def _file(name: str, call: Call) -> Content:
    """Return a built file, squeezed for who takes that."""
    takes_gzip = "gzip" in call.headers.get("accept-encoding", "")
    return _files()[f"{name}.gz" if takes_gzip else name]


@cache
def _files() -> dict[str, Content]:
    """Return what the build made. The files are few and small, and never change in a running process."""
    return dict(_forms_of_all())


def _forms_of_all() -> Iterator[tuple[str, Content]]:
    for path in BUILT.iterdir():
        if media_type := _TYPES.get(path.suffix):
            squeezed = path.with_name(f"{path.name}.gz")
            is_immutable = _HASHED.fullmatch(path.name) is not None
            plain = Content(path.read_bytes(), media_type, is_immutable=is_immutable)
            yield path.name, plain
            yield squeezed.name, replace(plain, body=squeezed.read_bytes(), encoding="gzip")


def content_policy(issuer: str) -> str:
    """Let the page load its own files and talk to us and to the provider, and to nobody else."""
    provider = urlsplit(issuer)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {provider.scheme}://{provider.netloc}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
