"""scripts/qti convert and export: what they print, write, and with which status they end."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from scripts.lib.qti.__main__ import main
from shared.standards.qti.documents.document import parse

_ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t">
  <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    <correctResponse><value>A</value></correctResponse></responseDeclaration>
  <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
  <outcomeDeclaration identifier="F" cardinality="single" baseType="identifier"/>
  <itemBody><p>b<script>x</script><feedbackInline outcomeIdentifier="F" identifier="y" showHide="show">well
  </feedbackInline></p></itemBody>
  <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
</assessmentItem>"""
_CATALOGS = '<qti-assessment-item identifier="c"><qti-catalog-info/></qti-assessment-item>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "items").mkdir()
    (tmp_path / "items" / "i.xml").write_text(_ITEM, encoding="utf-8")
    (tmp_path / "c.xml").write_text(_CATALOGS, encoding="utf-8")
    (tmp_path / "items" / "a.css").write_text("p{}", encoding="utf-8")
    return tmp_path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any]]:
    status = main([str(argument) for argument in arguments])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_convert_writes_and_proves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = _run(capsys, "convert", folder / "items" / "i.xml", "--out", folder / "new", "--prove")
    assert (status, printed[0]["scores_kept"], printed[0]["losses"]) == (0, True, 0)
    assert printed[0]["attempts"] > 1
    assert parse((folder / "new" / "i.xml").read_bytes()).root.tag.endswith("}qti-assessment-item")


def test_convert_names_losses_with_their_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = _run(capsys, "convert", folder / "c.xml", "--to", "2.1")
    assert (status, printed[0]["losses"]) == (0, 1)
    assert printed[0]["notices"][0]["rule"] == "QTI 2.1 has no qti-catalog-info"
    assert not (folder / "new").exists()


def test_convert_says_what_it_cannot_convert(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "q.xml").write_text("<quiz/>", encoding="utf-8")
    status, printed = _run(capsys, "convert", folder / "q.xml", folder / "c.xml")
    assert status == 1
    assert printed[0]["error"]["kind"] == "Invalid" and "error" not in printed[1]


def test_convert_takes_packages_with_their_manifest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resource = (
        '<resource identifier="i" type="imsqti_item_xmlv2p1" href="i.xml"><file href="i.xml"/></resource>'
    )
    manifest = f'<manifest identifier="m"><resources>{resource}</resources></manifest>'
    (folder / "items" / "imsmanifest.xml").write_text(manifest, encoding="utf-8")
    status, printed = _run(capsys, "convert", folder / "items", "--out", folder / "new", "--prove")
    assert (status, printed[0]["items"], printed[0]["scores_kept"]) == (0, 1, True)
    with ZipFile(folder / "new" / "items.zip") as archive:
        assert sorted(archive.namelist()) == ["a.css", "i.xml", "imsmanifest.xml"]
        assert b"imsqti_item_xmlv3p0" in archive.read("imsmanifest.xml")


def test_export_prints_what_candidates_see(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = folder / "items" / "i.xml"
    status, printed = _run(capsys, "export", item)
    assert (status, printed[0]["view"]["html"]) == (0, "<p>b</p>")
    assert [notice["message"] for notice in printed[0]["notices"]] == ["script is left out of the view"]
    _, printed = _run(capsys, "export", item, "--values", '{"F": "y"}')
    assert "well" in printed[0]["view"]["html"]


def test_export_writes_a_package_with_assets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = folder / "p.zip"
    item = folder / "items" / "i.xml"
    status, printed = _run(capsys, "export", item, "--out", package, "--assets", folder, "--to", "2.2")
    assert (status, printed[0]["documents"]) == (0, 1)
    with ZipFile(package) as archive:
        assert archive.namelist() == ["items/i.xml", "c.xml", "items/a.css", "imsmanifest.xml"]
        assert b"imsqti_v2p2" in archive.read("items/i.xml")


def test_export_writes_a_quiz_for_canvas(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = folder / "bank.zip"
    status, printed = _run(
        capsys,
        "export",
        folder / "items" / "i.xml",
        "--assets",
        folder / "items",
        "--to",
        "1.2",
        "--out",
        package,
    )
    assert (status, printed[0]["version"]) == (0, "1.2")
    with ZipFile(package) as archive:
        assert archive.namelist() == ["quiz.xml", "a.css", "imsmanifest.xml"]
        assert parse(archive.read("quiz.xml")).kind == "questestinterop"
        assert b'type="imsqti_xmlv1p2"' in archive.read("imsmanifest.xml")


def test_export_refuses_documents_outside_of_the_folder_of_the_package(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = (
        "export",
        str(folder / "c.xml"),
        "--out",
        str(folder / "p.zip"),
        "--assets",
        str(folder / "items"),
    )
    assert main(outside) == 2
    assert "is not below" in capsys.readouterr().err
