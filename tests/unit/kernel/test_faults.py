"""A round goes on without what failed, and tells of each fault in the end."""

import pytest

from shared.kernel.faults import Faults


def test_what_comes_behind_a_fault_is_done_and_all_faults_are_raised_together() -> None:
    faults, done, told = Faults(), list[int](), list[str]()
    for n in range(4):
        with faults.kept(lambda: told.append("one")):
            if n % 2:
                raise ValueError(n)
            done.append(n)

    with pytest.raises(ExceptionGroup, match="some were left out") as raised:
        faults.raise_together("some were left out")
    assert (done, told) == ([0, 2], ["one", "one"])
    assert [fault.args for fault in raised.value.exceptions] == [(1,), (3,)]


def test_a_round_without_a_fault_raises_nothing_and_the_end_of_a_process_is_no_fault() -> None:
    faults = Faults()
    with pytest.raises(KeyboardInterrupt), faults.kept():
        raise KeyboardInterrupt
    faults.raise_together("none")
