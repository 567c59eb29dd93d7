"""The names of the canonical fact tables. What they hold is said in `tables`, which loads Polars."""

from enum import StrEnum
from typing import Final

LINK_TABLE: Final = "person_link"
"""The table of who is whom: made of facts, it holds none."""


class TableName(StrEnum):
    """The tables, in the order in which an ingest is committed: structure before what refers to it."""

    ORG = "org"
    ACADEMIC_SESSION = "academic_session"
    COURSE = "course"
    CLASS = "class"
    PERSON = "person"
    ENROLMENT = "enrolment"
    LINE_ITEM = "line_item"
    ALIGNMENT = "alignment"
    RESULTS = "results"
    RESULT_ALIGNMENT = "result_alignment"
    MEASURE = "measure"
    ITEM_RESPONSE = "item_response"
    EVENT = "event"
