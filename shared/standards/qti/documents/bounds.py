"""What no document may ask for, beyond what the parser bounds: crowds of nodes, declarations, inclusions."""

import re
from typing import Final

from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Place, Refused
from shared.standards.qti.limits import Limits
from shared.standards.qti.vocabulary.namespaces import XINCLUDE

_LEADS_OUT: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|/|\\|(.*[/\\])?\.\.([/\\]|$)")


def refuse_crowds(content: bytes, file: str, limits: Limits) -> None:
    """Raise Refused where bytes could hold more elements or attributes than may be, before they are parsed.

    A node costs the parser a hundred bytes, so 16 MB of empty elements would cost half a gigabyte. Every
    element has a `<` and every attribute a `=`, whatever else has them too.
    """
    if len(content) // 2 <= limits.elements:
        return  # too few bytes for a crowd
    crowd = max(content.count(b"<") // 2, content.count(b"=") // 2)
    if crowd > limits.elements:
        message = f"about {crowd} elements and attributes; at most {limits.elements} are read"
        raise Refused(message, rule="limits.elements", place=Place(file))


def refuse_hidden(root: Element, file: str) -> None:
    """Raise Refused for a DOCTYPE that only the parser saw, hidden by an encoding or a comment."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("a DOCTYPE that hides", rule="no document type", place=Place(file, 1))


def refuse_inclusions(root: Element, file: str) -> None:
    """Raise Refused for an XInclude of what is outside of the package. Others stay, and are not followed."""
    for include in root.iter(f"{{{XINCLUDE}}}include"):
        if _LEADS_OUT.match(include.get("href", "").strip()):
            raise Refused("an XInclude that leads out", rule="no inclusion", place=place_of(include, file))
