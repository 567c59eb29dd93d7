"""The slice of `scripts/campaign fuzz` that the suite has: its seeds, as they are and changed."""

import random

import pytest

from tests.fixtures.fuzzing.seeds import SEEDS
from tests.fixtures.fuzzing.targets import TARGETS


@pytest.mark.parametrize("parser", SEEDS)
def test_a_parser_refuses_what_it_cannot_read_and_fails_in_no_other_way(parser: str) -> None:
    chance = random.Random(parser)  # noqa: S311 - the same changes in every run
    for seed in SEEDS[parser]:
        TARGETS[parser](seed)
        for _ in range(60):
            changed = bytearray(seed)
            changed[chance.randrange(len(seed))] = chance.randrange(256)
            TARGETS[parser](bytes(changed[: chance.choice([len(seed), chance.randrange(1, len(seed) + 1)])]))
