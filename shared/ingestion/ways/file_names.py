"""What the name of a file may be."""

import re
import unicodedata
from typing import Final

from shared.kernel.errors import InvalidInput

_LONGEST: Final = 120
_UNSAFE: Final = re.compile(r"[^\w.\- ()]")


def sanitised(name: str) -> str:
    """Return a name that is safe in a blob path and a URL segment; folders before the name are dropped.

    `InvalidInput` when nothing of the name is left.
    """
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = _UNSAFE.sub("_", base).strip(" .").rpartition(".")
    kept = f"{stem[: _LONGEST - len(extension) - 1]}{dot}{extension}"[-_LONGEST:].strip(" .")
    if not kept.strip("_"):
        raise InvalidInput.at("/fileName", "a file name needs a letter or a digit")
    return kept
