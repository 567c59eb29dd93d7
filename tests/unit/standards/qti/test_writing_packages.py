"""Packages are written as streams, always the same bytes, and converted with their manifests."""

from collections.abc import Iterator
from io import BytesIO
from typing import cast
from zipfile import ZipFile

import pytest
from lxml import etree

from shared.standards.qti.converting.packages import PackageConversion, package_of
from shared.standards.qti.converting.to_3_0 import is_3_0
from shared.standards.qti.delivery.view import candidate_view
from shared.standards.qti.documents.document import parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.packages.package import open_package
from shared.standards.qti.vocabulary.namespaces import QTI_21, QTI_30
from shared.standards.qti.writing.zips import zip_stream

_PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
_MANIFEST = f"""<manifest xmlns="{_PACKAGING}" xmlns:q="http://www.imsglobal.org/xsd/imsqti_metadata_v2p1"
  xmlns:lom="http://ltsc.ieee.org/xsd/LOM" identifier="M"><!-- kept --><metadata>
  <schema>QTIv2.1 Package</schema>
  <schemaversion>1.0.0</schemaversion><lom:lom><lom:general/></lom:lom></metadata><resources>
  <resource identifier="i" type="imsqti_item_xmlv2p1" href="a/i.xml"><metadata><q:qtiMetadata>
  <q:toolName>t</q:toolName></q:qtiMetadata></metadata><file href="a/i.xml"/></resource>
  <resource identifier="t" type="imsqti_assessment_xmlv2p1" href="t.xml"/>
  <resource identifier="x" type="imsqti_apipitem_xmlv2p2" href="x.xml"/>
  <resource identifier="w" type="webcontent" href="a/b.png"/></resources></manifest>"""
_ITEM = f"""<assessmentItem xmlns="{QTI_21}" identifier="i"><stylesheet href="s.css" type="text/css"/>
  <itemBody><p><img src="../b%20c.png" alt="b"/><a href="https://a.example/">c</a></p></itemBody>
  </assessmentItem>"""


def converted(files: dict[str, bytes], version: str = "3.0") -> tuple[dict[str, bytes], PackageConversion]:
    packed = b"".join(zip_stream([(name, [content]) for name, content in files.items()]))
    conversion = PackageConversion(open_package(packed), version)
    return {name: b"".join(pieces) for name, pieces in conversion.files()}, conversion


def attributes(root: Element, name: str) -> list[tuple[str | None, ...]]:
    return [(each.get("type"), each.get("href")) for each in root.iter(f"{{*}}{name}")]


def test_the_same_files_always_give_the_same_bytes() -> None:
    files = [("a/é.xml", [b"<a/>"]), ("b.bin", [bytes(range(256)) * 500, b"", b"end"])]
    once, again = (b"".join(zip_stream(files)) for _ in range(2))
    assert once == again
    with ZipFile(BytesIO(once)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a/é.xml": b"<a/>",
            "b.bin": bytes(range(256)) * 500 + b"end",
        }


def test_a_package_is_written_while_its_files_are_read() -> None:
    read: list[str] = []

    def files() -> Iterator[tuple[str, list[bytes]]]:
        for name in ("a", "b"):
            read.append(name)
            yield name, [b"x" * 100_000]

    stream = zip_stream(files())
    next(stream)
    assert read == ["a"]
    assert b"".join(stream) and read == ["a", "b"]


def test_a_package_of_2_1_becomes_one_of_3_0() -> None:
    files, conversion = converted(
        {"imsmanifest.xml": _MANIFEST.encode(), "a/i.xml": _ITEM.encode(), "b.png": b"\x89"}
    )
    manifest = parse(files["imsmanifest.xml"]).root
    assert manifest.nsmap[None] == "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
    assert manifest.findtext("{*}metadata/{*}schema") == "QTI Package"
    assert manifest.findtext("{*}metadata/{*}schemaversion") == "3.0.0"
    assert attributes(manifest, "resource") == [
        ("imsqti_item_xmlv3p0", "a/i.xml"),
        ("imsqti_test_xmlv3p0", "t.xml"),
        ("imsqti_item_xmlv3p0", "x.xml"),
        ("webcontent", "a/b.png"),
    ]
    assert (
        manifest.find("{*}resources/{*}resource//{http://www.imsglobal.org/xsd/imsqti_metadata_v3p0}toolName")
        is not None
    )
    assert manifest.find(".//{http://ltsc.ieee.org/xsd/LOM}general") is not None
    assert b"<!-- kept -->" in files["imsmanifest.xml"]
    assert is_3_0(parse(files["a/i.xml"])) and files["b.png"] == b"\x89"
    assert not conversion.notices


def test_a_package_goes_back_to_2_1() -> None:
    there, _ = converted({"imsmanifest.xml": _MANIFEST.encode(), "a/i.xml": _ITEM.encode()})
    back, _ = converted(there, "2.1")
    manifest = parse(back["imsmanifest.xml"]).root
    assert manifest.nsmap[None] == _PACKAGING
    assert manifest.findtext("{*}metadata/{*}schema") == "QTIv2.1 Package"
    assert attributes(manifest, "resource")[0] == ("imsqti_item_xmlv2p1", "a/i.xml")
    assert parse(back["a/i.xml"]).root.nsmap[None] == QTI_21


def test_losses_in_a_package_name_their_file() -> None:
    item = f'<qti-assessment-item xmlns="{QTI_30}" identifier="i"><qti-catalog-info/></qti-assessment-item>'
    _, conversion = converted({"x/i.xml": item.encode()}, "2.2")
    assert [(notice.severity, notice.place.file) for notice in conversion.notices] == [("loss", "x/i.xml")]


