"""A district with an appliance of its own, and the stamp that its bundles come to."""

import pytest

from tests.fixtures.appliances import District, Stamp


@pytest.fixture
def district() -> District:
    return District()


@pytest.fixture
def stamp(district: District) -> Stamp:
    return Stamp(district)
