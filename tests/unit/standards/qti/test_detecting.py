"""Which version a document is found to be of, and what is told where its signs contradict each other."""

import pytest

from shared.standards.qti.detecting.detection import detect
from shared.standards.qti.detecting.model import Detection, ManifestSigns
from shared.standards.qti.documents.document import parse

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SPACE = "http://www.imsglobal.org/xsd"


def detected(root: str, manifest: ManifestSigns | None = None) -> Detection:
    return detect(parse(root.encode()), manifest or ManifestSigns())


@pytest.mark.parametrize(
    ("root", "version", "patch"),
    [
        (f'<questestinterop xmlns="{SPACE}/ims_qtiasiv1p2"/>', "1.2", None),
        ("<questestinterop/>", "1.2", None),
        (f'<assessmentItem xmlns="{SPACE}/imsqti_v2p0"/>', "2.0", None),
        (f'<assessmentTest xmlns="{SPACE}/imsqti_v2p1"/>', "2.1", None),
        (f'<assessmentResult xmlns="{SPACE}/imsqti_result_v2p1"/>', "2.1", None),
        (f'<assessmentResult xmlns="{SPACE}/imsqti_result_v3p0"/>', "3.0", None),
        (f'<assessmentItem xmlns="{SPACE}/apip/apipv1p0/qtiitem/imsqti_v2p1"/>', "2.1", None),
        (f'<qti-assessment-item xmlns="{SPACE}/imsqtiasi_v3p0"/>', "3.0", None),
        ("<assessmentItem/>", "2.2", None),
    ],
)
def test_the_names_and_the_namespace_tell_the_version(root: str, version: str, patch: str | None) -> None:
    found = detected(root)
    assert (found.version, found.patch, found.reads_as) == (version, patch, version)
    assert found.contradictions == ()
    assert found.confidence == 1.0


@pytest.mark.parametrize(
    ("name", "namespace", "schema", "patch"),
    [
        ("assessmentItem", f"{SPACE}/imsqti_v2p1", f"{SPACE}/qti/qtiv2p1/imsqti_v2p1p1.xsd", "2.1.1"),
        ("assessmentItem", f"{SPACE}/imsqti_v2p2", f"{SPACE}/qti/qtiv2p2/imsqti_v2p2p4.xsd", "2.2.4"),
        ("assessmentItem", f"{SPACE}/imsqti_v2p2", "\t\n imsqti_v2p2p1.xsd ", "2.2.1"),
        ("qti-assessment-item", f"{SPACE}/imsqtiasi_v3p0", "https://x/imsqti_asiv3p0p1_v1p0.xsd", "3.0.1"),
        ("questestinterop", f"{SPACE}/ims_qtiasiv1p2", f"{SPACE}/ims_qtiasiv1p2p1.xsd", "1.2.1"),
    ],
)
def test_the_schema_location_tells_the_patch_level(
    name: str, namespace: str, schema: str, patch: str
) -> None:
    other = "http://www.w3.org/1998/Math/MathML http://www.w3.org/Math/XMLSchema/mathml2/mathml2.xsd"
    for location in (f"{namespace} {schema}", f"{other}\t{namespace}  {schema}"):
        found = detected(f'<{name} xmlns="{namespace}" {XSI} xsi:schemaLocation="{location}"/>')
        assert (found.patch, found.contradictions) == (patch, ())


def test_names_decide_over_the_namespace_and_that_over_the_schema_location() -> None:
    found = detected(f'<qti-assessment-item xmlns="{SPACE}/imsqti_v2p2"/>')
    assert (found.version, found.contradictions) == ("3.0", ("vocabulary says 3.0, namespace says 2.2",))
    assert found.confidence == pytest.approx(8 / 12, abs=1e-3)

    location = f'{XSI} xsi:schemaLocation="{SPACE}/imsqti_v2p1 imsqti_v2p2.xsd"'
    found = detected(f'<assessmentItem xmlns="{SPACE}/imsqti_v2p1" {location}/>')
    assert (found.version, found.contradictions) == (
        "2.1",
        ("vocabulary says 2.1, schema location says 2.2",),
    )


def test_names_of_2_in_the_namespace_of_3_are_the_profile_aqti() -> None:
    found = detected(f'<assessmentItem xmlns="{SPACE}/imsqtiasi_v3p0"/>')
    assert (found.version, found.dialect) == ("2.2", "aQTI")
    assert found.contradictions == ("vocabulary says 2.2, namespace says 3.0",)


def test_a_namespace_that_is_none_of_qti_is_a_contradiction() -> None:
    found = detected('<qti-assessment-item xmlns="http://www.w3.org/1999/xhtml"/>')
    assert found.version == "3.0"
    assert found.contradictions == ("the namespace http://www.w3.org/1999/xhtml is none of QTI",)


