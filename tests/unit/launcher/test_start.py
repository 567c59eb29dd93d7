"""What the launcher prepares before anything starts: options, state folder, secrets, settings."""

import argparse
import json
import stat
from pathlib import Path

import pytest

from infra.local.launcher.development_secrets import FAMILIES, ensure_secrets
from infra.local.launcher.endpoints import OFFSETS
from infra.local.launcher.errors import AlreadyRunning, SettingsInvalid, StateFolderForeign
from infra.local.launcher.local_settings import load_settings
from infra.local.launcher.options import ROOT, Options, add_arguments, options_from
from infra.local.launcher.state import exclusive_state
from shared.kernel.secrets import keyring
from shared.platform.keyvault.file import FileSecrets
from shared.settings import Settings


def _options(*arguments: str, **env: str) -> Options:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options_from(parser.parse_args(arguments), env)


def test_a_bad_port_is_refused() -> None:
    with pytest.raises(SystemExit):
        _options("--port-base", "80")
    with pytest.raises(SettingsInvalid, match="TERMTIDE_PORTS_BASE: 'many' is no port"):
        _options(TERMTIDE_PORTS_BASE="many")


def test_every_service_has_a_port_of_its_own_near_the_base() -> None:
    ports = _options("--port-base", "18400").endpoints.ports
    assert set(ports) == set(OFFSETS)
    assert len(set(ports.values())) == len(ports)
    assert all(18400 < port <= 18420 for port in ports.values())


def test_one_port_can_be_chosen_and_the_base_comes_from_the_environment() -> None:
    options = _options("--cosmos-port", "9000", TERMTIDE_PORTS_BASE="18400")
    assert options.endpoints.ports["cosmos"] == 9000
    assert options.endpoints.ports["http"] == 18401
    assert "127.0.0.1:9000" in options.endpoints.cosmos_connection


def test_the_settings_of_the_sample_and_the_endpoints_satisfy_the_application(tmp_path: Path) -> None:
    (tmp_path / "local.settings.sample.json").write_bytes((ROOT / "local.settings.sample.json").read_bytes())
    sample = load_settings(tmp_path)
    Settings.from_environment(sample)
    Settings.from_environment(sample | Options().endpoints.settings(tmp_path / "secrets.json"))


def test_the_sample_holds_the_default_endpoints() -> None:
    values = json.loads((ROOT / "local.settings.sample.json").read_bytes())["Values"]
    assert values | Options().endpoints.settings(Path(".local/secrets.json")) == values


def _write_settings(folder: Path, sample: str, own: str) -> None:
    (folder / "local.settings.sample.json").write_text(sample)
    (folder / "local.settings.json").write_text(own)


def test_own_settings_win_over_the_sample_which_supplies_new_ones(tmp_path: Path) -> None:
    _write_settings(tmp_path, '{"Values": {"A": "sample", "NEW": "sample"}}', '{"Values": {"A": "mine"}}')
    assert load_settings(tmp_path) == {"A": "mine", "NEW": "sample"}


def test_a_setting_that_is_no_text_is_named(tmp_path: Path) -> None:
    _write_settings(tmp_path, '{"Values": {}}', '{"Values": {"LOG_LEVEL": 3}}')
    with pytest.raises(SettingsInvalid, match=r"local\.settings\.json at /Values/LOG_LEVEL"):
        load_settings(tmp_path)


def test_a_second_launcher_is_turned_away_with_the_first_ones_process(tmp_path: Path) -> None:
    with (
        exclusive_state(tmp_path, fresh=False),
        pytest.raises(AlreadyRunning, match="in use by process"),
        exclusive_state(tmp_path, fresh=True),
    ):
        pass


def test_fresh_clears_all_state_and_only_fresh_does(tmp_path: Path) -> None:
    with exclusive_state(tmp_path, fresh=True):
        (tmp_path / "cosmos").mkdir()
        (tmp_path / "cosmos" / "data.sqlite").touch()
        (tmp_path / "secrets.json").touch()
    with exclusive_state(tmp_path, fresh=False):
        assert (tmp_path / "cosmos" / "data.sqlite").exists()
    with exclusive_state(tmp_path, fresh=True):
        assert [entry.name for entry in tmp_path.iterdir()] == ["launcher.lock"]


def test_fresh_deletes_nothing_in_a_folder_that_no_launcher_has_held(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.touch()
    with (
        pytest.raises(StateFolderForeign, match="--fresh would delete them"),
        exclusive_state(tmp_path, fresh=True),
    ):
        pass
    assert [*tmp_path.iterdir()] == [letter]


async def test_secrets_are_made_once_are_private_and_are_what_the_application_reads(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    ensure_secrets(file)
    first = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rings = [await keyring(FileSecrets(file), family) for family in FAMILIES]
    assert len({ring.signing for ring in rings}) == len(FAMILIES)
    ensure_secrets(file)
    assert file.read_text() == first


def test_a_new_family_is_added_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"cursor-current": "7", "cursor-7": "kept", "own": "kept too"}))
    ensure_secrets(file)
    known = json.loads(file.read_text())
    assert (known["cursor-current"], known["cursor-7"], known["own"]) == ("7", "kept", "kept too")
    assert known["envelope-1"]
