"""`scripts/qti detect`, `inspect` and `validate` print JSON for documents and packages."""

import json
from pathlib import Path

import pytest

from scripts.lib.qti.__main__ import main
from tests.fixtures.qti_packages import aligned, item, manifest, packed, resource

FILES = {
    "imsmanifest.xml": manifest(resource("r", "imsqti_item_xmlv3p0", "a.xml", aligned("G-1"))),
    "a.xml": item("a", "<qti-item-body><p/></qti-item-body>"),
}


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_detect_tells_each_document_of_a_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.zip").write_bytes(packed(FILES))
    assert main(["detect", str(tmp_path / "p.zip")]) == 0
    found = printed(capsys)
    assert [(one["member"], one["version"], one["patch"]) for one in found] == [
        ("imsmanifest.xml", "3.0", "3.0.1"),
        ("a.xml", "3.0", "3.0.1"),
    ]


def test_inspect_tells_items_with_their_alignments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.zip").write_bytes(packed(FILES))
    assert main(["inspect", str(tmp_path / "p.zip")]) == 0
    (found,) = printed(capsys)
    assert found["counts"] == {"items": 1}
    assert found["alignments"] == 1


def test_validate_tells_what_ran_and_fails_where_anything_breaks_the_standard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.zip").write_bytes(packed(FILES))
    (tmp_path / "bad.xml").write_text(item("a", "<qti-item-body/>"))
    assert main(["validate", str(tmp_path / "good.zip")]) == 0
    assert main(["validate", "--schemas", str(tmp_path), str(tmp_path / "bad.xml")]) == 1
    good, bad = printed(capsys)
    assert (good["valid"], bad["valid"]) == (True, False)
    documents = bad["documents"]
    assert isinstance(documents, list)
    assert documents[0]["skipped"] == ["schema: the folder has none for qti-assessment-item of 3.0"]


@pytest.mark.parametrize("command", ["detect", "inspect", "validate"])
def test_content_that_cannot_be_read_is_an_answer_and_a_path_that_cannot_is_not(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><a/>')
    assert main([command, str(tmp_path / "a.xml")]) == 1
    assert "a DOCTYPE with declarations" in json.dumps(printed(capsys))
    assert main([command, str(tmp_path / "nothing.xml")]) == 2
