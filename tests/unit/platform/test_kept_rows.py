"""Rows that are kept between folds: of one version, and no more bytes than there is room for."""

import polars as pl

from shared.platform.lake import kept

ROWS = pl.DataFrame({"course": ["algebra", "biology"]})


def _of(megabytes: int) -> pl.DataFrame:
    return pl.DataFrame({"n": pl.zeros(megabytes * 1_000_000, dtype=pl.UInt8, eager=True)})


def test_rows_are_given_for_their_version_only() -> None:
    rows = kept.KeptRows()
    rows.put("north", 3, ROWS)
    assert rows.get("north", 3) is ROWS
    assert rows.get("north", 4) is None
    assert rows.get("south", 3) is None


def test_a_newer_version_takes_the_place_of_the_older() -> None:
    rows = kept.KeptRows()
    rows.put("north", 3, ROWS)
    rows.put("north", 4, _of(1))
    assert rows.get("north", 3) is None
    assert rows.get("north", 4) is not None


def test_what_was_used_least_recently_goes_when_there_is_no_room() -> None:
    rows = kept.KeptRows()
    for n in range(8):
        rows.put(f"tenant {n}", 0, _of(4))
    assert rows.get("tenant 0", 0) is not None
    rows.put("one more", 0, _of(4))
    assert rows.get("tenant 0", 0) is not None
    assert rows.get("tenant 1", 0) is None


def test_large_tables_are_not_kept() -> None:
    rows = kept.KeptRows()
    rows.put("north", 0, ROWS)
    rows.put("north", 1, _of(5))
    assert rows.get("north", 0) is None
    assert rows.get("north", 1) is None
