"""Development secrets: read from one file, again when it changed, and named when they are not there."""

import os
from pathlib import Path

import pytest

from shared.kernel.errors import InvalidInput, Unavailable
from shared.platform.keyvault.file import FileSecrets
from shared.platform.keyvault.store import secret_store
from shared.settings import Endpoint


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.json"
    path.write_text('{"cursor-key": "one", "number": 7}', encoding="utf-8")
    return path


def write(file: Path, text: str) -> None:
    """Write the file with a time that differs from that of its last writing."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(1, 1))


async def test_a_secret_is_read_and_read_again_when_the_file_changed(file: Path) -> None:
    secrets = FileSecrets(file)
    assert await secrets.get("cursor-key") == "one"
    write(file, '{"cursor-key": "two"}')
    assert await secrets.get("cursor-key") == "two"


@pytest.mark.parametrize("name", ["unknown", "number"])
async def test_what_the_file_does_not_hold_is_unavailable_and_named(file: Path, name: str) -> None:
    with pytest.raises(Unavailable, match=name):
        await FileSecrets(file).get(name)


@pytest.mark.parametrize("text", ["", "{", "[1]"])
async def test_a_broken_file_is_unavailable(file: Path, text: str) -> None:
    write(file, text)
    with pytest.raises(Unavailable):
        await FileSecrets(file).get("cursor-key")


async def test_a_missing_file_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await FileSecrets(tmp_path / "none.json").get("cursor-key")


async def test_the_settings_choose_the_store(file: Path) -> None:
    assert await secret_store(Endpoint(connection_string=f"file:{file}")).get("cursor-key") == "one"
    with pytest.raises(InvalidInput, match="file:"):
        secret_store(Endpoint(connection_string="secrets.json"))
