"""Runs a table of scoring vectors: what came out right, what wrong and why, and how fast.

The exit status is 0 when every gold vector is right.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import show
from scripts.lib.qti.vector_table import Vector, Verdict, cold_rate, judge, read_table, warm_rate


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("vectors", help="a table of scoring vectors", description=__doc__)
    parser.add_argument("table", type=Path, metavar="TABLE.json", help="with the items it names beside it")
    parser.add_argument(
        "--turns", type=int, default=10, metavar="N", help="how often all are scored to tell the rates (10)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the vectors of a table, print one object per wrong one and a sum; 1 when a gold one is wrong."""
    verdicts = [judge(vector) for vector in read_table(options.table)]
    wrong = [verdict for verdict in verdicts if not verdict.right]
    for verdict in wrong:
        vector = verdict.vector
        show({"id": vector.id, "tier": vector.tier, "file": vector.file, "wrong": verdict.why})
    show({"tiers": _by_tier(verdicts), "rates": _rates(verdicts, options.turns)})
    return int(any(verdict.vector.tier == "gold" for verdict in wrong))


def _by_tier(verdicts: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    tiers: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        counts = tiers.setdefault(verdict.vector.tier, {"right": 0, "wrong": 0})
        counts["right" if verdict.right else "wrong"] += 1
    return tiers


def _rates(verdicts: Sequence[Verdict], turns: int) -> dict[str, object]:
    vectors: list[Vector] = [verdict.vector for verdict in verdicts if verdict.right]
    return {
        "unit": "sessions per second of CPU",
        "cold": round(cold_rate(vectors, turns)),
        "warm": round(warm_rate(vectors, 10 * turns)),
    }
