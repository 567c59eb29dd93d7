"""A stranger can read it: files under 400 lines, functions under 50."""

import ast
from collections.abc import Iterator

from scripts.lib.lints.source import Finding, Source

RULE = "sizes"
_FILE_LINES = 400
_FUNCTION_LINES = 50


def check(source: Source) -> Iterator[Finding]:
    """Report files and functions that have reached their limit."""
    lines = source.text.count("\n")
    if lines >= _FILE_LINES:
        yield source.finding(RULE, source.tree, f"{lines} lines; a file stays under {_FILE_LINES}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length >= _FUNCTION_LINES:
                message = f"{node.name} has {length} lines; a function stays under {_FUNCTION_LINES}"
                yield source.finding(RULE, node, message, node.name)
