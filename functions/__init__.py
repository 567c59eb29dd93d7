"""The inbound edge: thin functions, one module per context and trigger family, without rules of their own.

`http.MODULES` and `_BACKGROUND` say which role runs what; an app has one role or several (`APP_ROLES`).
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from functions import http
from shared.settings import AppRole

if TYPE_CHECKING:
    import azure.functions as func

_BACKGROUND = {
    AppRole.INGEST: (
        "functions.blobs.landing",
        "functions.blobs.mail",
        "functions.messages.ingestion",
        "functions.messages.relay",
        "functions.timers.drops",
        "functions.timers.upkeep",
    ),
}


def blueprints(roles: Iterable[AppRole]) -> Iterator["func.Blueprint"]:
    """Yield the blueprints of `roles`, loading only their modules. Every role answers a health probe."""
    chosen = set(roles)
    yield from http.blueprints(chosen)
    for role, modules in _BACKGROUND.items():
        if role in chosen:
            yield from (import_module(module).blueprint for module in modules)
