"""What a cold start of the HTTP role reads imports nothing heavy: such modules load where they are needed."""

import ast
from collections.abc import Iterator

from scripts.lib.lints.source import Finding, Source

RULE = "heavy-imports"
_LIGHT = (
    "function_app.py",
    "functions",
    "shared/web",
    "shared/bootstrap",
    "shared/kernel",
)
_HEAVY = ("azure.storage.blob", "deltalake", "lxml", "nh3", "polars", "pyarrow")


def check(source: Source) -> Iterator[Finding]:
    """Report heavy modules that are imported when the file is imported."""
    if not source.within(*_LIGHT):
        return
    for node in at_import(source.tree.body):
        heavy = next(filter(_is_heavy, imported(node)), None)
        if heavy is not None:
            message = f"{heavy} is loaded at a cold start: import it inside the function that needs it"
            yield source.finding(RULE, node, message)


def _is_heavy(name: str) -> bool:
    return any(name == heavy or name.startswith(f"{heavy}.") for heavy in _HEAVY)


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported, not those for type checkers only."""
    for node in body:
        yield node
        match node:
            case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test):
                yield from at_import(node.orelse)
            case ast.If(body=inner, orelse=other):
                yield from at_import([*inner, *other])
            case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=last):
                handled = [statement for handler in handlers for statement in handler.body]
                yield from at_import([*inner, *handled, *other, *last])
            case ast.With(body=inner) | ast.ClassDef(body=inner):
                yield from at_import(inner)


def imported(node: ast.AST) -> list[str]:
    """Return the absolute names an import statement may load: for `from a.b import c`, `a.b` and `a.b.c`."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return [module, *(f"{module}.{alias.name}" for alias in names)]
        case _:
            return []
