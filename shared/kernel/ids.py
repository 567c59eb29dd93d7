"""Identifiers: time-ordered UUIDs for new things, slugs for tenants."""

import re
import secrets
import time
import uuid
from datetime import datetime

_TENANT_ID = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
_MILLISECONDS_48 = (1 << 48) - 1


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562 section 5.7) in its canonical text form.

    Ids of later milliseconds sort after ids of earlier ones; within a millisecond the order is random.
    """
    return uuid7_at(time.time_ns() // 1_000_000)


def uuid7_at(unix_milliseconds: int) -> str:
    """Return a UUIDv7 whose time field holds `unix_milliseconds`; the other 74 bits are random."""
    random = secrets.randbits(74)
    value = (unix_milliseconds & _MILLISECONDS_48) << 80
    value |= 0x7 << 76
    value |= (random >> 62) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return str(uuid.UUID(int=value))


def id_after(text: str) -> str:
    """Return the id that sorts right after a UUIDv7, before any of a later millisecond; always the same.

    Its upper half counts on by one: over the 12 random bits, and over the version into the time after them.
    """
    value = uuid.UUID(text).int
    step = 1 << 64 if (value >> 64) & 0xFFF != 0xFFF else (1 << 80) - (0xFFF << 64)
    return str(uuid.UUID(int=value + step))


def least_id(moment: datetime) -> str:
    """Return the text that ids from `moment` on are not less than, and earlier ones are less than."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80))


def is_id(text: str) -> bool:
    """Tell whether `text` is a UUID in canonical form: lower case, with hyphens."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def is_tenant_id(text: str) -> bool:
    """Tell whether `text` may name a tenant: 3 to 40 of `a-z 0-9 -`, a letter first, no `-` last.

    The form fits a blob container name (`lake-{tenant}`), a partition key and a URL segment unescaped.
    """
    return _TENANT_ID.fullmatch(text) is not None and "--" not in text
