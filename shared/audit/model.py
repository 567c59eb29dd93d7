"""Audit entries. They name people, clients and objects by id only."""

import hashlib
import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from shared.kernel.events import Json

_REFERENCE = re.compile(r"[A-Za-z0-9._:/~{}-]{1,200}")


class Outcome(StrEnum):
    """How an action ended."""

    ALLOWED = "allowed"
    REFUSED = "refused"


def reference(text: str) -> str:
    """Return `text` when it can only be an identifier, else a digest that stands for it.

    Callers may send anything in the place of an id, an e-mail address for one: such text is recognisable in
    the audit by its digest, and not readable.
    """
    if _REFERENCE.fullmatch(text):
        return text
    return f"~{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One action, or `count` equal refusals between `since` and `at` (both RFC 3339).

    `action` is `{noun}.{verb}`, `object` is `{kind}:{id}`, `reason` is a code of the error tree or empty.
    """

    at: str
    actor: str
    action: str
    object: str
    outcome: Outcome
    reason: str
    correlation_id: str
    count: int = 1
    since: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the entry as it is stored and hashed."""
        return asdict(self)
