"""Registers routes as HTTP functions: the only place of the kernel that knows Azure Functions.

Every route is a function of its own, named by its operation, so that metrics and traces tell them apart. Its
auth level is anonymous because function keys prove nothing about people: the gate decides.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import azure.functions as func

from shared.web.call import Handler
from shared.web.exchange import Incoming
from shared.web.routing import Route

if TYPE_CHECKING:
    from shared.web.gate import Gate


class HttpBlueprint(func.Blueprint):
    """A blueprint that keeps the declarations of its routes.

    `gate` is asked at the first request, not before: indexing builds nothing.
    """

    def __init__(self, gate: Callable[[], "Gate"]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # azure.functions leaves it untyped
        self.gate = gate
        self.routes: list[Route] = []


def endpoint(blueprint: HttpBlueprint, route: Route) -> Callable[[Handler], Handler]:
    """Make the decorated handler the function that serves `route`; the handler is returned unchanged."""

    def register(handler: Handler) -> Handler:
        async def invoke(req: func.HttpRequest) -> func.HttpResponse:
            outgoing = await blueprint.gate().serve(route, handler, _incoming(req))
            return func.HttpResponse(
                outgoing.body,
                status_code=outgoing.status,
                headers=outgoing.headers,
                mimetype=outgoing.headers.get("Content-Type"),
            )

        invoke.__name__ = invoke.__qualname__ = route.operation
        trigger = blueprint.route(
            route=route.path, methods=[route.method], auth_level=func.AuthLevel.ANONYMOUS
        )
        blueprint.function_name(route.operation)(trigger(invoke))
        blueprint.routes.append(route)
        return handler

    return register


def _incoming(request: func.HttpRequest) -> Incoming:
    return Incoming(
        method=request.method,
        url=request.url,
        headers={name.lower(): value for name, value in request.headers.items()},
        path_values=dict(request.route_params),
        body=request.get_body(),
    )
