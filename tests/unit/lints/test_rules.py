"""Each rule finds what is planted against it, and leaves the allowed form alone."""

from types import ModuleType

import pytest

from scripts.lib.lints import (
    azure_imports,
    cache_keys,
    cross_partition,
    heavy_imports,
    log_fields,
    scope_first,
    scope_makers,
    sizes,
)
from scripts.lib.lints.source import Source

PORT = "shared/activity/ports.py"
ADAPTER = "shared/platform/cosmos/grades.py"
WEB = "shared/web/pages.py"

PLANTED = [
    (scope_first, PORT, "class Grades(Protocol):\n    async def find(self, learner: str) -> Grade: ..."),
    (scope_first, PORT, "class Grades(Protocol):\n    async def find(self, scope) -> Grade: ..."),
    (
        scope_first,
        PORT,
        "class Grades(Protocol):\n    async def find(self, id: str, scope: TenantScope): ...",
    ),
    (scope_first, PORT, "class Grades(Protocol):\n    def all(self) -> AsyncIterator[Grade]: ..."),
    (scope_first, ADAPTER, "class CosmosGrades:\n    async def find(self): ..."),
    (scope_makers, WEB, "scope = TenantScope.authenticated(a, b, c, d)"),
    (scope_makers, WEB, "make = scopes.TenantScope.of_message"),
    (scope_makers, "shared/web/authentication.py", "scope = TenantScope.of_iteration(a, b, c, d)"),
    (scope_makers, WEB, "scope = TenantScope('t', 's', 'a', 'c', witness)"),
    (scope_makers, "functions/timers/x.py", "scope = TenantScope.of_landing(a, b, c)"),
    (cross_partition, ADAPTER, "c.query_items(query=q, enable_cross_partition_query=True, partition_key=k)"),
    (cross_partition, ADAPTER, "c.query_items(query=q)"),
    (cross_partition, ADAPTER, "c.query_items(query=q, partition_key=None)"),
    (cross_partition, "functions/http/x.py", "c.read_all_items()"),
    (heavy_imports, "functions/http/x.py", "import polars as pl"),
    (heavy_imports, WEB, "from azure.storage.blob.aio import BlobClient"),
    (heavy_imports, WEB, "from azure.storage import blob"),
    (heavy_imports, "shared/bootstrap/edge.py", "try:\n    import lxml.etree\nexcept ImportError:\n    pass"),
    (heavy_imports, "function_app.py", "class A:\n    import deltalake"),
    (azure_imports, PORT, "from azure.cosmos.aio import CosmosClient"),
    (azure_imports, PORT, "def f():\n    import azure.identity"),
    (azure_imports, "functions/http/x.py", "from azure.storage.blob import BlobClient"),
    (azure_imports, ADAPTER, "import azure.functions as func"),
    (azure_imports, WEB, "from azure import functions"),
    (cache_keys, WEB, "self._seen = Recent(clock)\ndef f(s, course): return s._seen.get(course)"),
    (
        cache_keys,
        WEB,
        "seen: Recent[str, int] = Recent[str, int](c)\ndef f(c):\n    k = c\n    seen.put(k, 1)",
    ),
    (cache_keys, WEB, "@cache\ndef grades(course): ..."),
    (cache_keys, WEB, "@functools.lru_cache(maxsize=9)\ndef grades(course): ..."),
    (log_fields, WEB, "_log.info('signed in', extra={'email': x})"),
    (log_fields, WEB, "_log.info('signed in %s', person.display_name)"),
    (log_fields, WEB, "logging.warning(f'refused {access_token}')"),
    (log_fields, WEB, "self._log.error('x', extra={'learner_score': s})"),
    (sizes, WEB, "x = 1\n" * 400),
    (sizes, WEB, "def f():\n" + "    x = 1\n" * 49),
]

ALLOWED = [
    (
        scope_first,
        PORT,
        "class Grades(Protocol):\n    async def find(self, scope: TenantScope, id: str): ...",
    ),
    (scope_first, PORT, "class Grades(Protocol):\n    def all(self, owner: Owner) -> AsyncIterator[G]: ..."),
    (scope_first, PORT, "class Grade:\n    def rounded(self, digits: int) -> Decimal: ..."),
    (scope_first, "shared/activity/service.py", "class Service:\n    async def grade(self, id: str): ..."),
    (scope_makers, "shared/web/authentication.py", "scope = TenantScope.authenticated(a, b, c, d)"),
    (scope_makers, "tests/unit/x.py", "scope = TenantScope.authenticated(a, b, c, d)"),
    (scope_makers, WEB, "def f(scope: TenantScope): ..."),
    (cross_partition, "shared/platform/cosmos/cross_tenant.py", "c.query_items(query=q)"),
    (cross_partition, ADAPTER, "c.query_items(query=q, partition_key=[scope.tenant_id])"),
    (heavy_imports, "functions/messages/x.py", "def work():\n    import polars"),
    (heavy_imports, WEB, "if TYPE_CHECKING:\n    import polars"),
    (heavy_imports, "shared/ingestion/tables.py", "import polars"),
    (azure_imports, ADAPTER, "from azure.cosmos.aio import CosmosClient"),
    (azure_imports, "functions/http/x.py", "import azure.functions as func"),
    (azure_imports, "shared/web/azure_http.py", "import azure.functions as func"),
    (cache_keys, WEB, "self._seen = Recent(c)\ndef f(self, scope): return self._seen.get(scope.key('x'))"),
    (
        cache_keys,
        WEB,
        "s = Recent(c)\ndef k(s): return s.key('x')\ndef f(scope):\n    i = k(scope)\n    s.put(i, 1)",
    ),
    (cache_keys, WEB, "@cache\ndef table(): ..."),
    (log_fields, WEB, "_log.info('relayed', extra={'queue': q, 'digest': d, 'tenant': t})"),
    (log_fields, WEB, "print(person.email)"),
    (sizes, WEB, "def f():\n" + "    x = 1\n" * 48),
]


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_planted_violation_is_found(rule: ModuleType, path: str, text: str) -> None:
    findings = list(rule.check(Source.parse(path, text)))
    assert [finding.rule for finding in findings] == [rule.RULE]


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_the_allowed_form_is_left_alone(rule: ModuleType, path: str, text: str) -> None:
    assert not list(rule.check(Source.parse(path, text)))
