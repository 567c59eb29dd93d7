"""HTML for candidates, cleaned by a parser that sees what browsers see.

nh3 is the library's second dependency, for this alone; it is loaded when the first piece is cleaned.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from shared.standards.qti.delivery.allowed import ATTRIBUTES, HTML, MATHML, PREFIXES, SCHEMES, SVG

if TYPE_CHECKING:
    import nh3

type Resolve = Callable[[str], str | None]
"""Gives the URL at which a file of the package is served to this candidate; None leaves the reference out."""

_WITH_ALL_INSIDE = frozenset(
    ("script", "style", "template", "iframe", "noscript", "object", "embed", "annotation", "annotation-xml")
)


def reference(text: str | None, resolve: Resolve | None = None, *, base: str | None = None) -> str | None:
    """Return what an address refers to for a client, None when it is neither in the content nor by HTTP."""
    address = (text or "").strip()
    try:
        if base and address and not address.startswith("#"):
            address = urljoin(base, address)
        parts = urlsplit(address.replace("\\", "/"))  # as browsers read it
    except ValueError:
        return None
    if parts.scheme in SCHEMES or address.startswith("#"):
        return address
    if parts.scheme or parts.netloc or not parts.path:
        return None
    return address if resolve is None else resolve(address)


def clean(html: str) -> str:
    """Return HTML reduced to what is allowed."""
    return str(_cleaner().clean(html))


@cache
def _cleaner() -> "nh3.Cleaner":
    import nh3  # noqa: PLC0415 - who never shows content to candidates does without it

    return nh3.Cleaner(
        tags=set(HTML | MATHML | SVG),
        clean_content_tags=set(_WITH_ALL_INSIDE),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        generic_attribute_prefixes=set(PREFIXES),
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )
