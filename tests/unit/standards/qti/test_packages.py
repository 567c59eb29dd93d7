"""What is read from packages: files, manifests, resources, metadata; alike from zips and folders."""

from pathlib import Path

import pytest

from shared.standards.qti import Limits, Malformed, Refused, open_package, parse, read_manifest
from shared.standards.qti.packages.metadata import metadata_of
from shared.standards.qti.packages.references import Addresses
from tests.fixtures.qti_packages import item, laid_out, manifest, opened, packed, resource
from tests.fixtures.staging import Forged, forged

ITEM = "imsqti_item_xmlv3p0"
FILES = {
    "imsmanifest.xml": manifest(
        resource("r", ITEM, "items/a.xml"), resource("s", "webcontent", "img/b c.png")
    ),
    "items/a.xml": item("a"),
    "img/b c.png": "png",
}


def test_zips_folders_and_folders_named_by_their_manifest_read_alike(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "folder", FILES)
    (tmp_path / "p.zip").write_bytes(packed(FILES))

    for given in (tmp_path / "p.zip", folder, folder / "imsmanifest.xml", packed(FILES)):
        package = open_package(given)
        assert sorted(package.names) == sorted(FILES)
        assert package.read("items/a.xml") == FILES["items/a.xml"].encode()
        assert [document.kind for document in package.documents()] == ["qti-assessment-item"]
        assert package.missing == ()


def test_the_facts_count_entries_bytes_roots_types_and_missing_files() -> None:
    files = {**FILES, "imsmanifest.xml": FILES["imsmanifest.xml"].replace("img/b c.png", "img/lost.png")}
    assert opened(files).facts() == {
        "entries": 3,
        "bytes": sum(len(text) for text in files.values()),
        "roots": {"qti-assessment-item": 1, "manifest": 1},
        "manifests": 1,
        "manifest_ns": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
        "resource_types": {ITEM: 1, "webcontent": 1},
        "missing_files": 1,
        "schemaversion": "3.0.1",
    }
    assert opened({"result.xml": "<assessmentResult/>"}).facts() == {
        "entries": 1,
        "bytes": 19,
        "roots": {"assessmentResult": 1},
        "manifests": 0,
    }


def test_a_package_in_a_folder_of_its_zip_is_found_and_its_addresses_are_relative_to_it() -> None:
    package = opened({f"course/{name}": text for name, text in FILES.items()})
    assert package.folder == "course"
    assert package.resolve("items/a.xml") == "course/items/a.xml"
    assert package.resolve("../img/b%20c.png", beside="course/items/a.xml") == "course/img/b c.png"
    assert package.resources_by_file["course/items/a.xml"].identifier == "r"


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("img/b c.png", "img/b c.png"),
        ("./img/b%20c.png#x", "img/b c.png"),
        ("img\\b c.png", "img/b c.png"),
        ("IMG/B C.PNG", "img/b c.png"),
        ("../img/b c.png", None),
        ("/img/b c.png", None),
        ("img/%2e%2e/%2e%2e/img/b c.png", None),
        ("https://example.org/img/b c.png", None),
        ("//example.org/img/b c.png", None),
        ("file:img/b c.png", None),
        ("C:/img/b c.png", None),
        ("img/b c.png\0", None),
        ("", None),
        ("#top", None),
    ],
)
def test_an_address_names_a_file_of_the_package_or_none(href: str, found: str | None) -> None:
    assert Addresses(["img/b c.png", "a.xml"]).resolve(href) == found


def test_an_address_that_fits_two_files_but_for_case_names_neither() -> None:
    assert Addresses(["A.png", "a.png"]).resolve("a.PNG") is None
    assert Addresses(["A.png", "a.png"]).resolve("a.png") == "a.png"


def test_resources_have_types_files_dependencies_and_base_addresses() -> None:
    inside = '<dependency identifierref="s"/>'
    text = manifest(resource("r", ITEM, "a.xml", inside)).replace("<resources>", '<resources xml:base="in/">')
    (found,) = read_manifest(parse(text.encode())).resources
    assert (found.identifier, found.type, found.is_qti) == ("r", ITEM, True)
    assert (found.href, found.files, found.dependencies) == ("in/a.xml", ("in/a.xml",), ("s",))


