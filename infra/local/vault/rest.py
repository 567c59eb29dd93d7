"""The REST API of Key Vault secrets (version 7.x) as an aiohttp application."""

import json
import re
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

from infra.local.vault.errors import VaultError, bad_parameter, not_implemented
from infra.local.vault.storage import SecretContent, SecretStorage
from infra.local.vault.tokens import DIRECTORY, TokenIssuer, TokenRefused

AUDIENCE = "https://vault.azure.net"
_CHALLENGE = f'Bearer authorization="https://login.microsoftonline.com/{DIRECTORY}", resource="{AUDIENCE}"'
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_PAGE = 25
_RECOVERABLE_DAYS = 90
_DAY = 86_400


def vault_application(storage: SecretStorage, issuer: TokenIssuer) -> web.Application:
    """Build the application; every call needs a bearer token for the vault's audience."""
    api = _Secrets(storage)
    application = web.Application(middlewares=[_refusals, _authentication(issuer)])
    application.add_routes(
        [
            web.get("/secrets", api.names),
            web.post("/secrets/restore", _without_backup),
            web.put("/secrets/{name}", api.set),
            web.delete("/secrets/{name}", api.delete),
            web.get("/secrets/{name}/versions", api.versions),
            web.post("/secrets/{name}/backup", _without_backup),
            web.get("/secrets/{name}{_:/?}", api.get),
            web.patch("/secrets/{name}{_:/?}", api.change),
            web.get("/secrets/{name}/{version}", api.get),
            web.patch("/secrets/{name}/{version}", api.change),
            web.get("/deletedsecrets", api.deleted_names),
            web.get("/deletedsecrets/{name}", api.get_deleted),
            web.delete("/deletedsecrets/{name}", api.purge),
            web.post("/deletedsecrets/{name}/recover", api.recover),
        ]
    )
    return application


class _Secrets:
    """The operations; each method is one row of the route table."""

    def __init__(self, storage: SecretStorage) -> None:
        self._storage = storage

    async def set(self, request: web.Request) -> web.Response:
        name, body = _name(request), await _body(request)
        return web.json_response(_bundle(request, name, *self._storage.add(name, _content(body))))

    async def get(self, request: web.Request) -> web.Response:
        name = _name(request)
        version, content = self._storage.read(name, request.match_info.get("version"))
        if not content.attributes.enabled:
            raise VaultError(
                403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled"
            )
        return web.json_response(_bundle(request, name, version, content))

    async def change(self, request: web.Request) -> web.Response:
        name, body = _name(request), await _body(request)
        known = {key: body[key] for key in ("attributes", "contentType", "tags") if body.get(key) is not None}
        try:
            changed = self._storage.change(name, request.match_info.get("version"), known)
        except ValidationError as invalid:
            raise bad_parameter(_first_fault(invalid)) from invalid
        return web.json_response(_bundle(request, name, *changed, with_value=False))

    async def names(self, request: web.Request) -> web.Response:
        return web.json_response(
            _page(request, [self._item(request, name, deleted=False) for name in self._storage.names()])
        )

    async def versions(self, request: web.Request) -> web.Response:
        name = _name(request)
        items = [_bundle(request, name, *it, with_value=False) for it in self._storage.versions(name)]
        return web.json_response(_page(request, items))

    async def delete(self, request: web.Request) -> web.Response:
        name = _name(request)
        self._storage.delete(name)
        return web.json_response(self._item(request, name, deleted=True))

    async def deleted_names(self, request: web.Request) -> web.Response:
        names = self._storage.names(deleted=True)
        return web.json_response(_page(request, [self._item(request, name, deleted=True) for name in names]))

    async def get_deleted(self, request: web.Request) -> web.Response:
        return web.json_response(self._item(request, _name(request), deleted=True))

    async def recover(self, request: web.Request) -> web.Response:
        name = _name(request)
        self._storage.recover(name)
        return web.json_response(self._item(request, name, deleted=False))

    async def purge(self, request: web.Request) -> web.Response:
        self._storage.purge(_name(request))
        return web.Response(status=204)

    def _item(self, request: web.Request, name: str, *, deleted: bool) -> dict[str, object]:
        version, content = self._storage.read(name, None, deleted=deleted)
        item = _bundle(request, name, version, content, with_value=False)
        at = self._storage.deleted_at(name)
        if at is None:
            return item | {"id": f"https://{request.host}/secrets/{name}"}
        return item | {
            "recoveryId": f"https://{request.host}/deletedsecrets/{name}",
            "deletedDate": at,
            "scheduledPurgeDate": at + _RECOVERABLE_DAYS * _DAY,
        }


