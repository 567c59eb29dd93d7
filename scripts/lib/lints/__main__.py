"""Holds the tree to the project's own rules: `python -m scripts.lib.lints`."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

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
from scripts.lib.lints.exemptions import read_exemptions, remaining
from scripts.lib.lints.source import Source

_ROOT = Path(__file__).resolve().parents[3]
_ROOTS = ("function_app.py", "shared", "functions", "infra", "scripts", "tests")
_RULES = (
    azure_imports,
    cache_keys,
    cross_partition,
    heavy_imports,
    log_fields,
    scope_first,
    scope_makers,
    sizes,
)


def main() -> int:
    """Print every finding; 1 when there is one."""
    findings = chain.from_iterable(rule.check(source) for source in _sources() for rule in _RULES)
    reported = list(remaining(findings, read_exemptions()))
    for finding in reported:
        print(finding)
    return 1 if reported else 0


def _sources() -> Iterator[Source]:
    for root in _ROOTS:
        path = _ROOT / root
        for file in sorted([path] if path.is_file() else path.rglob("*.py")):
            yield Source.parse(file.relative_to(_ROOT).as_posix(), file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
