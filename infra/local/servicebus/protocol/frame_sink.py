"""What a session asks of its connection."""

from typing import Protocol


class FrameSink(Protocol):
    """Takes frames, which leave after the next commit."""

    max_frame_size: int

    def write(self, frame: bytes | bytearray) -> None:
        """Queue a frame."""
