"""Entity tags and conditional requests (RFC 9110 sections 8.8.3 and 13).

A tag is a digest over the stamp, the tenant, what the caller may see, the path with its query, and the
version of the object. Equal objects of two tenants, or one object shown to two roles, never share a tag.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.kernel.errors import InvalidInput, PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Principal

_LIST = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W/)?"[\x21\x23-\x7e]*")*')
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e]*")')


@dataclass(frozen=True, slots=True)
class EntityTags:
    """Makes and compares the tags of one caller for one path."""

    audience: str
    """A text that differs between any two callers who may be shown different things."""
    target: str

    @classmethod
    def for_caller(cls, scope: TenantScope, principal: Principal, target: str) -> "EntityTags":
        """Make the tags of an authenticated caller for `target`, a path with its query."""
        return cls(scope.key(*_view(principal)), target)

    @classmethod
    def for_public(cls, target: str) -> "EntityTags":
        """Make the tags of what everybody may read."""
        return cls("public", target)

    def tag(self, version: str) -> str:
        """Return the tag, in quotes, of `version` of the object."""
        text = json.dumps([self.audience, self.target, version], ensure_ascii=True)
        digest = hashlib.sha256(text.encode()).digest()[:18]
        return f'"{base64.urlsafe_b64encode(digest).decode()}"'

    def is_unchanged(self, if_none_match: str | None, tag: str) -> bool:
        """Tell whether the caller holds what `tag` names (weak comparison, section 13.1.2)."""
        if if_none_match is None:
            return False
        held = _parse(if_none_match, "header:If-None-Match")
        return held is None or tag in [value for _, value in held]

    def require_match(self, if_match: str | None, version: str) -> None:
        """Raise `PreconditionFailed` when the caller knows another version (strong comparison, 13.1.1)."""
        if if_match is None:
            return
        known = _parse(if_match, "header:If-Match")
        if known is not None and ("", self.tag(version)) not in known:
            raise PreconditionFailed


def _view(principal: Principal) -> Sequence[str]:
    sets = (principal.roles, principal.scopes, principal.courses, principal.learners)
    return [principal.actor, json.dumps([sorted(values) for values in sets])]


def _parse(field: str, place: str) -> list[tuple[str, str]] | None:
    if field.strip() == "*":
        return None
    if not _LIST.fullmatch(field.strip()):
        raise InvalidInput.at(place, "not a list of entity tags")
    return [(weak, tag) for weak, tag in _TAG.findall(field)]
