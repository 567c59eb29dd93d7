"""What `scripts/token` prints."""

from pathlib import Path

import jwt
import pytest

from infra.local.issuer.keys import ensure_signing_key
from scripts.lib.development_token import main

_WISH = ["--tenant", "harbor", "--role", "Learner", "--data"]


def _issuer_of(token: str) -> str:
    issuer: str = jwt.decode(token, options={"verify_signature": False})["iss"]
    return issuer


def test_a_token_is_of_the_issuer_of_the_cloud_whose_ports_were_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_signing_key(tmp_path)
    for base, port in (("7070", 7090), ("18400", 18420)):
        monkeypatch.setenv("TERMTIDE_PORTS_BASE", base)
        assert main([*_WISH, str(tmp_path)]) == 0
        assert _issuer_of(capsys.readouterr().out.strip()) == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("base", "sentence"), [("many", "TERMTIDE_PORTS_BASE: 'many' is no port"), ("7070", "has no key yet")]
)
def test_why_there_is_no_token_is_said_plainly(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    base: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("TERMTIDE_PORTS_BASE", base)
    assert main([*_WISH, str(tmp_path)]) == 2
    assert sentence in capsys.readouterr().err
