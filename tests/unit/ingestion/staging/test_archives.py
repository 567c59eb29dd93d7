"""What is taken from zip archives, and which ones are refused."""

import io
import zipfile

import pytest

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import Container
from shared.ingestion.staging import open_file
from shared.ingestion.staging.model import Limits
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import Counted, Forged, forged, members_of, opened, refusal_of, text_of, zipped

USERS = b"sourcedId,name\r\n007,Ann\r\n"
EVENTS = b'[{"id": "1"}, {"id": "2"}]'


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
async def test_the_members_of_an_archive_are_its_tables_in_order(method: int) -> None:
    file = MemoryFile("roster.zip", zipped({"users.csv": USERS, "events.json": EVENTS}, method))

    users, events = await members_of(file)
    assert (users.name, users.container, users.encoding) == ("users.csv", Container.CSV, "utf-8")
    assert (users.lines, users.in_place, users.warnings) == (LineFormat.DELIMITED, False, ())
    assert (events.container, events.lines) == (Container.JSON, LineFormat.JSON_LINES)
    assert await opened(file) == {"users.csv": USERS, "events.json": b'{"id": "1"}\n{"id": "2"}\n'}
    assert (await (await open_file(file)).head(users)).text == USERS


async def test_the_directory_of_an_archive_is_read_once_for_all_its_members() -> None:
    file = Counted("x.zip", zipped({f"t{n:03}.csv": USERS for n in range(500)}))

    found = await open_file(file)
    for member in found.members:
        assert (await found.head(member)).text == await text_of(found, member) == USERS
    assert file.given < 5 * file.size


async def test_a_zip_64_archive_is_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("users.csv", "w", force_zip64=True) as member:
        member.write(USERS)

    assert await opened(MemoryFile("x.zip", out.getvalue())) == {"users.csv": USERS}


async def test_a_comment_that_looks_like_an_end_does_not_mislead() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("users.csv", USERS)
        archive.comment = b"PK\x05\x06" + bytes(30)

    assert await opened(MemoryFile("x.zip", out.getvalue())) == {"users.csv": USERS}


async def test_what_systems_leave_behind_is_passed_over_with_a_warning() -> None:
    content = {"out/": b"", "out/users.csv": USERS, "out/.DS_Store": b"x", "__MACOSX/out/._users.csv": b"x"}
    (member,) = await members_of(MemoryFile("x.zip", zipped(content)))

    assert member.name == "users.csv"
    assert [warning.split("'")[1] for warning in member.warnings] == [
        "out/.DS_Store",
        "__MACOSX/out/._users.csv",
        "out",
    ]


async def test_empty_members_and_documents_are_named_and_the_tables_taken() -> None:
    content = {"orgs.csv": b"", "guide.pdf": b"%PDF-1.7", "users.csv": USERS}
    (member,) = await members_of(MemoryFile("x.zip", zipped(content)))

    assert member.warnings == ("'orgs.csv' is empty", "'guide.pdf' is a PDF document and is passed over")


@pytest.mark.parametrize(
    ("evil", "place"),
    [
        (Forged(name="../users.csv"), "x.zip/../users.csv"),
        (Forged(name="a/..\\..\\users.csv"), "x.zip/a/../../users.csv"),
        (Forged(name="/etc/users.csv"), "x.zip//etc/users.csv"),
        (Forged(name="C:\\users.csv"), "x.zip/C:/users.csv"),
        (Forged(name="users\n.csv"), "x.zip"),
        (Forged(name="users.csv", flags=1), "x.zip/users.csv"),
        (Forged(name="users.csv", content=zipped({"a": b"1"})), "users.csv"),
        (Forged(name="users.csv", content=bytes(2_000_000)), "x.zip/users.csv"),
        (Forged(name="orgs.CSV"), "x.zip/orgs.CSV"),
        (Forged(name="users.csv", at=0), "x.zip/users.csv"),
    ],
)
async def test_an_unsafe_archive_is_refused_with_the_member(evil: Forged, place: str) -> None:
    refused = await refusal_of(MemoryFile("x.zip", forged(Forged(name="orgs.csv"), evil)))

    assert refused.failure.code == "unsafe-archive"
    assert refused.violations[0].place == place


async def test_more_members_or_bytes_than_the_limits_are_refused_by_the_directory_alone() -> None:
    file = MemoryFile("x.zip", zipped({f"{n}.csv": USERS for n in range(5)}))

    for limits in (Limits(members=4), Limits(unpacked=100)):
        assert (await refusal_of(file, limits)).failure.code == "unsafe-archive"


@pytest.mark.parametrize(
    ("evil", "byte"),
    [
        (Forged(name="users.csv", content=USERS, crc=1), len(USERS)),
        (Forged(name="users.csv", content=USERS, size=len(USERS) + 1), len(USERS)),
        (Forged(name="users.csv", content=USERS, size=len(USERS) - 1), len(USERS) - 1),
    ],
)
async def test_a_member_that_is_not_what_the_directory_says_is_damaged(evil: Forged, byte: int) -> None:
    refused = await refusal_of(MemoryFile("x.zip", forged(evil)))

    assert refused.failure.code == "damaged-file"
    assert refused.violations[0].place == f"x.zip/users.csv, byte {byte}"


async def test_a_bomb_whose_directory_lies_yields_no_more_than_it_says() -> None:
    bomb = Forged(name="users.csv", content=bytes(50_000_000), size=1000)
    refused = await refusal_of(MemoryFile("x.zip", forged(bomb)))

    assert refused.violations[0].place == "x.zip/users.csv, byte 1000"


async def test_an_archive_cut_anywhere_is_refused() -> None:
    whole = zipped({"users.csv": USERS * 20, "orgs.csv": USERS})

    for length in range(4, len(whole)):
        refused = await refusal_of(MemoryFile("x.zip", whole[:length]))
        assert refused.failure.code in {"damaged-file", "unsafe-archive"}


async def test_another_compression_or_document_is_refused_as_what_it_is() -> None:
    word = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})

    assert "method 12" in str(await refusal_of(MemoryFile("x.zip", forged(Forged(name="a.csv", method=12)))))
    assert "a Word document" in str(await refusal_of(MemoryFile("x.zip", word)))
