"""How files of a package name each other: relative addresses that never lead out of it."""

import re
from collections.abc import Iterable
from posixpath import normpath
from typing import Final
from urllib.parse import unquote

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def is_remote(href: str) -> bool:
    """Say whether an address leads out of the package by its scheme or host; nothing of it is fetched."""
    return bool(_SCHEME.match(href)) or href.startswith("//")


class Addresses:
    """The files of a package, found by the addresses that name them.

    Addresses are written as they are, percent-encoded, with backslashes, or in other case; the first of
    these that names a file counts. What is remote, absolute or leads out of the package names none.

    >>> addresses = Addresses(["img/a b.png"])
    >>> addresses.resolve("../img/a%20b.png", base="items")
    'img/a b.png'
    >>> addresses.resolve("../../img/a b.png", base="items") is None
    True
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._folded: dict[str, str | None] = {}
        for name in self._names:
            folded = name.casefold()
            self._folded[folded] = None if folded in self._folded else name

    def resolve(self, href: str, *, base: str = "") -> str | None:
        """Return the file that an address names, relative to a folder; None where there is no such file."""
        path = href.strip().partition("#")[0].partition("?")[0]
        if not path or is_remote(path) or "\0" in path:
            return None
        found = (self._find(spelled, base) for spelled in dict.fromkeys((path, unquote(path))))
        return next((name for name in found if name is not None), None)

    def _find(self, path: str, base: str) -> str | None:
        inside = normpath((f"{base}/{path}" if base else path).replace("\\", "/"))
        if inside.startswith("/") or inside.split("/", 1)[0] == "..":
            return None
        return inside if inside in self._names else self._folded.get(inside.casefold())
