"""What is sealed opens for its tenant at its place only, and is the same bytes each time."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.working.sealing import Sealing
from shared.kernel.errors import Unavailable
from shared.kernel.secrets import Keyring

OLD = Keyring("1", {"1": b"o" * 32})
ROTATED = Keyring("2", {"2": b"n" * 32, "1": b"o" * 32})


@given(st.text(), st.text())
def test_what_is_sealed_opens_at_its_place(text: str, place: str) -> None:
    sealed = Sealing.of(OLD, "north").seal(text, place)
    assert Sealing.of(OLD, "north").open(sealed, place) == text
    assert Sealing.of(OLD, "north").seal(text, place) == sealed


def test_no_other_tenant_place_or_text_opens() -> None:
    mine = Sealing.of(OLD, "north")
    sealed = mine.seal("Ann Poe", "l1")
    assert "Ann" not in sealed
    for sealing, text, place in (
        (mine, sealed, "l2"),
        (Sealing.of(OLD, "south"), sealed, "l1"),
        (mine, sealed[:-4] + "AAAA", "l1"),
        (mine, "Ann Poe", "l1"),
        (mine, "1.", "l1"),
        (mine, "2." + sealed[2:], "l1"),
    ):
        with pytest.raises(Unavailable):
            sealing.open(text, place)


def test_a_rotated_ring_opens_what_the_old_key_sealed() -> None:
    sealed = Sealing.of(OLD, "north").seal("Ann Poe", "l1")
    rotated = Sealing.of(ROTATED, "north")
    assert rotated.open(sealed, "l1") == "Ann Poe"
    assert rotated.seal("Ann Poe", "l1").startswith("2.")


def test_keys_go_to_another_process_and_into_no_text() -> None:
    sealing = Sealing.of(OLD, "north")
    sealed = sealing.seal("Ann Poe", "l1")
    assert copy.deepcopy(sealing).open(sealed, "l1") == "Ann Poe"
    assert "keys" not in repr(sealing)
