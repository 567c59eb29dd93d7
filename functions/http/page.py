"""The dashboard page: its document, its files, and where it signs people in."""

from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from functions.http.gate import gate
from shared.kernel.errors import NotFound
from shared.settings import process_settings
from shared.tenancy.model import RateClass
from shared.web.azure_http import HttpBlueprint, endpoint
from shared.web.call import Call, Content, Reply
from shared.web.models import RequestModel, ResponseModel
from shared.web.routing import Media, PathParameter, Route

blueprint = HttpBlueprint(gate)

_FOLDER = Path(__file__).parent / "pages"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class SignIn(ResponseModel):
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
async def read_dashboard_page(_: Call) -> Reply:
    """Answer the document. It holds no data, so it is the same for everybody."""
    document = (_FOLDER / "dashboard.html").read_bytes()
    return Reply(Content(document, "text/html; charset=utf-8", _policy(process_settings().sign_in_issuer)))


@endpoint(
    blueprint,
    Route(
        method="GET",
        path="pages/{file}",
        operation="read_page_file",
        summary="Fetch a style sheet, script or icon of the page",
        tag="page",
        rate=RateClass.PUBLIC,
        anonymous=True,
        parameters=(PathParameter("file", "A file of the page.", r"[a-z]+\.(css|js|svg)", "main.js"),),
        response=Media("text/javascript", "The file.", also=("text/css", "image/svg+xml")),
        errors=(NotFound,),
    ),
)
async def read_page_file(call: Call) -> Reply:
    """Answer one of the files beside the document; anything else is not found."""
    content = _files().get(call.path["file"])
    if content is None:
        raise NotFound
    return Reply(content)


@cache
def _files() -> dict[str, Content]:
    """Return the page's files by name. They are few and small, and never change in a running process."""
    return {
        path.name: Content(path.read_bytes(), _TYPES[path.suffix])
        for path in _FOLDER.iterdir()
        if path.suffix in _TYPES
    }


def _policy(issuer: str) -> str:
    """Let the page load its own files and talk to us and to the provider, and to nobody else."""
    provider = urlsplit(issuer)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {provider.scheme}://{provider.netloc}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
