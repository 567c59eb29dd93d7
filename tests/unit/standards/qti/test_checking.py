"""A manifest and the files of its package have to agree; every document of QTI gets a report."""

from shared.standards.qti import Report, check_package, open_package
from tests.fixtures.qti_packages import item, manifest, opened, resource

ITEM = "imsqti_item_xmlv3p0"
BODY = "<qti-item-body><p>{}</p></qti-item-body>"


def reports(files: dict[str, str]) -> dict[str, Report]:
    return {report.file: report for report in check_package(opened(files))}


def messages(report: Report) -> list[tuple[str, str]]:
    return [(notice.severity, notice.message) for notice in report.notices]


def test_a_package_that_agrees_with_itself_is_valid() -> None:
    files = {
        "imsmanifest.xml": manifest(resource("r", ITEM, "a.xml", '<file href="a.png"/>')),
        "a.xml": item("a", BODY.format('<img src="a.png" alt="a"/>')),
        "a.png": "png",
    }
    found = reports(files)
    assert [report.is_valid for report in found.values()] == [True, True]
    assert [notice for report in found.values() for notice in report.notices] == []
    assert found["a.xml"].ran == ("structure", "references")


def test_what_a_manifest_names_wrongly_is_told() -> None:
    resources = (
        resource("r", ITEM, "lost.xml", '<dependency identifierref="nobody"/>'),
        resource("s", "webcontent", "https://example.org/a.png"),
        '<resource type="webcontent"/>',
        resource("r", "webcontent"),
    )
    found = reports({"imsmanifest.xml": manifest(*resources).replace(' identifier="m"', ""), "extra.css": ""})
    assert messages(found["imsmanifest.xml"]) == [
        ("error", "the manifest has no identifier"),
        ("error", "the package has no lost.xml"),
        ("error", "there is no resource nobody to depend on"),
        ("warning", "https://example.org/a.png is outside of the package, and not read"),
        ("error", "a resource has no identifier"),
        ("error", "two resources are called r"),
        ("warning", "no resource of the manifest lists this file"),
    ]


def test_an_alignment_without_a_guid_is_an_error() -> None:
    group = "<curriculumStandardsMetadataSet><labelledGUID><label>L</label></labelledGUID>"
    metadata = f"<metadata>{group}</curriculumStandardsMetadataSet></metadata>"
    found = reports({"imsmanifest.xml": manifest(resource("r", ITEM, "a.xml", metadata)), "a.xml": item()})
    assert ("error", "an alignment of r has no GUID") in messages(found["imsmanifest.xml"])


def test_files_that_content_refers_to_and_the_package_lacks_are_told() -> None:
    image = '<img src="lost.png" alt="a"/><img src="https://example.org/b.png" alt="b"/>'
    files = {
        "imsmanifest.xml": manifest(resource("r", ITEM, "a.xml")),
        "a.xml": item("a", BODY.format(image)),
    }
    assert messages(reports(files)["a.xml"]) == [("warning", "the package has no lost.png")]


def test_a_resource_of_another_type_than_its_file_is_told() -> None:
    files = {
        "imsmanifest.xml": manifest(resource("r", "imsqti_test_xmlv3p0", "a.xml")),
        "a.xml": item("a", BODY),
    }
    expected = "its resource is of type imsqti_test_xmlv3p0, its root is qti-assessment-item"
    assert ("warning", expected) in messages(reports(files)["a.xml"])


def test_a_package_without_a_manifest_and_documents_that_cannot_be_read_are_told() -> None:
    found = reports({"a.xml": item("a", BODY), "bad.xml": "<a>"})
    assert [(report.file, report.is_valid) for report in found.values()] == [
        ("p.zip", False),
        ("a.xml", True),
    ]
    assert found["p.zip"].ran == ("reading",)
    (missing, *_) = check_package(opened({"a.xml": item("a", BODY), "b.xml": item("b", BODY)}))
    assert messages(missing) == [("error", "the package has no imsmanifest.xml")]


def test_a_document_by_itself_gets_its_report_alone() -> None:
    (report,) = check_package(open_package(item("a", BODY).encode(), name="a.xml"))
    assert (report.file, report.is_valid) == ("a.xml", True)
