"""What a mapping file says of itself in its leading comment."""

import re
import textwrap
from itertools import takewhile


def leading_comment(text: str) -> str:
    """Return the comment that a file starts with, as Markdown: an indented paragraph keeps its columns."""
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    said = "\n".join(line.removeprefix("#").removeprefix(" ").rstrip() for line in lines)
    return "\n\n".join(_paragraph(part) for part in re.split(r"\n{2,}", said.strip("\n")))


def _paragraph(text: str) -> str:
    if all(line.startswith(" ") for line in text.splitlines()):
        return f"```text\n{textwrap.dedent(text)}\n```"
    return text
