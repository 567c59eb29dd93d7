"""Indexing policies: which paths are indexed and which orders composite indexes can serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.cosmos.errors import bad_request

type Path = tuple[str, ...]
type SortOrder = tuple[tuple[Path, bool], ...]

DEFAULT_POLICY: Mapping[str, Any] = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}
ALWAYS_INDEXED = frozenset({("id",), ("_ts",)})


@dataclass(frozen=True, slots=True)
class PathRule:
    """A path of the policy: `/a/*` covers everything under a, `/a/?` the scalar at a."""

    prefix: Path
    is_scalar: bool
    included: bool

    def precision(self, path: Path) -> int:
        """Return how exactly the rule speaks about the path, -1 if it does not; `?` beats `*`."""
        if self.is_scalar:
            return 2 * len(path) + 1 if path == self.prefix else -1
        return 2 * len(self.prefix) if path[: len(self.prefix)] == self.prefix else -1


@dataclass(frozen=True, slots=True)
class IndexingPolicy:
    """The parsed policy of a container. A composite index is a sequence of (path, descending)."""

    rules: tuple[PathRule, ...]
    composites: tuple[SortOrder, ...]

    def covers(self, path: Path) -> bool:
        """Tell whether a property is indexed: the most precise rule decides."""
        if path in ALWAYS_INDEXED and self.rules:
            return True
        best = max(self.rules, key=lambda rule: (rule.precision(path), rule.included), default=None)
        return best is not None and best.precision(path) >= 0 and best.included

    def serves(self, order: SortOrder) -> bool:
        """Tell whether a composite index has exactly these properties in this order or its opposite."""
        opposite = tuple((path, not descending) for path, descending in order)
        return order in self.composites or opposite in self.composites


def complete_policy(policy: object) -> dict[str, Any]:
    """Return the policy as the service stores it: defaults filled in, `_etag` excluded."""
    if policy is None:
        return dict(DEFAULT_POLICY)
    if not isinstance(policy, dict):
        raise bad_request("The indexing policy must be an object.")
    mode = str(policy.get("indexingMode", "consistent")).lower()
    if mode not in {"consistent", "none"}:
        raise bad_request(f"The indexing mode {mode!r} is not supported: use consistent or none.")
    if mode == "none":
        return {"automatic": False, "includedPaths": [], "excludedPaths": [], **policy, "indexingMode": mode}
    excluded, included = _entries(policy, "excludedPaths"), _entries(policy, "includedPaths")
    if not any(rule.get("path") == "/*" for rule in included + excluded):
        if included:
            raise bad_request(
                'The special mandatory indexing path "/" is not provided in any of the path type sets.'
            )
        included = [{"path": "/*"}]
    if DEFAULT_POLICY["excludedPaths"][0] not in excluded:
        excluded += DEFAULT_POLICY["excludedPaths"]
    return {
        "automatic": True,
        **policy,
        "indexingMode": mode,
        "includedPaths": included,
        "excludedPaths": excluded,
    }


def parse_policy(policy: Mapping[str, Any]) -> IndexingPolicy:
    """Read a completed policy; a CosmosError (400) names a path that is not one."""
    rules = [_rule(entry, included=True) for entry in policy.get("includedPaths", ())]
    rules += [_rule(entry, included=False) for entry in policy.get("excludedPaths", ())]
    composites = tuple(_composite(index) for index in policy.get("compositeIndexes", ()))
    return IndexingPolicy(tuple(rules), composites)


def _entries(policy: Mapping[str, Any], name: str) -> list[Any]:
    entries = policy.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise bad_request(f"{name} of the indexing policy must be an array of objects.")
    return list(entries)


def _split(path: str) -> Path:
    return tuple(part.strip('"') for part in path.strip("/").split("/"))


def _rule(entry: Mapping[str, Any], *, included: bool) -> PathRule:
    path = entry.get("path")
    parts = _split(path) if isinstance(path, str) and path.startswith("/") else ("",)
    if parts[-1] not in {"*", "?"} or parts == ("?",):
        raise bad_request(f"The indexing path {path!r} could not be accepted: it must end in /* or /?.")
    return PathRule(parts[:-1], parts[-1] == "?", included)


def _composite(index: object) -> SortOrder:
    if not isinstance(index, list) or len(index) < 2:
        raise bad_request("A composite index needs at least two paths.")
    order = []
    for entry in index:
        path = entry.get("path") if isinstance(entry, dict) else None
        if not isinstance(path, str) or not path.startswith("/") or path.endswith(("/*", "/?")):
            raise bad_request(f"The composite index path {path!r} must be a plain property path.")
        order.append((_split(path), str(entry.get("order", "ascending")).lower() == "descending"))
    return tuple(order)
