"""Scores the vectors of a folder: how many of each tier come out right, and how many sessions a core does.

The folder holds `vectors.json` and the items it names (see scripts/lib/qti/vector_table.py). Each rate is the
best of several: other work on the machine only ever slows one down.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scripts.lib.qti.vector_table import Verdict, cold_rate, judge, read_table, warm_rate

_TURNS = 5
_ROUNDS = 5
_MAY_BE_WRONG = {"gold": 0.0, "custom-operator": 0.0, "lenient": 0.05}

type Figures = list[tuple[str, float, str, float | None]]


def run(data: Path) -> Figures:
    """Return how many vectors are right, and the rates."""
    verdicts = [judge(vector) for vector in read_table(data / "vectors.json")]
    return [*_right(verdicts), *_rates(verdicts)]


def _right(verdicts: list[Verdict]) -> Iterator[tuple[str, float, str, float | None]]:
    every = Counter(verdict.vector.tier for verdict in verdicts)
    right = Counter(verdict.vector.tier for verdict in verdicts if verdict.right)
    for tier, count in every.items():
        share = _MAY_BE_WRONG.get(tier)
        target = None if share is None else int(share * count)
        yield f"{tier}: wrong of {count} vectors", count - right[tier], "", target


def _rates(verdicts: list[Verdict]) -> Figures:
    vectors = [verdict.vector for verdict in verdicts if verdict.right]
    cold = max(cold_rate(vectors, _TURNS) for _ in range(_ROUNDS))
    warm = max(warm_rate(vectors, 10 * _TURNS) for _ in range(_ROUNDS))
    return [
        ("cold: bytes in, outcomes out", cold, "sessions/s", 2_500),
        ("warm: item compiled", warm, "sessions/s", 20_000),
    ]
