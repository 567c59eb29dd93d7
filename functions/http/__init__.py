"""The HTTP functions. `MODULES` is the inventory: what is not listed is neither served nor documented."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from shared.web.routing import RouteTable

if TYPE_CHECKING:
    from shared.web.azure_http import HttpBlueprint

MODULES = ("health", "page", "me", "uploads", "ingests", "people", "dashboards")


def blueprints() -> Iterator["HttpBlueprint"]:
    """Yield the blueprint of every module."""
    for name in MODULES:
        yield import_module(f"functions.http.{name}").blueprint


def probes() -> Iterator["HttpBlueprint"]:
    """Yield what apps without the HTTP role serve: the health probe."""
    yield import_module("functions.http.health").blueprint


def route_table() -> RouteTable:
    """Return every HTTP route of the app."""
    return RouteTable(route for blueprint in blueprints() for route in blueprint.routes)
