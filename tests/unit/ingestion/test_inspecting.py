"""An inspection tells what the pipeline would make of a file, and takes any other table apart."""

import csv
import io
from hashlib import sha256

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.ingestion.reading.json_lines import paths_of
from shared.ingestion.working.pseudonyms import pseudonym
from tests.fixtures.ingestion import KEY, Pipeline
from tests.fixtures.inspections import inspect_bytes
from tests.fixtures.staging import zipped

ATTEMPTS = "student_id,course_id,assessment_id,assessment_title,status,score\n"
GRADEBOOK = (
    "Student,ID,Section,Quiz (12),Notes\n    Points Possible,,,10,\n"
    '"Poe, Ann",00041,P1,8,late\n"Ray, Bo",00042,P1,best,\n'
)
SHOP = "DATE,TIME,Qty,Item\n" + "".join(f'2{n}/01/2018,0{n}:00,{n},"Boots, {n}"\n' for n in range(9))
CELLS = st.lists(st.text(alphabet='ab",\n\r;é 1', max_size=5), min_size=3, max_size=3)
NOISE = st.text(alphabet='a1",\n\r;', max_size=80)


async def test_counts_facts_and_rejects_are_those_of_the_pipeline() -> None:
    content = (ATTEMPTS + "007,c,a,t,graded,5\n" * 9 + "8,c,a,t,graded,x\n" + "9,c\n").encode()
    pipeline = Pipeline(chunk_bytes=150, read_bytes=97)
    ingest = await pipeline.run("attempts.csv", content)

    inspected = await inspect_bytes(content, "attempts.csv", key=KEY)

    counts = inspected.found.counts
    assert counts is not None
    assert (counts.records, counts.accepted, counts.rejects) == (
        ingest.progress.records,
        ingest.progress.accepted,
        ingest.progress.rejects,
    )
    assert pl.concat(inspected.facts).drop("ingest_id").equals(pipeline.facts(ingest).drop("ingest_id"))
    assert inspected.with_status("rejected") == [(11, "bad-number"), (12, "ragged-record")]


async def test_without_a_key_learners_keep_the_identifiers_of_the_file() -> None:
    named = await inspect_bytes(ATTEMPTS + "007,c,a,t,graded,5\n")
    hidden = await inspect_bytes(ATTEMPTS + "007,c,a,t,graded,5\n", key=KEY)

    assert named.facts[0]["learner"].to_list() == ["007"]
    assert hidden.facts[0]["learner"].to_list() == [pseudonym(KEY, "sis", "007")]


async def test_learners_who_repeat_often_are_read_like_others() -> None:
    content = GRADEBOOK + '"Poe, Ann",00041,P1,9,\n' * 9
    inspected = await inspect_bytes(content, "Grades-ALG.csv", chunk_bytes=1000)

    counts = inspected.found.counts
    assert counts is not None
    assert (counts.records, counts.rejects) == (11, {"bad-number": 1})
    assert pl.concat(inspected.facts)["learner"].to_list() == ["00041"] * 10


HALF_OF_A_PAIR = r"\ud83d"
SUBMISSION = (
    '{"key": {"id": 1}, "value": {"assignment_id": 5, "user_id": 7, "course_id": 3, "score": "%s",'
    ' "body": "%s", "workflow_state": "graded"}, "meta": {"action": "U", "ts": "2026-03-01T10:00:00Z"}}\n'
)


async def test_half_of_a_surrogate_pair_counts_where_its_text_is_read_and_is_shown_as_it_stands() -> None:
    content = (
        SUBMISSION % ("8", HALF_OF_A_PAIR) + SUBMISSION % (HALF_OF_A_PAIR, "a") + SUBMISSION % ("9", "b")
    )
    inspected = await inspect_bytes(content, "submissions.jsonl")

    counts = inspected.found.counts
    assert counts is not None
    assert (counts.accepted, counts.rejects) == (2, {"malformed-json": 1})
    assert inspected.with_status("rejected") == [(2, "malformed-json")]
    assert "\ud83d" in inspected.records[0]["cells"]


async def test_a_column_that_is_null_in_every_object_is_there_all_the_same() -> None:
    content = (SUBMISSION % ("8", "a")).replace('"8"', "null").replace('"U", "ts"', '"U", "of": null, "ts"')
    found = (await inspect_bytes(content * 3, "submissions.jsonl")).found

    assert found.feed == "canvas-data-2"
    assert found.counts is not None
    assert (found.counts.records, found.counts.accepted) == (3, 3)
    assert {"value.score", "meta.of"} <= {*found.members[0].columns}


@pytest.mark.parametrize(
    ("lines", "paths"),
    [
        ([b'{"a": null}', b'{"a": {"b": 1, "c": null}}'], ("a.b", "a.c")),
        ([b'{"a": 1}', b'{"a": {"b": 1}}', b'{"a": null}'], ("a", "a.b")),
        ([b'{"a": {"b": null}}', b"x"], ("a.b",)),
        ([b'{"\\ud83d": 1, "z": 2}'], ("z",)),
    ],
)
def test_paths_of_objects_are_those_of_their_values(lines: list[bytes], paths: tuple[str, ...]) -> None:
    assert paths_of(lines) == paths


