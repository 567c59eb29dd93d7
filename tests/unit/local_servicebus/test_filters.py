"""Correlation rules."""

import pytest

from infra.local.servicebus.entities.filters import CorrelationRule, TrueRule

_PROPERTIES: list[object] = ["m1", None, "to", "label", None, "c1"]
_APPLICATION: dict[object, object] = {"kind": "grade", "rows": 1, "last": True}


def test_a_subscription_without_rules_gets_everything() -> None:
    assert TrueRule().matches([], {})


@pytest.mark.parametrize(
    ("system", "application", "expected"),
    [
        ({}, {"kind": "grade"}, True),
        ({"label": "label", "correlation_id": "c1"}, {"rows": 1, "last": True}, True),
        ({}, {"kind": "Grade"}, False),
        ({}, {"missing": "x"}, False),
        ({"content_type": "text/plain"}, {}, False),
        ({"label": "label"}, {"kind": "other"}, False),
        ({}, {"rows": True}, False),
        ({}, {"last": 1}, False),
        ({}, {"rows": 1.0}, True),
    ],
)
def test_every_value_must_be_equal_in_kind_and_case(
    system: dict[str, str], application: dict[str, str | int | float | bool], expected: bool
) -> None:
    assert CorrelationRule(system, application).matches(_PROPERTIES, _APPLICATION) is expected
