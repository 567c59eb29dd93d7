"""The managed identity endpoint of App Service and Functions, protocol version 2019-08-01."""

import hmac

from aiohttp import web

from infra.local.vault.tokens import PRINCIPAL, TokenIssuer

_API_VERSION = "2019-08-01"


def identity_application(issuer: TokenIssuer, header: str) -> web.Application:
    """Build the application that `IDENTITY_ENDPOINT` (its `/msi/token`) and `IDENTITY_HEADER` lead to."""

    async def token(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("X-IDENTITY-HEADER", "").encode(), header.encode()):
            return _refusal(401, "the header X-IDENTITY-HEADER is missing or wrong")
        resource = request.query.get("resource")
        if request.query.get("api-version") != _API_VERSION or not resource:
            return _refusal(400, f"expected api-version={_API_VERSION} and a resource")
        access_token, expires = issuer.issue(resource)
        return web.json_response(
            {
                "access_token": access_token,
                "client_id": PRINCIPAL,
                "expires_on": str(expires),
                "resource": resource,
                "token_type": "Bearer",
            }
        )

    application = web.Application()
    application.add_routes([web.get("/msi/token", token)])
    return application


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"statusCode": status, "message": message}, status=status)
