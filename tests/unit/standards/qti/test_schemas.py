"""Schemas of a folder are used only as pinned, compiled only when needed, and the report says what ran."""

import hashlib
from pathlib import Path

import pytest

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid
from shared.standards.qti.validating.pins import PINS, pins_of, schemas_for
from shared.standards.qti.validating.schemas import SchemaFault, SchemaFolder
from shared.standards.qti.validating.validation import Report, validate

SPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MAIN = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{SPACE}" targetNamespace="{SPACE}">
<xs:import namespace="urn:other" schemaLocation="https://example.org/xsd/other.xsd"/>
<xs:element name="assessmentItem"><xs:complexType><xs:attribute name="identifier" type="xs:NCName"/>
</xs:complexType></xs:element></xs:schema>"""
OTHER = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:other"/>'
ITEM = f'<assessmentItem xmlns="{SPACE}" identifier="i"/>'


def folder_of(path: Path, *, pinned: tuple[str, ...] = ("imsqti_v2p1.xsd", "other.xsd")) -> SchemaFolder:
    sums = []
    for name, text in (("imsqti_v2p1.xsd", MAIN), ("other.xsd", OTHER)):
        (path / name).write_text(text)
        if name in pinned:
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}")
    (path / "SHA256SUMS").write_text("\n".join(sums))
    return SchemaFolder(path)


def report(text: str, schemas: SchemaFolder) -> Report:
    return validate(parse(text.encode()), schemas=schemas)


def test_a_pinned_schema_runs_and_the_report_says_so(tmp_path: Path) -> None:
    found = report(ITEM, folder_of(tmp_path))
    assert found.ran == ("structure", "references", "schema imsqti_v2p1.xsd")
    assert not [notice for notice in found.notices if notice.rule.startswith("schema")]


def test_what_breaks_the_schema_has_line_and_rule(tmp_path: Path) -> None:
    found = report(ITEM.replace('"i"', '"1 x"'), folder_of(tmp_path))
    (notice,) = [notice for notice in found.notices if notice.rule == "schema imsqti_v2p1.xsd"][:1]
    assert (notice.severity, notice.place.line) == ("error", 1)
    assert not found.is_valid


@pytest.mark.parametrize("pinned", [(), ("imsqti_v2p1.xsd",), ("other.xsd",)])
def test_a_schema_with_a_part_that_is_not_pinned_does_not_run(
    tmp_path: Path, pinned: tuple[str, ...]
) -> None:
    found = report(ITEM, folder_of(tmp_path, pinned=pinned))
    assert found.ran == ("structure", "references")
    assert "not pinned" in found.skipped[0]


def test_a_file_that_changed_since_it_was_pinned_does_not_run(tmp_path: Path) -> None:
    schemas = folder_of(tmp_path)
    (tmp_path / "imsqti_v2p1.xsd").write_text(MAIN + " ")
    assert "its SHA-256 differs" in report(ITEM, schemas).skipped[0]


def test_a_schema_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "imsqti_v2p1.xsd").write_text("<x/>")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'<x/>').hexdigest()} imsqti_v2p1.xsd")
    assert "can't be compiled" in report(ITEM, SchemaFolder(tmp_path)).skipped[0]


def test_a_folder_without_the_schema_and_none_at_all_are_told(tmp_path: Path) -> None:
    assert report(ITEM, SchemaFolder(tmp_path)).skipped == (
        "schema: the folder has none for qti-assessment-item of 2.1",
    )
    assert validate(parse(ITEM.encode())).skipped == ("schema: no folder of schemas is given",)


def test_a_missing_file_of_the_closure_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaFault, match="not in the folder"):
        SchemaFolder(tmp_path).read("mathml3.xsd")


def test_the_pins_here_outrank_those_of_a_folder(tmp_path: Path) -> None:
    file = "imsqti_asiv3p0p1_v1p0.xsd"
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  {file}\n{'a' * 64} *mine.xsd\nnonsense")
    pins = pins_of(tmp_path)
    assert pins[file] in PINS.values()
    assert pins["mine.xsd"] == "a" * 64


@pytest.mark.parametrize(
    ("version", "kind", "patch", "first"),
    [
        ("2.2", "qti-assessment-item", None, "imsqti_v2p2p4.xsd"),
        ("2.2", "qti-assessment-item", "2.2.1", "imsqti_v2p2p1.xsd"),
        ("3.0", "qti-assessment-test", "3.0.1", "imsqti_asiv3p0p1_v1p0.xsd"),
        ("2.1", "assessmentResult", None, "imsqti_result_v2p1.xsd"),
        ("1.2", "questestinterop", "1.2.1", "ims_qtiasiv1p2p1.xsd"),
    ],
)
def test_the_schema_of_the_patch_level_comes_first(
    version: str, kind: str, patch: str | None, first: str
) -> None:
    assert schemas_for(version, kind, patch)[0] == first


def test_strict_raises_the_first_error_with_its_place() -> None:
    with pytest.raises(Invalid, match="needs the attribute title") as raised:
        validate(parse(ITEM.encode(), file="a.xml"), strict=True)
    assert raised.value.place.file == "a.xml"


def test_names_in_a_namespace_that_is_not_theirs_are_an_error_other_contradictions_are_not() -> None:
    attributes = 'identifier="i" title="t" time-dependent="false"'
    found = validate(parse(f'<qti-assessment-item xmlns="{SPACE}" {attributes}/>'.encode()))
    assert [notice.severity for notice in found.notices] == ["error"]

    location = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x imsqti_v2p2.xsd"'
    old = 'identifier="i" title="t" adaptive="false" timeDependent="false"'
    found = validate(parse(f'<assessmentItem xmlns="{SPACE}" {location} {old}/>'.encode()))
    assert [notice.severity for notice in found.notices] == ["warning"]


def test_the_checks_that_know_nothing_of_a_document_are_skipped() -> None:
    found = validate(parse(b"<assessmentResult/>"))
    assert found.ran == ()
    assert found.skipped[0].startswith("structure: assessmentResult is not an item")