def _authentication(issuer: TokenIssuer) -> Middleware:
    @web.middleware
    async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            issuer.check(_bearer_token(request), AUDIENCE)
        except TokenRefused as refusal:
            body = VaultError(401, "Unauthorized", str(refusal)).as_json()
            return web.json_response(body, status=401, headers={"WWW-Authenticate": _CHALLENGE})
        if "api-version" not in request.query:
            raise bad_parameter("The request lacks the parameter api-version.")
        return await handler(request)

    return authenticate


def _bearer_token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer":
        raise TokenRefused("AKV10000: Request is missing a Bearer or PoP token.")
    return token


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except VaultError as refusal:
        return web.json_response(refusal.as_json(), status=refusal.status)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        unknown = not_implemented(f"{request.method} {request.path}")
        return web.json_response(unknown.as_json(), status=unknown.status)


async def _without_backup(_request: web.Request) -> web.Response:
    raise not_implemented("backup and restore")


def _name(request: web.Request) -> str:
    name = request.match_info["name"]
    if not _NAME.fullmatch(name):
        raise bad_parameter(f"{name!r} is no name for a secret: 1 to 127 letters, digits and hyphens.")
    return name


async def _body(request: web.Request) -> dict[str, object]:
    try:
        body = json.loads(await request.read())
    except ValueError as invalid:
        raise bad_parameter(f"The body is not JSON: {invalid}") from invalid
    if not isinstance(body, dict):
        raise bad_parameter("The body is not a JSON object.")
    return {key: value for key, value in body.items() if value is not None}


def _content(body: dict[str, object]) -> SecretContent:
    try:
        return SecretContent.model_validate(body)
    except ValidationError as invalid:
        raise bad_parameter(_first_fault(invalid)) from invalid


def _first_fault(invalid: ValidationError) -> str:
    fault = invalid.errors(include_input=False)[0]
    return f"/{'/'.join(str(step) for step in fault['loc'])}: {fault['msg']}"


def _bundle(
    request: web.Request, name: str, version: str, content: SecretContent, *, with_value: bool = True
) -> dict[str, object]:
    attributes = content.attributes.model_dump(exclude_none=True) | {
        "created": content.created,
        "updated": content.updated,
        "recoveryLevel": "Recoverable+Purgeable",
        "recoverableDays": _RECOVERABLE_DAYS,
    }
    bundle: dict[str, object] = {
        "id": f"https://{request.host}/secrets/{name}/{version}",
        "attributes": attributes,
        "tags": content.tags,
    }
    if content.content_type is not None:
        bundle["contentType"] = content.content_type
    return bundle | ({"value": content.value} if with_value else {})


def _page(request: web.Request, items: Sequence[dict[str, object]]) -> dict[str, object]:
    size, start = _count(request, "maxresults", _PAGE), _count(request, "$skiptoken", 0)
    following = start + size
    link = None
    if following < len(items):
        link = str(request.url.with_scheme("https").update_query({"$skiptoken": str(following)}))
    return {"value": list(items[start:following]), "nextLink": link}


def _count(request: web.Request, parameter: str, default: int) -> int:
    text = request.query.get(parameter, str(default))
    if not text.isdecimal():
        raise bad_parameter(f"{parameter} is no count: {text!r}")
    return int(text)
