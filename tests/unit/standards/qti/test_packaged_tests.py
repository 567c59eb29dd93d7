"""Tests of packages: items, sections and templates are found beside the file that names them."""

from pathlib import Path

import pytest

from shared.standards import qti
from tests.unit.standards.qti.assessment_items import SUM, TOTAL
from tests.unit.standards.qti.assessment_xml import assessment, item_ref, part, section

_TEMPLATE = (
    '<qti-response-processing><qti-set-outcome-value identifier="SCORE">'
    '<qti-base-value base-type="float">2</qti-base-value></qti-set-outcome-value></qti-response-processing>'
)
_ITEM = (
    '<qti-assessment-item identifier="i">'
    '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
    '<qti-response-processing template="../shared/two.xml"/></qti-assessment-item>'
)


def _write(folder: Path, files: dict[str, str]) -> qti.Package:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return qti.open_package(folder)


def _files() -> dict[str, str]:
    ref = '<qti-assessment-section-ref identifier="R" href="../sections/one.xml"/>'
    outer = section("S", item_ref("a").replace("a.xml", "../items/a%20b.xml") + ref)
    return {
        "tests/test.xml": assessment(part("P", outer), TOTAL, SUM),
        "sections/one.xml": section("I", item_ref("b").replace("b.xml", "../items/a b.xml")),
        "items/a b.xml": _ITEM,
        "shared/two.xml": _TEMPLATE,
    }


def test_addresses_are_resolved_beside_the_file_that_they_stand_in(tmp_path: Path) -> None:
    package = _write(tmp_path, _files())
    assert qti.packaged_tests(package) == ["tests/test.xml"]
    test = qti.packaged_test(package, "tests/test.xml")
    assert test.items["a"] is test.items["b"]
    session = qti.TestSession.start(test, seed=1, now=0)
    for _ in "ab":
        session.submit(now=0)
        session.next(now=0)
    assert (session.phase, session.outcomes) == ("ended", {"TOTAL": 4.0})


def test_what_the_package_lacks_is_invalid_and_its_place_told(tmp_path: Path) -> None:
    files = _files()
    del files["items/a b.xml"]
    with pytest.raises(qti.Invalid, match=r"tests/test\.xml, line 1.*no item at"):
        qti.packaged_test(_write(tmp_path, files), "tests/test.xml")
    (tmp_path / "sections/one.xml").unlink()
    with pytest.raises(qti.Invalid, match="no section at"):
        qti.packaged_test(qti.open_package(tmp_path), "tests/test.xml")


def test_addresses_that_lead_out_of_the_package_find_nothing(tmp_path: Path) -> None:
    files = {"test.xml": assessment(part("P", section("S", item_ref("a").replace("a.xml", "../../out.xml"))))}
    (tmp_path / "out.xml").write_text(_ITEM, encoding="utf-8")
    with pytest.raises(qti.Invalid, match="no item at"):
        qti.packaged_test(_write(tmp_path / "inside/folder", files), "test.xml")


def test_sections_that_refer_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    ref = '<qti-assessment-section-ref identifier="R" href="{}.xml"/>'
    files = {
        "test.xml": assessment(part("P", ref.format("one"))),
        "one.xml": section("S1", 2 * ref.format("two")),
        "two.xml": section("S2", 2 * ref.format("one")),
    }
    with pytest.raises(qti.Invalid, match="used twice"):
        qti.packaged_test(_write(tmp_path, files), "test.xml")
