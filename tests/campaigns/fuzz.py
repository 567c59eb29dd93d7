"""Fuzzes each parser of foreign bytes: no error but a refusal, at most 512 MB, at most 5 s an input.

scripts/campaign fuzz [--seconds N] [--parser P ...]
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.fixtures.fuzzing.seeds import SEEDS

_ROOT: Final = Path(__file__).resolve().parents[2]
_CACHE: Final = _ROOT / ".cache" / "fuzz"
_LIMITS: Final = ("-rss_limit_mb=512", "-timeout=5", "-max_len=65536", "-print_final_stats=1", "-verbosity=0")
_ROUND: Final = 120
"""Seconds in one process: atheris 3.1.0 never lets go of what an instrumented comparison of columns gives,
half a kilobyte each time, which would come to the limit of memory in ten minutes."""
_GRACE: Final = 600
"""Seconds for the start of a process and its last input, on a machine that is busy with other things."""


def main(arguments: Sequence[str]) -> int:
    """Return 0 when no parser had a finding, 1 when one had."""
    parser = argparse.ArgumentParser(prog="scripts/campaign fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for each parser")
    parser.add_argument("--parser", choices=SEEDS, action="append", help="only this one; repeatable")
    wish = parser.parse_args(arguments)
    found = [path for name in wish.parser or SEEDS for path in _fuzz(name, wish.seconds, Console())]
    return 1 if found else 0


def _fuzz(name: str, seconds: int, console: Console) -> list[Path]:
    """Fuzz one parser and return the inputs that it failed on."""
    corpus, findings = _CACHE / name / "corpus", _CACHE / name / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    for seed in SEEDS[name]:
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    known = set(findings.iterdir())
    log = _CACHE / name / "log"
    command = [sys.executable, "-P", "-m", "tests.fixtures.fuzzing", name, str(corpus), *_LIMITS]
    command.append(f"-artifact_prefix={findings}/")
    with log.open("wb") as output:
        codes = [
            subprocess.run(
                [*command, f"-max_total_time={min(_ROUND, seconds - start)}"],
                cwd=_ROOT,
                stdout=output,
                stderr=output,
                check=False,
                timeout=_ROUND + _GRACE,
            ).returncode
            for start in range(0, seconds, _ROUND)
        ]
    new = sorted(set(findings.iterdir()) - known)
    console.print(f"{name}: {_inputs(log):,} inputs, {len(new)} findings", *new, sep="\n  ")
    if any(codes) and not new:
        console.print(f"  processes ended with {codes}; see {log}")
        return [log]
    return new


def _inputs(log: Path) -> int:
    """Return how many inputs were tried, from the closing statistics of the fuzzer's processes."""
    lines = log.read_text(errors="replace").splitlines()
    return sum(int(line.split()[-1]) for line in lines if "number_of_executed_units" in line)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