async def test_json_of_another_encoding_than_utf_8_is_refused_with_the_byte() -> None:
    content = (SUBMISSION % ("8", "Zoë")).encode("cp1252")
    found = (await inspect_bytes(content, "submissions.jsonl")).found

    assert found.refused is not None
    assert found.refused.code == "unsupported-encoding"
    assert [violation.place for violation in found.refused.violations] == [f"byte {content.index(0xEB)}"]


async def test_the_answer_names_feed_shape_score_and_drift() -> None:
    found = (await inspect_bytes(GRADEBOOK, "Grades-ALG.csv")).found.as_json()

    assert (found["feed"], found["version"], found["shape"], found["container"]) == (
        "canvas-gradebook",
        1,
        "wide",
        "csv",
    )
    assert found["drift"] == {
        "unknown": ["Notes"],
        "missing": ["last_name", "first_name", "sis_user", "sis_login", "integration", "root_account"],
    }
    assert found["encoding"] == "utf-8"
    assert found["score"] == pytest.approx(0.8 * 0.5 + 0.5 * 0.4 + 0.1)


async def test_too_many_rejects_are_told_as_the_refusal_that_they_lead_to() -> None:
    inspected = await inspect_bytes(GRADEBOOK, "Grades-ALG.csv")

    assert inspected.found.refused is not None
    assert inspected.found.refused.code == "too-many-rejects"
    assert [fact["learner"] for fact in inspected.found.counts.sample] == ["00041"]  # type: ignore[union-attr] # the file was read to its end


async def test_header_and_preamble_of_a_feed_are_records_too() -> None:
    records = (await inspect_bytes(GRADEBOOK)).records

    assert [(r["record"], r["part"], r["status"]) for r in records] == [
        (1, "header", "ok"),
        (2, "preamble", "ok"),
        (3, "body", "ok"),
        (4, "body", "rejected"),
    ]
    assert (records[3]["column"], records[3]["code"]) == ("Quiz (12)", "bad-number")
    assert [GRADEBOOK.encode()[r["byte"] :][: r["length"]][:3] for r in records] == [
        b"Stu",
        b"   ",
        b'"Po',
        b'"Ra',
    ]


async def test_a_table_of_no_feed_is_taken_apart_all_the_same() -> None:
    inspected = await inspect_bytes(SHOP)

    found = inspected.found
    assert found.refused is not None
    assert found.refused.code == "unrecognised"
    assert found.members[0].columns == ("DATE", "TIME", "Qty", "Item")
    assert [tuple(r["cells"]) for r in inspected.records] == [
        tuple(row) for row in csv.reader(io.StringIO(SHOP))
    ]
    assert found.counts is not None
    assert (found.counts.records, found.counts.accepted) == (9, 9)


async def test_what_a_sender_should_know_of_the_line_ends_is_told_of_a_table_of_no_feed_too() -> None:
    found = (await inspect_bytes("name,note\nAnn,x\rBo,y\n")).found

    assert found.counts is not None
    assert found.counts.records == 2
    assert [warning for warning in found.warnings if "mixed" in warning]


async def test_a_table_in_single_quotes_comes_out_without_them_at_its_places() -> None:
    content = "name,note\n'Poe, Ann','It''s \"5\"'\n" + "'Ray, Bo',x\n" * 9 + "It's,x\n"
    inspected = await inspect_bytes(content)

    assert inspected.found.sha256 == sha256(content.encode()).hexdigest()
    assert inspected.found.as_json()["dialect"] == {
        "lines": "delimited",
        "separator": ",",
        "quote": "'",
        "decimal": ".",
        "quotesWellPlaced": False,
    }
    assert [(r["byte"], r["cells"], r["code"]) for r in inspected.records] == [
        (0, ["name", "note"], None),
        (10, ["Poe, Ann", 'It\'s "5"'], None),
        *((33 + 12 * n, ["Ray, Bo", "x"], None) for n in range(9)),
        (141, ["It's", "x"], "malformed-quoting"),
    ]