def test_children_of_another_version_than_their_root_are_a_contradiction() -> None:
    inside = "<itemBody/><responseDeclaration/><responseDeclaration/><title/>"
    found = detected(f'<qti-assessment-item xmlns="{SPACE}/imsqtiasi_v3p0">{inside}</qti-assessment-item>')
    assert found.contradictions == (
        "the root is named as in 3, 1 of itemBody inside as in 2",
        "the root is named as in 3, 2 of responseDeclaration inside as in 2",
    )


def test_a_manifest_breaks_ties_and_is_named_where_it_says_something_else() -> None:
    signs = ManifestSigns(f"{SPACE}/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "imsqti_item_xmlv2p1")
    assert detected("<assessmentItem/>", signs).version == "2.1"

    found = detected(f'<assessmentItem xmlns="{SPACE}/imsqti_v2p2"/>', signs)
    assert found.version == "2.2"
    assert found.contradictions == (
        "vocabulary says 2.2, resource type says 2.1",
        "vocabulary says 2.2, manifest says 2.1",
    )


def test_a_package_of_3_0_1_that_calls_itself_3_1_is_of_3_0_1() -> None:
    signs = ManifestSigns(f"{SPACE}/qti/qtiv3p1/imscp_v1p1", "QTI Package", "3.0.1", "imsqti_item_xmlv3p1")
    found = detected(f'<qti-assessment-item xmlns="{SPACE}/imsqtiasi_v3p0"/>', signs)
    assert (found.version, found.patch, found.contradictions) == ("3.0", "3.0.1", ())


def test_two_patch_levels_are_a_contradiction() -> None:
    location = f'{XSI} xsi:schemaLocation="{SPACE}/imsqti_v2p2 imsqti_v2p2p1.xsd"'
    signs = ManifestSigns(resource_type="imsqti_item_xmlv2p2p2")
    found = detected(f'<assessmentItem xmlns="{SPACE}/imsqti_v2p2" {location}/>', signs)
    assert found.patch == "2.2.1"
    assert found.contradictions == ("schema location says 2.2.1, resource type says 2.2.2",)


def test_the_version_of_the_packaging_is_no_version_of_qti() -> None:
    signs = ManifestSigns(f"{SPACE}/imsccv1p1/imscp_v1p1", "IMS Content", "1.1.3", "imsqti_xmlv1p2")
    assert detected("<questestinterop/>", signs).contradictions == ()


def test_a_newer_minor_version_is_read_as_the_newest_known_with_a_warning() -> None:
    found = detected(f'<qti-assessment-item xmlns="{SPACE}/imsqtiasi_v3p2"/>')
    assert (found.version, found.reads_as, found.contradictions) == ("3.2", "3.0", ())
    assert found.warnings == ("version 3.2 is newer than what is known; it is read as 3.0",)


def test_a_manifest_is_of_the_version_of_its_resources() -> None:
    resources = '<resources><resource type="webcontent"/><resource type="imsqti_item_xmlv2p2"/></resources>'
    found = detected(f'<manifest xmlns="{SPACE}/imscp_v1p1">{resources}</manifest>')
    assert (found.kind, found.version, found.is_qti) == ("manifest", "2.2", True)
    assert not detected("<manifest/>").is_qti


@pytest.mark.parametrize("root", ["<quiz/>", "<POOL/>", '<html xmlns="http://www.w3.org/1999/xhtml"/>'])
def test_what_is_not_qti_is_said_not_to_be(root: str) -> None:
    found = detected(root)
    assert not found.is_qti
    assert found.version is None
    assert len(found.warnings) == 1


def test_the_vendor_of_1_2_and_the_profile_apip_are_told() -> None:
    field = "<fieldlabel>question_type</fieldlabel><fieldentry>x</fieldentry>"
    label = f"<qtimetadatafield>{field}</qtimetadatafield>"
    assert (
        detected(f"<questestinterop><item>{label}</item></questestinterop>").dialect
        == "Canvas Classic Quizzes"
    )
    assert detected("<questestinterop/>").dialect == ""
    space = f"{SPACE}/apip/apipv1p0/imsapip_qtiv1p0"
    assert detected(f'<assessmentItem xmlns="{SPACE}/imsqti_v2p1" xmlns:a="{space}"/>').dialect == "APIP"


def test_a_pool_of_blackboard_and_a_quiz_of_a_common_cartridge_are_told_apart() -> None:
    location = (
        f"{SPACE}/ims_qtiasiv1p2 http://www.imsglobal.org/profile/cc/ccv1p1/ccv1p1_qtiasiv1p2p1_v1p0.xsd"
    )
    cartridge = f'<questestinterop xmlns="{SPACE}/ims_qtiasiv1p2" {XSI} xsi:schemaLocation="{location}"/>'
    assert detected(cartridge).dialect == "Common Cartridge"
    assert detected("<POOL/>").dialect == "Blackboard POOL"
