"""Throughput offers of databases and containers. They are kept and returned; nothing is throttled by them."""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.cosmos.catalog import Catalog, Container, Database, resource_id
from infra.local.cosmos.errors import bad_request, not_found
from infra.local.cosmos.values import load_json

LEAST = 400
STEP = 100
LEAST_AUTOSCALE = 1000
DEFAULT: Mapping[str, Any] = {"offerThroughput": LEAST}


def offer_of_headers(headers: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the throughput that a create request asks for, None when it does not."""
    fixed = headers.get("x-ms-offer-throughput")
    autoscale = headers.get("x-ms-cosmos-offer-autopilot-settings")
    if fixed is not None:
        if not fixed.isdecimal():
            raise bad_request(f"The offer throughput {fixed!r} is not a number.")
        return check_offer({"offerThroughput": int(fixed)})
    return None if autoscale is None else check_offer({"offerAutopilotSettings": load_json(autoscale)})


def check_offer(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of an offer; 400 when the service would not sell it."""
    settings = content.get("offerAutopilotSettings")
    amount = settings.get("maxThroughput") if settings else content.get("offerThroughput")
    least, step = (LEAST_AUTOSCALE, LEAST_AUTOSCALE) if settings else (LEAST, STEP)
    if type(amount) is not int or amount < least or amount % step:
        raise bad_request(
            f"The offer should have a valid throughput: at least {least}, in steps of {step}, not {amount!r}."
        )
    if settings:
        return {**content, "offerThroughput": amount // 10}
    return content


def all_offers(catalog: Catalog) -> Iterator[tuple[Database | Container, dict[str, Any]]]:
    """Yield every owner of throughput with its offer resource."""
    for database in catalog.databases():
        if database.offer:
            yield database, _resource(database, database.offer)
        for container in catalog.containers(database):
            if container.offer:
                yield container, _resource(container, container.offer)


def find_offer(catalog: Catalog, rid: str) -> tuple[Database | Container, dict[str, Any]]:
    """Return an offer by resource id or fail with 404."""
    found = next((each for each in all_offers(catalog) if each[1]["_rid"] == rid), None)
    if found is None:
        raise not_found("Resource Not Found.")
    return found


def _resource(owner: Database | Container, content: dict[str, Any]) -> dict[str, Any]:
    rid = resource_id(owner.number.to_bytes(6, "big"))
    return {
        "id": rid,
        "_rid": rid,
        "_self": f"offers/{rid}/",
        "_etag": f'"{owner.number:08x}"',
        "_ts": owner.ts,
        "offerVersion": "V2",
        "offerType": "Invalid",
        "resource": owner.self_link,
        "offerResourceId": owner.rid,
        "content": content,
    }