async def test_separators_behind_all_records_but_the_header_are_left_out_and_reported() -> None:
    inspected = await inspect_bytes('name,note\n"Poe, Ann",x,\nBo,,\nCy,x\nDi,x,y,z\nEd,,\nFay,x,\n')

    assert inspected.found.members[0].columns == ("name", "note")
    assert [(r["cells"], r["status"], r["code"]) for r in inspected.records[1:]] == [
        (["Poe, Ann", "x"], "repaired", "ragged-record"),
        (["Bo", ""], "repaired", "ragged-record"),
        (["Cy", "x"], "ok", None),
        (["Di", "x", "y", "z"], "rejected", "ragged-record"),
        (["Ed", ""], "repaired", "ragged-record"),
        (["Fay", "x"], "repaired", "ragged-record"),
    ]


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ('29/01/2018,09:00,9,"Boots', "rejected", "malformed-quoting"),
        ('29/01/2018,09:00,9,""Boots, 9"', "rejected", "malformed-quoting"),
        ('29/01/2018,09:00,9,Table 48"', "repaired", "malformed-quoting"),
        ('29/01/2018,09:00,9Table 48"', "rejected", "malformed-quoting"),
        ("29/01/201809:00,9,Boots", "rejected", "ragged-record"),
        ("29/01/2018,09:00,9,Boots,,", "rejected", "ragged-record"),
        ("29/01/2018 09:00 9 Boots", "rejected", "ragged-record"),
    ],
)
async def test_a_damaged_record_is_reported_and_costs_no_other(line: str, status: str, code: str) -> None:
    lines = SHOP.splitlines()
    lines.insert(5, line)
    inspected = await inspect_bytes("\n".join(lines))

    assert inspected.with_status(status) == [(6, code)]
    assert len(inspected.with_status("ok")) == len(lines) - 1
    assert inspected.records[5]["byte"] == len("\n".join(lines[:5])) + 1


async def test_a_quote_inside_a_cell_is_repaired_to_text() -> None:
    inspected = await inspect_bytes(SHOP + '29/01/2018,09:00,9,Table 48" wide\n')

    assert inspected.records[-1]["cells"] == ["29/01/2018", "09:00", "9", 'Table 48" wide']
    assert inspected.found.counts is not None
    assert (inspected.found.counts.accepted, inspected.found.counts.repaired) == (
        10,
        {"malformed-quoting": 1},
    )


@pytest.mark.parametrize("chunk_bytes", [1, 1000])
async def test_records_before_a_header_are_set_apart(chunk_bytes: int) -> None:
    inspected = await inspect_bytes("Export of May\n,,,\n" + SHOP, chunk_bytes=chunk_bytes)

    assert inspected.with_status("rejected") == [(1, "preamble"), (2, "preamble")]
    assert [r["part"] for r in inspected.records[:4]] == ["preamble", "preamble", "header", "body"]
    assert inspected.found.counts is not None
    assert (inspected.found.counts.records, inspected.found.counts.rejects) == (9, {})


async def test_json_lines_of_no_feed_are_taken_apart_all_the_same() -> None:
    found = (await inspect_bytes(b'{"a": 1}\n{"a": 2}\n', "x.jsonl")).found

    assert (found.container, found.refused and found.refused.code) == ("jsonl", "unrecognised")
    assert found.counts is not None
    assert (found.counts.records, found.counts.accepted) == (2, 2)


async def test_a_packed_table_of_no_feed_has_the_digest_of_its_file() -> None:
    content = zipped({"shop.csv": SHOP.encode()})
    found = (await inspect_bytes(content, "shop.zip")).found

    assert (found.feed, found.sha256) == (None, sha256(content).hexdigest())


async def test_a_refusal_in_the_middle_keeps_what_was_known_before() -> None:
    body = "1,c,a,t,graded,5\n" * 20000
    found = (await inspect_bytes(f"{ATTEMPTS}{body}\0\n", chunk_bytes=100_000)).found

    assert (found.feed, found.refused and found.refused.code) == (
        "attempts",
        "nul-byte",
    )
    assert found.counts is None


@given(st.lists(CELLS, min_size=2, max_size=12), st.sampled_from([",", ";", "\t"]))
async def test_every_well_formed_table_comes_out_as_the_csv_module_reads_it(
    table: list[list[str]], separator: str
) -> None:
    # Where all cells but the first begin with a blank, it is part of the separator.
    assume(any(not cell.startswith(" ") for row in table for cell in row[1:]))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["name", "place", "kind"], *table]
    )
    inspected = await inspect_bytes(text.getvalue())

    assert [record["cells"] for record in inspected.records[1:]] == table
    assert not inspected.with_status("rejected")


@given(NOISE)
async def test_every_record_of_any_noise_is_listed_once_and_counted(noise: str) -> None:
    content = ("a,b\n" + noise).encode()
    inspected = await inspect_bytes(content, chunk_bytes=20)

    counts, records = inspected.found.counts, inspected.records
    assert counts is not None
    assert [record["record"] for record in records] == list(range(1, len(records) + 1))
    body = [record for record in records if record["part"] == "body"]
    assert counts.records == len(body) == counts.accepted + counts.rejected
    assert counts.accepted == sum(record["status"] != "rejected" for record in body)
    spans = [content[record["byte"] :][: record["length"]] for record in records]
    assert b"".join(spans).replace(b"\r", b"").replace(b"\n", b"") == content.replace(b"\r", b"").replace(
        b"\n", b""
    )
