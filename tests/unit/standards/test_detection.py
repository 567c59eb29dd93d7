"""Which version something is: by weight, with every contradiction told, and never refused for being newer."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards import detection
from shared.standards.detection import Reading, judge
from shared.standards.detection.tree import Tree, numbers

KNOWN = ("1.0", "1.1", "1.2", "2.0")
VERSIONS = st.builds("{}.{}".format, st.integers(0, 3), st.integers(0, 12))


def test_the_example_of_the_package_holds() -> None:
    assert doctest.testmod(detection).failed == 0


@pytest.mark.parametrize(
    ("version", "reads_as", "warning"),
    [
        ("1.1", "1.1", ""),
        ("1.2.1", "1.2", "version 1.2.1 is newer than what is known; it is read as 1.2"),
        ("1.9", "1.2", "version 1.9 is newer than what is known; it is read as 1.2"),
        ("3.0", None, "version 3.0 is of an unknown kind"),
    ],
)
def test_an_unknown_version_is_read_as_the_newest_of_its_major(
    version: str, reads_as: str | None, warning: str
) -> None:
    verdict = judge([Reading("manifest", version)], KNOWN)

    assert verdict is not None
    assert (verdict.version, verdict.reads_as, verdict.confidence) == (version, reads_as, 1.0)
    assert verdict.warnings == ((warning,) if warning else ())


def test_a_declaration_outweighs_a_sign_and_the_contradiction_is_told() -> None:
    verdict = judge([Reading("labels", "1.0"), Reading("manifest", "1.1", 2.0)], KNOWN)

    assert verdict is not None
    assert verdict.version == "1.1"
    assert verdict.confidence == pytest.approx(2 / 3)
    assert verdict.contradictions == ("manifest says 1.1, labels say 1.0",)


def test_without_a_reading_there_is_no_verdict() -> None:
    assert judge([], KNOWN) is None


@given(st.lists(st.builds(Reading, st.sampled_from(["manifest", "labels"]), VERSIONS), min_size=1))
def test_every_reading_that_disagrees_is_a_contradiction(readings: list[Reading]) -> None:
    verdict = judge(readings, KNOWN)

    assert verdict is not None
    assert len(verdict.contradictions) == sum(reading.version != verdict.version for reading in readings)
    assert 0 < verdict.confidence <= 1


@given(VERSIONS)
def test_a_variant_is_known_and_of_the_same_major(version: str) -> None:
    variant = Tree.of(KNOWN).variant(version)

    assert variant is None or (variant in KNOWN and numbers(variant)[0] == numbers(version)[0])
