"""Turns a handler's reply into the answer that goes out."""

import hashlib
import math
import re

from pydantic import BaseModel

from shared.web.call import Call, Content, Reply
from shared.web.exchange import Outgoing

_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]")


def render(call: Call, reply: Reply) -> Outgoing:
    """Render `reply`; a read whose tag the caller already holds becomes a 304 without a body."""
    body, headers = _body(reply)
    if reply.data_version is not None:
        headers["Data-Version"] = str(reply.data_version)
    if reply.next_poll is not None:
        headers["Next-Poll"] = str(math.ceil(reply.next_poll.total_seconds()))
    if reply.location is not None:
        headers["Location"] = reply.location
    status = reply.status or call.route.status
    if not call.route.is_read or status != 200:
        return Outgoing(status, headers, body)
    headers |= _caching(call, reply)
    tag = call.tags.tag(reply.etag or f"body:{hashlib.sha256(body).hexdigest()}")
    headers["ETag"] = tag
    if call.tags.is_unchanged(call.headers.get("if-none-match"), tag):
        headers.pop("Content-Type", None)
        return Outgoing(304, headers)
    return Outgoing(status, headers, body)


def _body(reply: Reply) -> tuple[bytes, dict[str, str]]:
    match reply.model:
        case None:
            return b"", {}
        case Content() as content:
            return content.body, _of_content(content)
        case BaseModel() as model:
            written = model.model_dump_json().encode() if reply.body is None else reply.body
            return written, {"Content-Type": "application/json"}


def _of_content(content: Content) -> dict[str, str]:
    headers = {"Content-Type": content.media_type, "Content-Security-Policy": content.policy}
    if content.encoding is not None:
        headers["Content-Encoding"] = content.encoding
    if content.file_name is not None:
        # What a feed calls a course may hold anything; the name that a browser saves under may not.
        name = _UNUSUAL.sub("-", content.file_name)
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return headers


def _caching(call: Call, reply: Reply) -> dict[str, str]:
    """Let only the caller's own client keep the answer, and ask before it uses it again.

    What everybody may read is public, and squeezed for those who take that.
    """
    if call.route.anonymous:
        is_immutable = isinstance(reply.model, Content) and reply.model.is_immutable
        lasting = "public, max-age=31536000, immutable" if is_immutable else "no-cache"
        return {"Cache-Control": lasting, "Vary": "Accept-Encoding"}
    return {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
