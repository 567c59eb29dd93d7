"""A cache that outlives a request is keyed through the scope, so that no tenant is served another's entry.

A cache is an attribute that is set to a `Recent(…)` in this file, or a function under `functools.cache`.
"""

import ast
from collections.abc import Iterator

from scripts.lib.lints.source import Finding, Source, calls, last_name

RULE = "cache-keys"
_CACHE_CLASS = "Recent"
_KEYED = {"get", "put", "forget"}
_MEMOIZERS = {"cache", "lru_cache"}


def check(source: Source) -> Iterator[Finding]:
    """Report cache accesses whose key is not `scope.key(…)`, and memoized functions that take arguments."""
    if not source.within("shared", "functions"):
        return
    caches = _caches(source.tree)
    makers = {"key"} | {node.name for node in _functions(source.tree) if _returns_scope_key(node)}
    for function in _functions(source.tree):
        if any(last_name(_called(it)) in _MEMOIZERS for it in function.decorator_list) and function.args.args:
            message = f"{function.name} remembers results across tenants"
            yield source.finding(RULE, function, message, function.name)
        known = _names_of_keys(function, makers)
        for call in calls(function):
            match call.func:
                case ast.Attribute(value=cache, attr=method) if (
                    method in _KEYED and last_name(cache) in caches
                ):
                    if not call.args or not _is_key(call.args[0], makers, known):
                        message = f"the key of {last_name(cache)} is not made by scope.key"
                        yield source.finding(RULE, call, message, last_name(cache))


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _caches(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[target], value=ast.Call(func=made))
                | ast.AnnAssign(target=target, value=ast.Call(func=made))
            ):
                base = made.value if isinstance(made, ast.Subscript) else made
                if last_name(base) == _CACHE_CLASS:
                    found.add(last_name(target))
    return found


def _returns_scope_key(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    match function.body[-1]:
        case ast.Return(value=ast.Call(func=ast.Attribute(attr="key"))):
            return True
        case _:
            return False


def _names_of_keys(function: ast.AST, makers: set[str]) -> set[str]:
    names = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_key(value, makers, set()):
                names.add(name)
    return names


def _is_key(value: ast.expr, makers: set[str], names: set[str]) -> bool:
    match value:
        case ast.Call(func=function):
            return last_name(function) in makers
        case ast.Name(id=name):
            return name in names
        case _:
            return False
