import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.functions.errors import HostError
from infra.local.functions.http.keys import load_keys
from infra.local.functions.settings import Settings

_SETTINGS = Settings(
    {
        "host.master": "master",
        "host.function.default": "host-key",
        "functions.Grades.default": "grades-key",
        "functions.Grades.second": "grades-key-2",
        "functions.Other.default": "other-key",
    }
)


@pytest.mark.parametrize(
    ("level", "function", "presented", "admitted"),
    [
        ("FUNCTION", "grades", "grades-key", True),
        ("FUNCTION", "Grades", "grades-key-2", True),
        ("FUNCTION", "grades", "host-key", True),
        ("FUNCTION", "grades", "master", True),
        ("FUNCTION", "grades", "other-key", False),
        ("FUNCTION", "grades", "", False),
        ("FUNCTION", "grades", "grades-ke\u00fd", False),
        ("ADMIN", "grades", "master", True),
        ("ADMIN", "grades", "host-key", False),
        ("ADMIN", "grades", "grades-key", False),
    ],
)
def test_a_key_opens_what_its_kind_opens(
    tmp_path: Path, level: str, function: str, presented: str, *, admitted: bool
) -> None:
    assert load_keys(_SETTINGS, tmp_path).admits(level, function, presented) is admitted
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_readable_by_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(4) as pool:
        rings = list(pool.map(lambda _: load_keys(Settings({}), folder), range(8)))

    assert len({ring.master for ring in rings}) == 1
    assert [path.name for path in folder.iterdir()] == ["host.json"]
    assert (folder / "host.json").stat().st_mode & 0o777 == 0o600


def test_keys_of_single_functions_are_read_from_files_of_their_names(tmp_path: Path) -> None:
    load_keys(Settings({}), tmp_path)
    keys = {"keys": [{"name": "default", "value": "of-grades"}]}
    (tmp_path / "Grades.json").write_text(json.dumps(keys))

    ring = load_keys(Settings({}), tmp_path)

    assert ring.admits("FUNCTION", "grades", "of-grades")
    assert not ring.admits("FUNCTION", "other", "of-grades")


@pytest.mark.parametrize("content", ["{", "[]", '{"masterKey": {}}'])
def test_a_damaged_key_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "host.json").write_text(content)

    with pytest.raises(HostError, match=r"host\.json"):
        load_keys(Settings({}), tmp_path)
