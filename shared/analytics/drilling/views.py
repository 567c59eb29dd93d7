"""What drill-down answers."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.analytics.drilling.model import Kind
from shared.json_model import JsonModel

type Cell = str | int | float | bool | datetime | None


class FactColumn(JsonModel):
    """A column of the answer, by its name in the table."""

    name: Annotated[str, Field(examples=["score"])]
    kind: Kind


class FactPage(JsonModel):
    """Rows of a table as one version of it has them; all pages of a list come from the same version."""

    table: Annotated[str, Field(examples=["results"])]
    columns: list[FactColumn]
    rows: Annotated[list[list[Cell]], Field(description="Each with one cell per column, in their order.")]
    next_cursor: Annotated[str | None, Field(description="Asks for the next page; null on the last.")]
