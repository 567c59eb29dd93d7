"""The states of an ingest and the rules that lead from one to the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion import policies
from shared.ingestion.documents import ingest_document, read_ingest
from shared.ingestion.loads import Load, Target
from shared.ingestion.model import (
    TRANSITIONS,
    ChunkDone,
    Failure,
    Ingest,
    IngestState,
    Progress,
    Recognition,
)
from shared.ingestion.refusal import FileRefused
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Conflict, InvalidInput, TooLarge, Violation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESULTS = Target(TableName.RESULTS, Load.REPLACE, (), 0.5)
PINS = Recognition(
    sha256="ab", feed="attempts", mapping_version=1, engine_version=1, source="attempts.x", targets=(RESULTS,)
)
LANDED = Ingest(
    id="1",
    state=IngestState.LANDED,
    file_name="a.csv",
    blob="t/1/a.csv",
    etag="e",
    size=1,
    reached={IngestState.LANDED: NOW},
)


def done(n: int, accepted: int = 1, rejected: int = 0) -> ChunkDone:
    codes = {"bad-number": rejected} if rejected else {}
    return ChunkDone(n=n, part=None, accepted=accepted, rejected=rejected, rejects=codes)


def planned(chunks: int, records: int) -> Ingest:
    ingest = LANDED.to(IngestState.PLANNED, NOW)
    return replace(ingest, recognition=PINS, progress=Progress(chunks=chunks, records=records))


@pytest.mark.parametrize("state", IngestState)
def test_only_the_steps_of_the_state_machine_are_taken(state: IngestState) -> None:
    ingest = replace(LANDED, state=state)
    for target in IngestState:
        if target in TRANSITIONS[state]:
            assert ingest.to(target, NOW).reached[target] == NOW
        else:
            with pytest.raises(Conflict):
                ingest.to(target, NOW)


@given(st.permutations(range(6)))
def test_chunks_in_any_order_come_to_the_same_end(order: list[int]) -> None:
    ingest = planned(chunks=6, records=36)
    for n in order:
        assert ingest.state in {IngestState.PLANNED, IngestState.WORKING}
        ingest = policies.after_chunk(ingest, done(n, accepted=5, rejected=n % 2), 0.5, NOW)

    assert ingest.state is IngestState.WORKED
    assert (ingest.progress.accepted, ingest.progress.rejected) == (30, 3)
    assert ingest.progress.rejects == {"bad-number": 3}


def test_too_many_rejects_end_an_ingest_before_anything_is_visible() -> None:
    below = policies.after_chunk(planned(1, 4), done(0, 3, 1), 0.25, NOW)
    above = policies.after_chunk(planned(1, 4), done(0, 2, 2), 0.25, NOW)

    assert below.state is IngestState.WORKED
    assert above.failure == Failure(
        "too-many-rejects", "2 of 4 records were rejected, more than 25%; nothing was taken over"
    )


@given(st.integers(1, 80), st.integers(1, 8))
def test_the_calls_of_a_window_take_every_chunk_once(chunks: int, window: int) -> None:
    asked, taken = list(policies.first_chunks(chunks, window)), list[int]()
    for n in asked:
        run = policies.chunks_of_call(n, chunks, window)
        taken += run
        following = policies.next_chunk(run[-1], chunks, window)
        asked += [following] if following is not None else []

    assert sorted(taken) == list(range(chunks))


def test_an_earlier_ingest_states_the_same_only_while_its_facts_stand() -> None:
    earlier = replace(planned(1, 1), state=IngestState.FOLDED)

    assert policies.states_the_same(PINS, earlier)
    assert not policies.states_the_same(PINS, replace(earlier, state=IngestState.FAILED))
    assert not policies.states_the_same(replace(PINS, mapping_version=2), earlier)
    assert not policies.states_the_same(PINS, LANDED)


@pytest.mark.parametrize(("size", "error"), [(0, InvalidInput), (-1, InvalidInput), (10**13, TooLarge)])
def test_a_size_that_is_never_taken_is_refused(size: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        policies.check_size(size, policies.LARGEST_UPLOAD)


def test_an_ingest_is_written_and_read_back_whole() -> None:
    ingest = replace(
        planned(3, 10),
        progress=Progress(chunks=3, records=10).plus(done(0, 2, 1), NOW + timedelta(seconds=1)),
        warnings=("w",),
        failure=Failure("x", "y", (Violation("p", "m"),)),
        table_versions={TableName.RESULTS: 7},
        supersedes="0",
    )

    assert read_ingest({**ingest_document(ingest), "ingestId": "1"}) == ingest
    assert read_ingest({**ingest_document(LANDED), "ingestId": "1"}) == LANDED
    assert ingest.last_progress_at == NOW + timedelta(seconds=1)


def test_a_table_that_others_look_up_in_is_held_to_a_size() -> None:
    policies.check_lookup("lineItems", policies.LOOKUP_BYTES)
    with pytest.raises(FileRefused, match="lineItems"):
        policies.check_lookup("lineItems", policies.LOOKUP_BYTES + 1)
