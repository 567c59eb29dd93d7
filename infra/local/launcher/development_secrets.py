"""The development secrets: random keys in one file, made at the first start."""

import json
import os
import secrets
from pathlib import Path

NAMES = (
    "cursor-key",
    "envelope-mac-key",
    "host-function-key",
    "host-master-key",
    "roster-key",
    "tenant-pseudonym-master-key",
    "upload-key",
)


def ensure_secrets(file: Path) -> None:
    """Make the file hold a value for every name; values that are there stay.

    A value is 32 random bytes in unpadded base64url (RFC 4648 section 5). Only the owner may read the file.
    """
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    complete = {name: known.get(name) or secrets.token_urlsafe(32) for name in NAMES} | known
    if complete == known:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        json.dump(complete, output, indent=2, sort_keys=True)
    unfinished.replace(file)
