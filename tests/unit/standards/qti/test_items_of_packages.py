"""The items of a package are records with the version, metadata and alignments that belong to each."""

from shared.standards.qti import Alignment, inspect_package, items_of
from tests.fixtures.qti_packages import aligned, item, manifest, opened, resource

ITEM, TEST = "imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0"
QUIZ = (
    '<questestinterop><item ident="q1" title="One"/><section><item ident="q2"/></section></questestinterop>'
)
CARTRIDGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"


def test_alignments_of_csm_1_1_come_to_the_item_of_their_resource() -> None:
    metadata = aligned("G-1", label="MA.5", uri="https://case.example/G-1")
    package = opened(
        {"imsmanifest.xml": manifest(resource("r", ITEM, "a.xml", metadata)), "a.xml": item("a")}
    )
    (found,) = items_of(package)
    assert found.alignments == (
        Alignment("G-1", "MA.5", "https://case.example/G-1", provider="CASE", region="R", version="2"),
    )
    assert found.resource is not None
    assert found.resource.identifier == "r"


def test_an_alignment_of_a_test_that_names_a_part_comes_to_that_item_alone() -> None:
    resources = (
        resource("t", TEST, "t.xml", aligned("G-1", part="a")),
        resource("r", ITEM, "a.xml", aligned("G-2", part="RESPONSE")),
        resource("s", ITEM, "b.xml"),
    )
    test = '<qti-assessment-test identifier="t" title="t"/>'
    files = {"imsmanifest.xml": manifest(*resources), "t.xml": test, "a.xml": item("a"), "b.xml": item("b")}
    first, second = items_of(opened(files))
    assert [(one.guid, one.part) for one in first.alignments] == [("G-2", "RESPONSE"), ("G-1", "a")]
    assert second.alignments == ()


def test_alignments_in_a_metadata_file_come_to_the_items_that_depend_on_it() -> None:
    dependency = '<dependency identifierref="meta"/>'
    resources = (resource("r", ITEM, "a.xml", dependency), resource("meta", "resourcemetadata/xml", "m.xml"))
    files = {
        "imsmanifest.xml": manifest(*resources),
        "a.xml": item("a"),
        "m.xml": f"<lom>{aligned('G-3')}</lom>",
    }
    (found,) = items_of(opened(files))
    assert [one.guid for one in found.alignments] == ["G-3"]


def test_alignments_without_the_levels_between_are_read_as_exporters_write_them() -> None:
    labelled = "<c:labelledGUID><c:label>L</c:label><c:GUID>G-4</c:GUID></c:labelledGUID>"
    group = f"<c:curriculumStandardsMetadataSet>{labelled}</c:curriculumStandardsMetadataSet>"
    wrapped = f'<metadata xmlns:c="urn:csm">{group}</metadata>'
    files = {"imsmanifest.xml": manifest(resource("r", ITEM, "a.xml", wrapped)), "a.xml": item("a")}
    (found,) = items_of(opened(files))
    assert [one.as_json() for one in found.alignments] == [{"guid": "G-4", "label": "L"}]


def test_each_item_of_a_quiz_of_1_2_is_a_record_with_the_alignments_that_name_it() -> None:
    quiz = resource("q", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment", "q.xml", aligned("G-5", part="q2"))
    first, second = items_of(opened({"imsmanifest.xml": manifest(quiz, space=CARTRIDGE), "q.xml": QUIZ}))
    assert (first.identifier, first.title, first.detection.version) == ("q1", "One", "1.2")
    assert [one.guid for one in second.alignments] == ["G-5"]
    assert (second.file, second.document.kind) == ("q.xml", "qti-assessment-item")


def test_a_quiz_that_canvas_wrote_twice_is_read_once_and_in_full() -> None:
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    quiz = resource(
        "q", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment", "q.xml", '<dependency identifierref="d"/>'
    )
    beside = resource("d", kind, "meta.xml", '<file href="non_cc/q.xml.qti"/>')
    files = {
        "imsmanifest.xml": manifest(quiz, beside, space=CARTRIDGE),
        "q.xml": QUIZ,
        "meta.xml": "<quiz/>",
        "non_cc/q.xml.qti": QUIZ.replace('title="One"', 'title="One in full"'),
    }
    package = opened(files)
    assert [one.title for one in items_of(package)] == ["One in full", "q2"]
    assert [notice.place.file for notice in package.notices] == ["q.xml"]


def test_an_inspection_tells_what_items_tests_and_stimuli_bring_along() -> None:
    catalog = (
        '<qti-catalog-info><qti-catalog id="c"><qti-card support="spoken"/></qti-catalog></qti-catalog-info>'
    )
    ruler = "<qti-physical-material>ruler</qti-physical-material>"
    tools = f"<qti-companion-materials-info>{ruler}</qti-companion-materials-info>"
    stimulus = '<qti-assessment-stimulus-ref identifier="s" href="s.xml"/>'
    module = '<qti-interaction-module id="m" primary-path="m.js"/>'
    modules = f"<qti-interaction-modules>{module}</qti-interaction-modules>"
    attributes = 'response-identifier="R" module="m"'
    pci = f"<qti-portable-custom-interaction {attributes}>{modules}</qti-portable-custom-interaction>"
    body = f'<qti-item-body><p onclick="x()"><img src="a.png"/></p>{pci}<script/></qti-item-body>'
    files = {
        "imsmanifest.xml": manifest(resource("r", ITEM, "a.xml", aligned("G-1"))),
        "a.xml": item("a", stimulus + tools + body + catalog),
        "s.xml": '<qti-assessment-stimulus identifier="s" title="Passage"/>',
        "t.xml": '<qti-assessment-test identifier="t" title="T"/>',
    }
    found = inspect_package(opened(files))
    assert found["counts"] == {"items": 1, "stimuli": 1, "tests": 1}
    assert (found["version"], found["alignments"]) == ("3.0", 1)
    items = found["items"]
    assert isinstance(items, list)
    (told,) = items
    assert told["alignments"] == [{"guid": "G-1", "provider": "CASE", "region": "R", "version": "2"}]
    assert told["stimuli"] == [{"identifier": "s", "href": "s.xml"}]
    assert told["catalogs"] == [{"identifier": "c", "supports": ["spoken"]}]
    assert told["companion_materials"] == [{"kind": "physical-material", "description": "ruler"}]
    assert told["interactions"] == [{"kind": "portable-custom", "response": "R"}]
    assert [(one["modules"], one["needs_sandbox"]) for one in told["custom_interactions"]] == [(["m"], True)]
    assert told["files"] == ["s.xml", "a.png", "m.js"]
    assert told["scripts"] == 2
