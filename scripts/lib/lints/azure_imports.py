"""The cloud SDKs stay in one folder, so that «what would it take to run elsewhere» is one folder.

import-linter sees the package `azure` as a whole; this rule knows its parts.
"""

import ast
from collections.abc import Iterator

from scripts.lib.lints.heavy_imports import imported
from scripts.lib.lints.source import Finding, Source

RULE = "azure-imports"
_ADAPTERS = "shared/platform"
_EDGE = ("function_app.py", "functions", "shared/web/azure_http.py")
_FUNCTIONS = ("azure.functions", "azurefunctions")


def check(source: Source) -> Iterator[Finding]:
    """Report imports of `azure.*` outside the adapters, and of `azure.functions` outside the edge."""
    if not source.within("shared", "functions", "function_app.py"):
        return
    for node in ast.walk(source.tree):
        for name in imported(node):
            if _is_part_of(name, _FUNCTIONS):
                allowed = source.within(*_EDGE)
            elif _is_part_of(name, ("azure",)) and name != "azure":
                allowed = source.within(_ADAPTERS)
            else:
                continue
            if not allowed:
                yield source.finding(RULE, node, f"{name} is not imported here")
                break


def _is_part_of(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
