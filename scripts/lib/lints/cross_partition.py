"""Reads across tenants happen in one file.

The asynchronous Cosmos client asks every partition when it is given no partition key, so leaving the argument
out counts as much as the flag.
"""

import ast
from collections.abc import Iterator

from scripts.lib.lints.source import Finding, Source, calls, last_name

RULE = "cross-partition"
_ALLOWED = "shared/platform/cosmos/cross_tenant.py"
_WHOLE_CONTAINER = {"read_all_items", "query_items_change_feed"}


def check(source: Source) -> Iterator[Finding]:
    """Report calls that may read more than one tenant's documents."""
    if not source.within("shared", "functions", "function_app.py") or source.within(_ALLOWED):
        return
    for call in calls(source.tree):
        method = last_name(call.func)
        keywords = {keyword.arg for keyword in call.keywords}
        if "enable_cross_partition_query" in keywords or method in _WHOLE_CONTAINER:
            yield source.finding(RULE, call, f"reads across partitions belong in {_ALLOWED}")
        elif method == "query_items" and not _has_key(call):
            message = "query_items without partition_key reads every partition"
            yield source.finding(RULE, call, message, method)


def _has_key(call: ast.Call) -> bool:
    return any(
        keyword.arg == "partition_key"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
        for keyword in call.keywords
    )
