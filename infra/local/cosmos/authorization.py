"""Master-key signatures of requests."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import unquote

from infra.local.cosmos.errors import CosmosError, not_implemented

# Published by Microsoft for every emulator.
EMULATOR_KEY = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="
CLOCK_SKEW = timedelta(minutes=15)


def decode_key(key: str) -> bytes:
    """Return the bytes of an account key; ValueError when it is not base64."""
    try:
        return base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the account key is not base64: {error}") from error


def check_signature(
    key: bytes, method: str, resource_type: str, resource_link: str, headers: Mapping[str, str]
) -> None:
    """Refuse with 401 a request that is not signed with the key, with 403 one that is not of now.

    The signed text is the verb, the resource type, the link and the date, each on a line. Links by name are
    signed as they are; links by resource id with the last id alone in lower case.
    """
    date = headers.get("x-ms-date", "")
    signature = _signature(headers.get("authorization", ""))
    last_id = resource_link.rpartition("/")[2].lower()
    if not any(
        hmac.compare_digest(_sign(key, method, resource_type, link, date), signature)
        for link in (resource_link, last_id)
    ):
        raise CosmosError(
            401,
            "The input authorization token can't serve the request. The key is wrong or the signed text "
            f"is not as the protocol has it: {method.lower()} {resource_type} {resource_link}.",
        )
    _check_date(date)


def _signature(authorization: str) -> bytes:
    if not authorization:
        raise CosmosError(401, "Required Header authorization is missing.")
    fields = {
        name: value for name, _, value in (part.partition("=") for part in unquote(authorization).split("&"))
    }
    if fields.get("type") == "aad":
        raise not_implemented("Microsoft Entra ID tokens")
    if fields.get("type") == "resource":
        raise not_implemented("resource tokens")
    return fields.get("sig", "").encode()


def _sign(key: bytes, method: str, resource_type: str, link: str, date: str) -> bytes:
    text = f"{method.lower()}\n{resource_type}\n{link}\n{date.lower()}\n\n"
    return base64.b64encode(hmac.digest(key, text.encode(), "sha256"))


def _check_date(date: str) -> None:
    sent = _parse_date(date)
    if sent is None or abs(datetime.now(UTC) - sent) > CLOCK_SKEW:
        raise CosmosError(403, "The authorization token is not valid at the current time.")


@lru_cache(8)
def _parse_date(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except ValueError:
        return None
