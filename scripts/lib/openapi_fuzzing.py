"""Fuzzes the HTTP interface by its own description: Schemathesis over docs/openapi.yaml, as one caller."""

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.lib.demo_files import write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.tenancy.model import Budget, Quotas, RateClass

DESCRIPTION: Final = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
COURSE: Final = "ALG_1"
"""The course that the description gives as its example: calls that name it find something."""

PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
"""What Schemathesis does, in this order. Coverage makes most of the calls, the same ones in every run."""

_EXCLUDED: Final = (
    # A cursor is opaque, a key is bound to its first body, a file name needs a letter: no schema says that.
    "positive_data_acceptance",
    # The platform answers 404 where no function takes a method; our functions never hear of it.
    "unsupported_method",
)
_PLENTY: Final = Budget(per_second=100_000, burst=1_000_000)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the calls of one caller; `output` tells each failure with the call that repeats it."""

    passed: bool
    operations: int
    cases: int
    seconds: float
    seed: int
    output: str


async def furnish(access: DevelopmentAccess, tenant: str) -> None:
    """Make a district with something to find, and with budgets that no campaign uses up."""
    await access.seed(District(tenant, tenant, courses=frozenset({COURSE})))
    tenants = access.services.tenants
    record = await tenants.find(tenant)
    if record is not None:
        quotas = Quotas(budgets=dict.fromkeys(RateClass, _PLENTY))
        await tenants.put(record.model_copy(update={"quotas": quotas}))
    gradebook = io.BytesIO()
    write_gradebook(gradebook, seed=1, rows=40, course=COURSE)
    async with access.api(tenant) as api:
        gradebook.seek(0)
        await api.follow(await api.upload(gradebook, f"2026-03-05T1200_Grades-{COURSE}.csv"))


def fuzz(  # noqa: PLR0913 - who calls, what, and how often
    base_url: str,
    token: str | None,
    *,
    examples: int,
    seed: int | None = None,
    phases: Sequence[str] = PHASES,
    operations: Sequence[str] = (),
) -> Verdict:
    """Call operations in the phases with up to `examples` generated calls each; blocks until done.

    Without `operations`, by their ids, these are all that the description has.

    It fails at a server error, at a status, content type, header or body that the description does not
    promise, and where a call that needs a token succeeds without one.
    """
    with tempfile.TemporaryDirectory(prefix="termtide-fuzz-") as folder:
        report = Path(folder) / "report.json"
        run = subprocess.run(  # noqa: S603 - the command is below
            [
                *_command(base_url, token, examples, seed, report),
                *("--phases", ",".join(phases)),
                *(part for one in operations for part in ("--include-operation-id", one)),
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if not report.exists():
            return Verdict(False, 0, 0, 0.0, seed or 0, run.stdout)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return Verdict(
        passed=run.returncode == 0,
        operations=found["operations"]["tested"],
        cases=found["test_cases"]["generated"],
        seconds=found["running_time"],
        seed=found["seed"],
        output=run.stdout,
    )


def _command(base_url: str, token: str | None, examples: int, seed: int | None, report: Path) -> list[str]:
    schemathesis = str(Path(sys.executable).with_name("schemathesis"))
    return [
        *(schemathesis, "--no-color", "run", str(DESCRIPTION), "--url", f"{base_url}/api"),
        *(() if token is None else ("--header", f"Authorization: Bearer {token}")),
        *("--max-examples", str(examples), "--workers", "2"),
        *(() if seed is None else ("--seed", str(seed))),
        *("--exclude-checks", ",".join(_EXCLUDED), "--continue-on-failure", "--warnings", "off"),
        *("--generation-database", "none", "--report-json-path", str(report)),
    ]
