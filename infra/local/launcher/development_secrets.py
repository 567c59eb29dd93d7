"""The development secrets: random keys in one file, made at the first start."""

import json
import os
import secrets
from pathlib import Path

FAMILIES = ("audit", "cursor", "envelope", "pseudonym", "roster", "upload")
"""Each is a ring of keys: `{family}-current` names the ids, `{family}-{id}` holds a key."""

_FIRST_ID = "1"


def ensure_secrets(file: Path) -> None:
    """Make the file hold a ring for every family; what is there stays.

    A key is 32 random bytes in unpadded base64url (RFC 4648 section 5). Only the owner may read the file.
    """
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    missing = [family for family in FAMILIES if f"{family}-current" not in known]
    if missing:
        for family in missing:
            known |= {f"{family}-current": _FIRST_ID, f"{family}-{_FIRST_ID}": secrets.token_urlsafe(32)}
        _replace(file, json.dumps(known, indent=2, sort_keys=True))


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)
    unfinished.replace(file)
