"""Which version a bundle is of: told by its manifest and its signs, and every contradiction is a warning."""

import pytest

from tests.fixtures.feed_files import packed
from tests.fixtures.inspections import inspect_bytes

CLASSES = (
    "sourcedId,status,dateLastModified,title,{label},courseSourcedId,classCode,classType,schoolSourcedId\n"
)
ROW = "c1,active,2026-03-05,Algebra,08,k1,ALG,scheduled,s1\n"
ROLES = "sourcedId,userSourcedId,roleType\nr1,u1,primary\n"


def bundle(declared: str | None, *, label: str, roles: bool = False) -> bytes:
    """Return a bundle that declares a version and shows the signs of others."""
    members = {"classes.csv": CLASSES.format(label=label) + ROW}
    if declared:
        members["manifest.csv"] = f"propertyName,value\noneroster.version,{declared}\n"
    if roles:
        members["roles.csv"] = ROLES
    return packed(members)


@pytest.mark.parametrize(
    ("content", "version", "warning"),
    [
        (bundle(None, label="grade"), "1.0", None),
        (bundle("1.1", label="grades"), "1.1", None),
        (bundle("1.1", label="grade"), "1.1", "manifest says 1.1, labels say 1.0"),
        (bundle("1.2", label="grades", roles=True), "1.2", None),
        (bundle("1.1", label="grades", roles=True), "1.1", "manifest says 1.1, members say 1.2"),
        (
            bundle("1.3", label="grades"),
            "1.3",
            "version 1.3 is newer than what is known; it is read as 1.2",
        ),
        (bundle("2.0", label="grades"), "2.0", "version 2.0 is of an unknown kind"),
    ],
)
async def test_a_bundle_is_read_whatever_version_it_is_of(
    content: bytes, version: str, warning: str | None
) -> None:
    found = (await inspect_bytes(content, "roster.zip", chunk_bytes=1000)).found

    assert (found.feed, found.format_version, found.refused) == ("oneroster-csv", version, None)
    assert found.counts is not None
    assert found.counts.accepted == 1
    told = [one for one in found.warnings if "say" in one or "version" in one]
    assert warning in told if warning else not told
