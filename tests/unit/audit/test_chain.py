"""The chains: any entry that is changed, dropped, moved or inserted is found, and found where it is."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.audit.chain import ChainCheck, Segment, build_segment, check_segment, genesis
from shared.audit.model import Entry, Outcome
from shared.kernel.events import Json
from shared.kernel.secrets import Keyring
from tests.fixtures.messaging import RING

OWNER, WRITER = "harbor", "w1"


def entry(text: str) -> Entry:
    return Entry("2026-11-20T08:30:00.000Z", "person:1", text, "upload:1", Outcome.ALLOWED, "", "c1")


def segments(actions: list[list[str]], keys: Keyring = RING) -> list[Segment]:
    """The segments of one writer, one per list of actions."""
    made: list[Segment] = []
    for number, texts in enumerate(actions):
        segment = build_segment(
            owner=OWNER,
            writer=WRITER,
            number=number,
            month="2026-11",
            previous=made[-1].last if made else genesis(OWNER, WRITER),
            entries=[entry(text) for text in texts],
            keys=keys,
        )
        made.append(segment)
    return made


def first_fault(chain: list[Segment], owner: str = OWNER) -> str | None:
    check = ChainCheck(owner, RING)
    faults = (check.accept(segment) for segment in chain)
    return next((fault.place for fault in faults if fault is not None), None)


rows = st.lists(st.uuids().map(str), min_size=1, max_size=6, unique=True)
chains = st.lists(rows, min_size=1, max_size=4)


@st.composite
def places(draw: st.DrawFn) -> tuple[list[Segment], int, int]:
    """A chain and the place of one of its entries: segment, position."""
    chain = segments(draw(chains))
    number = draw(st.integers(0, len(chain) - 1))
    return chain, number, draw(st.integers(0, len(chain[number].entries) - 1))


def at(chain: list[Segment], number: int, position: int) -> str:
    return f"{chain[number].id}/entries/{position}"


@given(chains)
def test_an_untouched_chain_has_no_fault(actions: list[list[str]]) -> None:
    assert first_fault(segments(actions)) is None


@given(places(), st.sampled_from(["at", "actor", "action", "object", "outcome", "reason", "correlation_id"]))
def test_a_changed_entry_is_named(place: tuple[list[Segment], int, int], member: str) -> None:
    chain, number, position = place
    changed = [*chain[number].entries]
    changed[position] = {**changed[position], member: "other"}
    chain[number] = replace(chain[number], entries=tuple(changed))
    assert first_fault(chain) == at(chain, number, position)


@given(places(), st.booleans())
def test_a_dropped_entry_is_missed_at_its_place(
    place: tuple[list[Segment], int, int],
    with_its_hash: bool,
) -> None:
    chain, number, position = place
    segment = chain[number]
    hashes = _without(segment.hashes, position) if with_its_hash else segment.hashes
    chain[number] = replace(segment, entries=_without(segment.entries, position), hashes=hashes)
    assert first_fault(chain) == at(chain, number, position)


@given(places(), st.booleans())
def test_an_inserted_entry_is_named(
    place: tuple[list[Segment], int, int],
    with_a_hash: bool,
) -> None:
    chain, number, position = place
    segment = chain[number]
    forged: dict[str, Json] = {**segment.entries[position], "action": "forged.entry"}
    hashes = segment.hashes
    if with_a_hash:
        hashes = (*hashes[:position], "0" * 64, *hashes[position:])
    entries = (*segment.entries[:position], forged, *segment.entries[position:])
    chain[number] = replace(segment, entries=entries, hashes=hashes)
    assert first_fault(chain) == at(chain, number, position)


@given(places(), st.integers(0, 5), st.booleans())
def test_entries_that_changed_places_are_found_at_the_first(
    place: tuple[list[Segment], int, int],
    other: int,
    with_hashes: bool,
) -> None:
    chain, number, position = place
    segment = chain[number]
    assume(other < len(segment.entries) and other != position)
    hashes = _swapped(segment.hashes, position, other) if with_hashes else segment.hashes
    chain[number] = replace(segment, entries=_swapped(segment.entries, position, other), hashes=hashes)
    assert first_fault(chain) == at(chain, number, min(position, other))


@given(chains, st.data())
def test_a_dropped_segment_is_missed_unless_it_was_the_last(
    actions: list[list[str]], data: st.DataObject
) -> None:
    chain = segments(actions)
    assume(len(chain) > 1)
    gone = data.draw(st.integers(0, len(chain) - 2))
    missing = chain.pop(gone)
    assert first_fault(chain) == missing.id


@given(chains)
def test_a_chain_that_was_made_anew_without_the_key_is_found(actions: list[list[str]]) -> None:
    forged = segments(actions, Keyring("2", {"2": b"a guess that is long enough for it"}))
    assert first_fault(forged) == f"{forged[0].id}/entries/{len(forged[0].entries)}"


def test_a_segment_moved_to_another_tenant_is_found() -> None:
    assert first_fault(segments([["a"]]), owner="valley") is not None


def test_a_segment_moved_to_another_writer_or_month_is_found() -> None:
    (segment,) = segments([["a"]])
    assert check_segment(replace(segment, month="2026-10"), RING) is not None
    assert first_fault([replace(segment, writer="w2")]) is not None


def test_a_key_that_left_the_ring_is_named() -> None:
    (segment,) = segments([["a"]])
    fault = check_segment(replace(segment, key_id="7"), RING)
    assert fault is not None
    assert "key 7" in fault.message


def test_an_emptied_segment_is_found() -> None:
    (segment,) = segments([["a"]])
    assert first_fault([replace(segment, entries=(), hashes=())]) == f"{segment.id}/entries/0"


def _without[T](items: tuple[T, ...], position: int) -> tuple[T, ...]:
    return items[:position] + items[position + 1 :]


def _swapped[T](items: tuple[T, ...], one: int, other: int) -> tuple[T, ...]:
    moved = list(items)
    moved[one], moved[other] = moved[other], moved[one]
    return tuple(moved)
