"""Small Parquet parts, kept whole by the process that reads them: a part never changes once it is written."""

from datetime import timedelta
from typing import Final

from shared.kernel.clock import Clock
from shared.kernel.recent import Recent

LIFETIME: Final = timedelta(minutes=20)
"""How long a part is kept at most: then what a tenant removed has gone from here too."""

_BYTES: Final = 192_000_000
"""More than twelve busy districts take: asked in turn for a little more, none would be there any more."""


class KeptContents(Recent[str, bytes]):
    """Contents by key, each for a while, up to a number of bytes."""

    def __init__(self, clock: Clock, most: int = _BYTES) -> None:
        super().__init__(clock, LIFETIME, most, len)
