"""What a declaration of a route may say."""

from dataclasses import replace

import pytest

from shared.tenancy.model import RateClass, Role
from shared.web.routing import PathParameter, Route, RouteTable

ID = PathParameter("thingId", "", "[a-z]+", "thing")
ROUTE = Route(
    method="GET",
    path="things/{thingId}",
    operation="read_thing",
    summary="",
    tag="things",
    rate=RateClass.READ,
    roles={Role.LEARNER},
    parameters=(ID,),
)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"operation": "ReadThing"}, "lower case"),
        ({"operation": "read__thing"}, "lower case"),
        ({"parameters": ()}, "parameters differ"),
        ({"path": "things/{otherId}"}, "parameters differ"),
        ({"roles": frozenset()}, "either anonymous"),
        ({"anonymous": True}, "either anonymous"),
    ],
)
def test_a_contradiction_is_refused_at_import(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(ROUTE, **changes)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    "twin",
    [
        replace(ROUTE, method="POST"),
        replace(
            ROUTE,
            operation="read_other",
            path="things/{otherId}",
            parameters=(PathParameter("otherId", "", "[0-9]+", "7"),),
        ),
    ],
)
def test_two_routes_share_neither_a_name_nor_a_shape(twin: Route) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        RouteTable([ROUTE, twin])


def test_a_path_value_must_match_entirely() -> None:
    assert ID.admits("abc")
    assert not any(map(ID.admits, ["", "abc\n", "abc/d", "ABC", "a b"]))
