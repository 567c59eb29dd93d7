"""What drill-down answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.analytics.drilling.model import Kind

type Cell = str | int | float | bool | datetime | None


class _View(BaseModel):
    # Built at first use, as the views of dashboards.
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        defer_build=True,
    )


class FactColumn(_View):
    """A column of the answer, by its name in the table."""

    name: Annotated[str, Field(examples=["score"])]
    kind: Kind


class FactPage(_View):
    """Rows of a table as one version of it has them; all pages of a list come from the same version."""

    table: Annotated[str, Field(examples=["results"])]
    columns: list[FactColumn]
    rows: Annotated[list[list[Cell]], Field(description="Each with one cell per column, in their order.")]
    next_cursor: Annotated[str | None, Field(description="Asks for the next page; null on the last.")]
