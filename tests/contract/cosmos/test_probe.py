"""The probe's 71 rows, with a server that is killed again and again on the way."""

import pytest

from tests.contract.probes.cosmos_probe import main


def test_every_row_of_the_probe_is_as_expected_across_kills(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kill"]) == 0
    assert "71 of 71 rows as expected; 5 are known differences" in capsys.readouterr().out
