"""Logs hold no personal data and no secret: nothing that is named like one goes into a log call."""

import ast
import re
from collections.abc import Iterator

from scripts.lib.lints.source import Finding, Source, calls, last_name

RULE = "log-fields"
_LOGGERS = {"_log", "log", "logger", "_logger", "logging", "_LOG", "LOG"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_PERSONAL = re.compile(
    r"(^|_)(e_?mail|phone|address|birth\w*|first_?name|last_?name|given_?name|family_?name|full_?name|"
    r"display_?name|person_?name|user_?name|login|password|secret|token|authorization|cookie|sas|"
    r"api_?key|score|grade)s?$",
    re.IGNORECASE,
)


def check(source: Source) -> Iterator[Finding]:
    """Report names of fields or values in log calls that look personal or secret."""
    if not source.within("shared", "functions"):
        return
    for call in calls(source.tree):
        match call.func:
            case ast.Attribute(value=logger, attr=level) if (
                level in _LEVELS and last_name(logger) in _LOGGERS
            ):
                for name in sorted(set(filter(_PERSONAL.search, _names(call)))):
                    yield source.finding(RULE, call, f"{name!r} does not belong in a log", name)


def _names(call: ast.Call) -> Iterator[str]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for node in ast.walk(argument):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name
                case ast.Dict(keys=keys):
                    yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))
