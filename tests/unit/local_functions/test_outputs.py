import json
from collections.abc import Mapping

import pytest

from infra.local.functions.definitions import Binding, FunctionDefinition
from infra.local.functions.engine import TypedValue, as_json, binary, text
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.outputs import check_outputs, message_bodies
from tests.unit.local_functions.samples import a_function


def _with_binding(kind: str, direction: str) -> FunctionDefinition:
    plain = a_function()
    options: Mapping[str, object] = {"direction": direction}
    return FunctionDefinition(
        plain.name, plain.id, plain.trigger, (Binding("it", kind, options),), None, takes_sdk_type=False
    )


@pytest.mark.parametrize(
    ("value", "bodies"),
    [
        (text("one"), ["one"]),
        (binary(b"\xff"), [b"\xff"]),
        (as_json(["one", "two"]), ["one", "two"]),
        (as_json([{"a": 1}]), [json.dumps({"a": 1})]),
        (as_json({"a": 1}), [json.dumps({"a": 1})]),
    ],
)
def test_each_element_of_a_list_is_a_message(value: TypedValue, bodies: list[str | bytes]) -> None:
    assert message_bodies(value) == bodies


@pytest.mark.parametrize("kind", ["serviceBus", "blob", "http"])
def test_served_outputs_are_accepted(kind: str) -> None:
    check_outputs(_with_binding(kind, "OUT"))


@pytest.mark.parametrize(("kind", "direction"), [("queue", "OUT"), ("cosmosDB", "OUT"), ("blob", "IN")])
def test_other_bindings_are_refused_by_name(kind: str, direction: str) -> None:
    with pytest.raises(InvalidBinding, match=f"'sample'.*'{kind}'"):
        check_outputs(_with_binding(kind, direction))
