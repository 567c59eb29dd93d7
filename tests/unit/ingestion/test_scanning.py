"""What one pass finds out about a whole file: encoding, quoting, limits."""

import pytest

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Dialect, Ingest, IngestState, Layout, LineFormat
from shared.ingestion.planning import scanning
from shared.ingestion.refusal import FileRefused
from tests.fixtures.ingestion import Pipeline

HEADER = b"student_id,course_id,assessment_id,assessment_title,status,score\n"


async def ingested(body: bytes, chunk_bytes: int = 300) -> tuple[Pipeline, Ingest]:
    pipeline = Pipeline(chunk_bytes=chunk_bytes, read_bytes=97)
    return pipeline, await pipeline.run("attempts.csv", HEADER + body)


def failure_of(ingest: Ingest) -> str | None:
    assert ingest.failure is not None
    assert ingest.failure.detail
    return ingest.failure.code


async def test_windows_1252_is_read_with_a_warning_at_true_offsets() -> None:
    body = b"1,c,a,t,graded,5\n" * 30 + "2,c,a,Übung,graded,6\n3,c,b,é,graded,x\n".encode("cp1252")
    pipeline, ingest = await ingested(body)

    assert ingest.warnings == ("read as Windows-1252: byte 581 is not UTF-8",)
    facts = pipeline.facts(ingest)
    assert facts["line_item_title"][-1] == "Übung"
    assert facts["byte"][-1] == len(HEADER) + 17 * 30


@pytest.mark.parametrize("body", [b"1,c,a,\x81,graded,5\n", b"1,c,a,\xe9,graded,5\n2,c,a,\x9d,graded,5\n"])
async def test_bytes_of_no_encoding_are_refused_with_their_place(body: bytes) -> None:
    _, ingest = await ingested(b"1,c,a,t,graded,5\n" * 30 + body)

    assert failure_of(ingest) == "unsupported-encoding"


async def test_a_nul_byte_anywhere_is_refused_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.ingestion.staging.opening.HEAD_BYTES", 200)
    pipeline, ingest = await ingested(b"1,c,a,t,graded,5\n" * 30 + b"\0\n")

    assert failure_of(ingest) == "nul-byte"
    assert pipeline.quarantined == ["nul-byte"]
    assert ingest.failure is not None
    assert ingest.failure.violations[0].place == f"byte {len(HEADER) + 17 * 30}"


async def test_a_cr_alone_that_ends_no_record_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.ingestion.staging.opening.HEAD_BYTES", 200)
    body = b"1,c,a,t,graded,5\n" * 30 + b'2,c,a,"t\rt",graded,5\n3,c,a,t,graded,5\r4,c,a,t,graded,5\n'
    _, ingest = await ingested(body)

    assert ingest.warnings == (
        f"the line ends are mixed: the CR alone at byte {len(HEADER) + len(body) - 18} ends no record",
    )


async def test_lines_that_end_by_cr_and_others_are_all_records() -> None:
    body = b"".join(b"%d,c,a,t,graded,5" % n + (b"\r", b"\n", b"\r\n")[n % 3] for n in range(90))
    pipeline, ingest = await ingested(body)

    assert ingest.warnings == (
        "the line ends of attempts.csv are mixed: some are a CR alone, and records end by each",
    )
    assert pipeline.facts(ingest)["learner"].n_unique() == 90


async def test_a_header_alone_never_replaces_anything() -> None:
    _, ingest = await ingested(b"\n\n")

    assert failure_of(ingest) == "empty-file"


async def test_a_stray_quote_far_from_any_other_loses_its_own_record_only() -> None:
    body = b'1,c,a,"t,graded,5\n' + b"1,c,a,t,graded,5\n" * 200
    _, ingest = await ingested(body)

    assert ingest.progress.rejects == {"malformed-quoting": 1}
    assert ingest.progress.accepted == 200
    assert ingest.warnings == ("some quotation marks are misplaced; such records count as malformed-quoting",)


async def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "LONGEST_RECORD", 1000)
    monkeypatch.setattr("shared.ingestion.reading.records.LOOK_AHEAD", 100)
    before = HEADER + b"1,c,a,t,graded,5\n" * 30
    _, ingest = await ingested(before.removeprefix(HEADER) + b"x" * 5000)

    assert failure_of(ingest) == "record-too-long"
    assert ingest.failure is not None
    within = int(ingest.failure.violations[0].place.removeprefix("byte "))
    assert len(before) <= within < len(before) + 300


@pytest.mark.parametrize("lines", [LineFormat.JSON_LINES, LineFormat.FIXED_WIDTH])
def test_where_lines_are_records_one_that_is_too_long_is_refused_also_if_it_ends(
    lines: LineFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "LONGEST_RECORD", 1000)
    layout = Layout(dialect=Dialect(lines=lines), header=("a",), constants={}, body_offset=0)
    scan = scanning.Scan(scanning.Body(layout, 1, ("utf-8",)), 300)

    for block in (b'{"a": 1}\n', *[b"x" * 100] * 15, b'\n{"a": 2}\n'):
        scan.note(block)
        scan.cut(block)

    with pytest.raises(FileRefused) as refused:
        scan.end()
    assert refused.value.code == "record-too-long"


async def test_a_test_student_is_accepted_and_gives_no_fact() -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run(
        "Grades-ALG.csv",
        b'Student,ID,Section,Quiz (12)\n    Points Possible,,,10\nPoe,7,P1,8\n"Student, Test",99,P1,best\n',
    )

    assert (ingest.state, ingest.progress.accepted, ingest.progress.facts) == (IngestState.WORKED, 2, 1)
    assert pipeline.facts(ingest)["course"].to_list() == ["ALG"]


async def test_a_short_file_of_unknown_columns_is_refused_with_the_reason_of_each_feed() -> None:
    pipeline = Pipeline()
    ingest = await pipeline.run("x.csv", b"a,b\n1,2\n")

    assert failure_of(ingest) == "unrecognised"
    assert ingest.failure is not None
    places = {violation.place for violation in ingest.failure.violations}
    assert places == {f"feed {feed.id}" for feed in Catalogue.built_in().newest}
