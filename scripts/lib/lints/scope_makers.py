"""A `TenantScope` is made in four ways, each of which has verified the tenant, each in modules of its own."""

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from scripts.lib.lints.source import Finding, Source, calls, last_name

RULE = "scope-makers"

MAKERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "authenticated": frozenset({"shared.web.authentication"}),
        "of_message": frozenset({"shared.messaging.envelope"}),
        "of_landing": frozenset({"shared.ingestion.ways.landing"}),
        "of_iteration": frozenset({"shared.tenancy.service", "shared.platform.cosmos.cross_tenant"}),
    }
)
"""Who may call which factory: a token, a MAC, an upload record or a tenant record was checked there."""


def check(source: Source) -> Iterator[Finding]:
    """Report factories that are called, or passed on, elsewhere, and constructor calls. Tests are free."""
    if source.within("tests", "shared/kernel/scope.py"):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(value=owner, attr=factory) if last_name(owner) == "TenantScope":
                allowed = MAKERS.get(factory, frozenset())
                if source.module not in allowed:
                    where = ", ".join(sorted(allowed)) or "nowhere"
                    yield source.finding(RULE, node, f"TenantScope.{factory} is for: {where}", factory)
    for call in calls(source.tree):
        if last_name(call.func) == "TenantScope":
            yield source.finding(RULE, call, "a TenantScope is made by its factories only")
