"""Paths -> addresses: which resource a request is about and how its link is signed."""

from dataclasses import dataclass
from urllib.parse import unquote

from infra.local.cosmos.errors import CosmosError, not_found, not_implemented

ABSENT = {
    "sprocs": "stored procedures",
    "udfs": "user-defined functions",
    "triggers": "triggers",
    "conflicts": "the conflict feed",
    "users": "users",
    "permissions": "permissions",
    "attachments": "attachments",
    "clientencryptionkeys": "client encryption keys",
    "udts": "user-defined types",
}
METHODS = {
    "": {"GET"},
    "dbs": {"GET", "POST"},
    "dbs/*": {"GET", "DELETE"},
    "dbs/*/colls": {"GET", "POST"},
    "dbs/*/colls/*": {"GET", "PUT", "DELETE"},
    "dbs/*/colls/*/pkranges": {"GET"},
    "dbs/*/colls/*/docs": {"GET", "POST"},
    "dbs/*/colls/*/docs/*": {"GET", "PUT", "PATCH", "DELETE"},
    "dbs/*/colls/*/operations/*": {"POST"},
    "offers": {"GET", "POST"},
    "offers/*": {"GET", "PUT"},
}
DELETE_PARTITION = "partitionkeydelete"


@dataclass(frozen=True, slots=True)
class Address:
    """A resource: `pattern` has `*` for each name, `names` are the names in order."""

    pattern: str
    names: tuple[str, ...]
    resource_type: str
    link: str


def parse_target(method: str, path: str) -> Address:
    """Return what a request is about.

    501 names a kind of resource that only the cloud has; 404 is for other paths, 405 for other methods.
    """
    parts = [unquote(part) for part in path.split("/") if part]
    kinds, names = parts[::2], tuple(parts[1::2])
    for kind in kinds:
        if kind in ABSENT:
            raise not_implemented(ABSENT[kind])
    pattern = "/".join("*" if position % 2 else part for position, part in enumerate(parts))
    if pattern not in METHODS:
        raise not_found(f"The path {path} is not that of a resource.")
    if method not in METHODS[pattern]:
        raise CosmosError(405, f"{method} is not possible on {path}.")
    if kinds and kinds[-1] == "operations":
        if names[-1] != DELETE_PARTITION:
            raise not_implemented(f"the operation {names[-1]}")
        return Address(pattern, names, "colls", "/".join(parts[:4]))
    is_feed = len(parts) % 2 == 1
    return Address(pattern, names, kinds[-1] if kinds else "", "/".join(parts[:-1] if is_feed else parts))
