"""The locks: complete, hash-pinned, and free of any address of where packages came from."""

import re
import tomllib

import pytest

from tests.fixtures.processes import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DEPLOYED: list[str] = PROJECT["project"]["dependencies"]
ALL: list[str] = DEPLOYED + [pin for group in PROJECT["dependency-groups"].values() for pin in group]


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize(("lock", "pins"), [("requirements.lock", ALL), ("requirements.txt", DEPLOYED)])
def test_every_pin_is_locked_in_its_version(lock: str, pins: list[str]) -> None:
    locked = _locked(lock)
    for pin in pins:
        name, version = re.sub(r"\[.*\]", "", pin).lower().split("==")
        assert locked.get(name) == version, f"{pin} is not in {lock}: run scripts/lock"


def test_what_is_deployed_is_what_was_tested() -> None:
    assert _locked("requirements.txt").items() <= _locked("requirements.lock").items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements.txt", "package-lock.json"])
def test_a_lock_names_no_package_index(lock: str) -> None:
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        assert '"resolved"' not in line
        assert "index-url" not in line
        assert "find-links" not in line


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements.txt"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
