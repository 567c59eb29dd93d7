"""Nothing of hostile documents and packages is expanded, fetched, followed or written."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from shared.standards.qti import (
    Limits,
    Malformed,
    QtiError,
    Refused,
    items_of,
    open_package,
    parse,
    read_manifest,
)
from tests.fixtures.hostile_qti import DOCUMENTS, PACKAGES
from tests.fixtures.qti_packages import manifest, packed, resource


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_hostile_document_is_refused(what: str) -> None:
    with pytest.raises(Refused):
        parse(DOCUMENTS[what])


@pytest.mark.parametrize("what", PACKAGES)
def test_a_hostile_package_is_refused(what: str) -> None:
    with pytest.raises(QtiError) as raised:
        _read_all(PACKAGES[what])
    assert isinstance(raised.value, Malformed if what.endswith("lies about its size") else Refused)


def _read_all(content: bytes) -> None:
    package = open_package(content, name="p.zip")
    for name in package.names:
        for _ in package.stream(name):
            pass


def test_a_link_in_a_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.xml")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Refused, match="it is a link"):
        open_package(out.getvalue())


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").symlink_to("/etc/passwd")
    with pytest.raises(Refused, match="a symbolic link"):
        open_package(tmp_path)


def test_more_files_or_bytes_in_a_folder_than_limits_allow_are_refused(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(bytes(10))
    with pytest.raises(Refused, match="more than 1 files"):
        open_package(tmp_path, limits=Limits(entries=1))
    with pytest.raises(Refused, match="more than 15 bytes"):
        open_package(tmp_path, limits=Limits(package_bytes=15))


def test_a_package_in_a_package_is_a_file_and_never_opened() -> None:
    inner = packed({"b.xml": "<assessmentItem/>"})
    package = open_package(packed({"a.zip": inner, "a.xml": "<assessmentItem identifier='a'/>"}))
    assert [item.identifier for item in items_of(package)] == ["a"]
    assert package.names == ("a.zip", "a.xml")


def test_a_zip_cut_anywhere_is_malformed_or_refused() -> None:
    whole = packed({"imsmanifest.xml": manifest(), "a.xml": "<assessmentItem/>"})
    for length in range(4, len(whole), 7):
        with pytest.raises((Malformed, Refused)):
            _read_all(whole[:length])


def test_base_addresses_without_end_are_refused() -> None:
    text = manifest(resource("r", "webcontent", "a.png")).replace(
        "<resources>", f'<resources xml:base="{"x" * 5000}">'
    )
    with pytest.raises(Refused, match="base addresses"):
        _ = read_manifest(parse(text.encode())).resources


def test_a_manifest_that_is_hostile_is_refused_with_its_file() -> None:
    package = open_package(packed({"imsmanifest.xml": DOCUMENTS["an entity bomb"]}))
    with pytest.raises(Refused) as raised:
        _ = package.manifest
    assert raised.value.place.file == "imsmanifest.xml"
