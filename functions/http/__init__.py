"""The HTTP functions. `MODULES` is the inventory by role: what it lacks is neither served nor documented."""

from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from shared.settings import AppRole
from shared.web.routing import RouteTable

if TYPE_CHECKING:
    from shared.web.azure_http import HttpBlueprint

_PROBES = ("health",)
MODULES: Mapping[AppRole, tuple[str, ...]] = {
    AppRole.HTTP: (
        "page",
        "me",
        "uploads",
        "ingests",
        "people",
        "dashboards",
        "standards",
        "lists",
        "cohorts",
        "homes",
    ),
    AppRole.QUERY: ("facts", "exports", "warehouse"),
}


def blueprints(roles: Collection[AppRole]) -> Iterator["HttpBlueprint"]:
    """Yield the blueprint of every module that `roles` serve. Every app answers a health probe."""
    for role, modules in MODULES.items():
        if role in roles:
            yield from map(_blueprint, modules)
    yield from map(_blueprint, _PROBES)


def route_table() -> RouteTable:
    """Return every HTTP route of the app, whichever role serves it."""
    return RouteTable(route for blueprint in blueprints(MODULES.keys()) for route in blueprint.routes)


def _blueprint(module: str) -> "HttpBlueprint":
    blueprint: HttpBlueprint = import_module(f"functions.http.{module}").blueprint
    return blueprint