def test_resources_without_a_href_are_about_their_first_file() -> None:
    text = manifest('<resource identifier="q" type="imsqti_xmlv1p2"><file href="q/q.xml"/></resource>')
    assert read_manifest(parse(text.encode())).resources[0].main == "q/q.xml"


def test_organizations_are_trees_of_units() -> None:
    units = '<item identifier="u"><title>Week 1</title><item identifier="v" identifierref="r"/></item>'
    text = manifest().replace(
        "<organizations/>", f"<organizations><organization>{units}</organization></organizations>"
    )
    (organization,) = read_manifest(parse(text.encode())).organizations
    assert organization.units[0].title == "Week 1"
    assert organization.units[0].units[0].resource == "r"


@pytest.mark.parametrize(
    "title",
    [
        "<string>Tides</string>",
        '<langstring xml:lang="en">Tides</langstring>',
        "<langString>Tides</langString>",
    ],
)
def test_metadata_of_each_binding_of_lom_is_read(title: str) -> None:
    qti = "<qtiMetadata><timeDependent>false</timeDependent><toolName>T</toolName></qtiMetadata>"
    general = f"<title>{title}</title><language>en</language><keyword>{title}</keyword>"
    text = f'<metadata xmlns="urn:x"><lom><general>{general}</general>{qti}</lom></metadata>'
    found = metadata_of(parse(text.encode()).root)
    assert (found.titles, found.languages, found.keywords) == (("Tides",), ("en",), ("Tides",))
    assert found.qti == (("time-dependent", "false"), ("tool-name", "T"))


def test_a_common_cartridge_is_known_by_its_namespace() -> None:
    text = manifest(space="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1")
    assert read_manifest(parse(text.encode())).cartridge == "1.3"
    assert read_manifest(parse(manifest().encode())).cartridge is None


def test_two_resources_of_one_name_are_noticed() -> None:
    found = read_manifest(parse(manifest(resource("r", ITEM), resource("r", ITEM)).encode()))
    assert len(found.resources) == 2
    assert [notice.message for notice in found.notices] == ["two resources are called r"]


def test_what_is_no_manifest_is_malformed() -> None:
    with pytest.raises(Malformed, match="is no manifest"):
        read_manifest(parse(b"<manifests/>"))


def test_a_document_that_cannot_be_read_does_not_stop_the_others_and_is_noticed_once() -> None:
    package = opened({**FILES, "bad.xml": "<a>", "worse.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'})
    for _ in range(2):
        assert [document.file for document in package.documents()] == ["items/a.xml"]
    assert [notice.place.file for notice in package.notices] == ["bad.xml", "worse.xml"]


def test_what_macos_leaves_beside_files_is_no_document() -> None:
    package = opened({**FILES, "__MACOSX/items/._a.xml": b"\0\5\x16\7", "items/._a.xml": b"\0\5\x16\7"})
    assert [document.file for document in package.documents()] == ["items/a.xml"]
    assert package.notices == ()


def test_a_member_that_is_empty_reads_as_such_whatever_its_method() -> None:
    package = open_package(
        forged(Forged(name="a.css", content=b"", method=0), Forged(name="b.css", content=b""))
    )
    assert [b"".join(package.stream(name)) for name in package.names] == [b"", b""]


def test_a_file_that_is_too_long_for_a_document_is_refused_and_still_streams() -> None:
    package = open_package(packed({"a.xml": item() + " " * 1000}), limits=Limits(document_bytes=500))
    with pytest.raises(Refused, match="at most 500 are read"):
        package.document("a.xml")
    assert len(b"".join(package.stream("a.xml"))) == len(item()) + 1000


def test_an_empty_package_and_one_that_is_neither_zip_nor_xml_are_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        open_package(tmp_path)
    package = open_package(b"PK\x05", name="x.zip")
    assert list(package.documents()) == []
    assert [notice.severity for notice in package.notices] == ["error"]
