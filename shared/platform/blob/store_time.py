"""The time at the store: its clock dates the blobs, so it tells their age."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any


class StoreTime:
    """What time it was at the store when it answered."""

    now: datetime

    def note(self, response: Any) -> None:  # noqa: ANN401 - the pipeline's own type
        """Read the time of an answer."""
        self.now = parsedate_to_datetime(response.http_response.headers["Date"])
