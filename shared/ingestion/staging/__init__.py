"""Opens what files come in: archives, workbooks, JSON and XML become text whose lines can be cut and worked.

A file is a list of members. Each is streamed in bounded memory as delimited text, JSON lines or fixed-width
lines in UTF-8; the byte offsets of its records count in that text.
"""

from shared.ingestion.staging.model import LIMITS, Limits, Member
from shared.ingestion.staging.opening import OpenedFile, open_file

__all__ = ["LIMITS", "Limits", "Member", "OpenedFile", "open_file"]