def test_what_is_broken_or_no_qti_comes_along_as_it_is() -> None:
    files, conversion = converted({"a.xml": b"<broken>", "b.xml": b"<other/>", "c.xsd": b"<schema>"})
    assert (files["a.xml"], files["b.xml"], files["c.xsd"]) == (b"<broken>", b"<other/>", b"<schema>")
    assert [(notice.severity, notice.place.file) for notice in conversion.notices] == [("error", "a.xml")]


@pytest.mark.parametrize(
    ("version", "kind"), [("3.0", "imsqti_item_xmlv3p0"), ("2.2", "imsqti_item_xmlv2p2")]
)
def test_documents_and_assets_become_a_package_with_a_manifest(version: str, kind: str) -> None:
    document = parse(_ITEM.encode(), file="items/i.xml")
    assets = [("b c.png", [b"\x89"]), ("items/s.css", [b"p{}"]), ("other.txt", [b""])]
    files = {name: b"".join(pieces) for name, pieces in package_of([document], assets, version)}
    assert list(files) == ["items/i.xml", "b c.png", "items/s.css", "other.txt", "imsmanifest.xml"]
    manifest = parse(files["imsmanifest.xml"]).root
    assert attributes(manifest, "resource") == [
        (kind, "items/i.xml"),
        ("webcontent", "b%20c.png"),
        ("webcontent", "items/s.css"),
        ("webcontent", "other.txt"),
    ]
    assert [each.get("identifierref") for each in manifest.iter("{*}dependency")] == ["file-3", "file-2"]


def test_two_documents_of_one_identifier_are_told_apart() -> None:
    documents = [parse(b"<qti-assessment-item identifier='i'/>", file=f"{name}.xml") for name in "ab"]
    files = dict(package_of(documents, [], "3.0"))
    manifest = parse(b"".join(files["imsmanifest.xml"])).root
    assert [each.get("identifier") for each in manifest.iter("{*}resource")] == ["i", "i-2"]


_QUIZ = b"""<questestinterop><item ident="q1" title="t"><presentation><material><mattext texttype="text/html">
  &lt;p&gt;a&lt;script&gt;x()&lt;/script&gt;&lt;img alt="b" src="%24IMS-CC-FILEBASE%24/a%20b.png"&gt;
  &lt;/p&gt;
  </mattext></material><response_lid ident="r" rcardinality="Single"><render_choice><response_label ident="A">
  <material><mattext>a</mattext></material></response_label></render_choice></response_lid></presentation>
  </item></questestinterop>"""


@pytest.mark.parametrize("version", ["3.0", "2.1"])
def test_files_of_1_2_become_documents_whose_references_lead_to_the_files(version: str) -> None:
    quiz = {"x/quiz.xml": _QUIZ, "web_resources/a b.png": b"", "imsmanifest.xml": _MANIFEST.encode()}
    files, conversion = converted(quiz, version)
    assert list(files) == ["x/quiz/items/q1.xml", "web_resources/a b.png", "imsmanifest.xml"]
    image = next(parse(files["x/quiz/items/q1.xml"]).root.iter("{*}img"))
    assert image.get("src") == "../../../web_resources/a b.png"
    manifest = parse(files["imsmanifest.xml"]).root
    assert [each.get("identifierref") for each in manifest.iter("{*}dependency")] == ["file-2"]
    assert "imsmanifest.xml" in {loss.place.file for loss in conversion.notices if loss.severity == "loss"}


def test_scripts_of_exports_of_1_2_never_reach_a_candidate() -> None:
    files, _ = converted({"quiz.xml": _QUIZ})
    shown = candidate_view(parse(files["quiz/items/q1.xml"]))
    assert "<p>a<img" in shown.html and "x()" not in shown.html


def test_shared_stimuli_are_put_into_items_of_2_1_which_knows_none() -> None:
    stimulus = (
        f'<qti-assessment-stimulus xmlns="{QTI_30}" identifier="s"><qti-stylesheet href="s.css"/>'
        '<qti-stimulus-body><p>Tides<img src="../m/t.png" alt="t"/></p></qti-stimulus-body>'
        "</qti-assessment-stimulus>"
    )
    item = (
        f'<qti-assessment-item xmlns="{QTI_30}" identifier="i"><qti-assessment-stimulus-ref identifier="s" '
        'href="../shared/s.xml"/><qti-assessment-stimulus-ref identifier="g" href="gone.xml"/><qti-item-body>'
        "<p>Why?</p></qti-item-body></qti-assessment-item>"
    )
    given = {"items/i.xml": item.encode(), "shared/s.xml": stimulus.encode()}
    files, conversion = converted(given, "2.1")
    root = parse(files["items/i.xml"]).root
    assert [etree.QName(child).localname for child in root] == ["stylesheet", "itemBody"]
    assert "".join(cast("Iterator[str]", root[1].itertext())) == "TidesWhy?"
    assert (root[0].get("href"), root[1][0].get("class")) == ("../shared/s.css", "qti-shared-stimulus")
    assert [image.get("src") for image in root.iter("{*}img")] == ["../m/t.png"]
    losses = [loss.message for loss in conversion.notices if loss.place.file == "items/i.xml"]
    assert losses == ["qti-assessment-stimulus-ref and what is in it"]
    kept, _ = converted(given, "2.2")
    assert b"assessmentStimulusRef" in kept["items/i.xml"]
