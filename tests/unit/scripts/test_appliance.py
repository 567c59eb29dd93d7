"""What the verbs do on a district's machine: keys, bundles in a chain, and nothing half done."""

import asyncio
import base64
import json
import stat
import zipfile
from pathlib import Path

import pytest

from scripts.lib.appliance import main
from shared.ingestion.bundles.opening import OpenBundle, check_contents, open_bundle
from shared.ingestion.bundles.signing import appliance_id
from shared.platform.disk.appliances import Enrolment, Handover, write_secret
from shared.platform.disk.bundles import Outbox
from shared.platform.disk.files import DiskFile

ATTEMPTS = (
    "student_id,course_id,assessment_id,assessment_title,status,score\n00{n},c,a,Quiz,graded,5.50\nx,y\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "appliance"


@pytest.fixture
def public(home: Path, capsys: pytest.CaptureFixture[str]) -> bytes:
    """Enrol the machine."""
    assert main(["enrol", "--home", str(home)]) == 0
    write_secret(home / "handover.json", Handover("harbor", b"k" * 32).to_bytes())
    return base64.b64decode(capsys.readouterr().out)


def a_file(folder: Path, n: int) -> str:
    path = folder / f"attempts-{n}.csv"
    path.write_text(ATTEMPTS.replace("{n}", str(n)))
    return str(path)


async def opened(path: Path, public: bytes) -> OpenBundle:
    with DiskFile(path) as file:
        bundle = await open_bundle(file, "harbor", [public])
        await check_contents(file, bundle)
    return bundle


def test_the_key_is_made_once_and_for_its_owner_only(
    home: Path, public: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol", "--home", str(home)]) == 0

    assert base64.b64decode(capsys.readouterr().out) == public
    assert stat.S_IMODE((home / "signing.pem").stat().st_mode) == 0o600
    assert Enrolment(home).appliance().id == appliance_id(public)


def test_each_file_becomes_a_bundle_that_follows_the_one_before(
    home: Path, public: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", "--home", str(home), a_file(tmp_path, 1), a_file(tmp_path, 2)]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(it["feed"], it["records"], it["rejected"]) for it in told] == [("attempts", 2, 1)] * 2
    first, second = Outbox(home).waiting()
    Outbox(home).taken(first)
    Outbox(home).taken(second)
    assert main(["pack", "--home", str(home), a_file(tmp_path, 3)]) == 0
    (third,) = Outbox(home).waiting()
    assert not first.exists()

    previous: str | None = None
    for serial, path in ((2, home / "sent" / second.name), (3, third)):
        bundle = asyncio.run(opened(path, public))
        assert bundle.manifest.serial == serial
        assert previous in {None, bundle.manifest.previous}
        previous = bundle.digest
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
    assert sorted(it.name for it in home.iterdir()) == ["handover.json", "outbox", "sent", "signing.pem"]


def test_a_file_that_no_feed_knows_makes_no_bundle(
    home: Path, public: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "shop.csv"
    shop.write_text("name,price\nBoots,3\n")

    assert main(["pack", "--home", str(home), str(shop)]) == 2

    assert "fits no known feed" in capsys.readouterr().err
    assert Outbox(home).waiting() == []
    assert len(public) == 32


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"tenant": "harbor", "pseudonymKey": "00"}'])
def test_a_handover_that_is_none_is_named(
    home: Path, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    Enrolment(home).enrol()
    (home / "handover.json").write_bytes(content)

    assert main(["pack", "--home", str(home), a_file(tmp_path, 1)]) == 2

    assert "handover.json" in capsys.readouterr().err
