"""A chunk that ends its process is halved until the record is found; all its other records come through."""

from dataclasses import replace

from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Chunk, Dialect, Layout, PlannedMember, Recognition
from shared.ingestion.working.isolating import Isolator
from shared.ingestion.working.work import ENGINE_VERSION, Task, work
from tests.fixtures.poison import ENTRY, POISON

HEADER = ("student_id", "course_id", "assessment_id", "assessment_title", "status", "score")
KEY = b"k" * 32


def row(n: int, title: str = "Quiz") -> bytes:
    return f"{n:03d},alg,q{n},{title},graded,5\n".encode()


def task_for(data: bytes, records: int) -> Task:
    layout = Layout(dialect=Dialect(), header=HEADER, constants={}, body_offset=40)
    return Task(
        ingest_id="i",
        chunk=Chunk(3, 40, len(data), 2, records),
        member=PlannedMember(name="a.csv", part="attempts", layout=layout, size=40 + len(data)),
        recognition=Recognition(
            sha256="",
            feed="attempts",
            mapping_version=1,
            engine_version=ENGINE_VERSION,
            source="attempts.a",
            targets=(),
        ),
        mapping=Catalogue.built_in().get("attempts", 1),
    )


async def test_only_the_record_that_ends_its_process_is_rejected() -> None:
    rows = [row(n, POISON.decode() if n == 2 else '"Quiz,\nlong"') for n in range(5)]
    data = b"".join(rows)
    task = task_for(data, 5)

    done = await Isolator(entry=ENTRY).work(data, task, KEY)

    sound = work(data.replace(POISON, b"Quiz"), task, KEY)
    assert done.records == 5
    assert done.facts["record"].to_list() == [2, 3, 5, 6]
    assert done.rejects.select("record", "byte", "length", "code").rows() == [
        (4, 40 + len(rows[0] + rows[1]), len(rows[2]), "poison-record")
    ]
    kept = sound.facts.filter(sound.facts["record"] != 4)
    assert done.facts.drop("byte").equals(kept.drop("byte"))


async def test_without_poison_the_result_is_that_of_the_worker() -> None:
    data = row(1) + b"2,alg,q,Quiz,graded,many\n"
    task = task_for(data, 2)

    done, expected = await Isolator().work(data, task, KEY), work(data, task, KEY)

    assert done.facts.equals(expected.facts)
    assert done.rejects.equals(expected.rejects)


async def test_a_piece_that_never_ends_counts_as_one_that_dies() -> None:
    data = row(1)
    done = await replace(Isolator(), seconds=0).work(data, task_for(data, 1), KEY)

    assert done.rejects["code"].to_list() == ["poison-record"]
