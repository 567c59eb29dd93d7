"""No repository call without a scope: every port and store method takes one first.

Covers the public methods that wait (`async def`, or an `AsyncIterator` as result) of every class in a
`ports.py` and of every class among the adapters of stores.
"""

import ast
from collections.abc import Iterator
from typing import TypeIs

from scripts.lib.lints.source import Finding, Source

RULE = "scope-first"
_STORES = ("shared/platform/cosmos", "shared/platform/lake", "shared/platform/blob")
_SCOPES = {"TenantScope", "Owner", "StampScope"}


def check(source: Source) -> Iterator[Finding]:
    """Report methods that reach a store without saying for whom."""
    if not source.within("shared") or not (source.path.name.endswith("ports.py") or source.within(*_STORES)):
        return
    for owner in (node for node in source.tree.body if isinstance(node, ast.ClassDef)):
        if owner.name.startswith("_"):
            continue
        for method in owner.body:
            if _waits(method) and not _takes_scope_first(method):
                name = f"{owner.name}.{method.name}"
                yield source.finding(RULE, method, f"{name} does not take a TenantScope first", name)


def _waits(node: ast.stmt) -> TypeIs[ast.FunctionDef | ast.AsyncFunctionDef]:
    match node:
        case ast.AsyncFunctionDef(name=name):
            return not name.startswith("_")
        case ast.FunctionDef(name=name, returns=ast.expr() as result):
            return not name.startswith("_") and ast.unparse(result).startswith("AsyncIterator")
        case _:
            return False


def _takes_scope_first(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    parameters = [*method.args.posonlyargs, *method.args.args][1:]
    if not parameters or parameters[0].annotation is None:
        return False
    return ast.unparse(parameters[0].annotation) in _SCOPES
