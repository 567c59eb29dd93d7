"""Numbers that stand in the head of a table, as people write them in any country."""

import re
from typing import Final

_PLAIN: Final = re.compile(r"(\d{1,14})(?:[.,](\d+))?")
_GROUPED: Final = re.compile(r"(\d{1,3}(?:([.,\s'])\d{3}){1,3})(?:(?!\2)[.,](\d+))?")
"""With a mark between the thousands, which is another than that before the decimals."""


def decimal_text(text: str) -> str | None:
    """Return a number with a point before its decimals and no other mark, None for what is no number.

    A single mark is taken for that of the decimals.
    """
    if match := _PLAIN.fullmatch(text):
        whole, decimals = match.groups()
    elif match := _GROUPED.fullmatch(text):
        whole, decimals = re.sub(r"\D", "", match[1]), match[3]
    else:
        return None
    return f"{whole}.{decimals}" if decimals else whole
