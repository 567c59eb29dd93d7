"""What item analysis answers. Figures have up to eight places; null says that there is none."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.json_model import JsonModel


class ItemOption(JsonModel):
    """One answer that was given to an item."""

    option: Annotated[str | None, Field(description="Null for no answer.")]
    count: int
    share: Annotated[float, Field(description="Of all who had the item.")]
    credit: Annotated[float | None, Field(description="Part of the points that the answer gave.")]
    correlation: Annotated[float | None, Field(description="Of giving this answer with the total.")]
    mean_total: Annotated[float | None, Field(description="Mean part of all points of those who gave it.")]


class ItemFlag(JsonModel):
    """What about an item deserves a look."""

    flag: Annotated[str, Field(description="too-few, too-hard, too-easy, key-suspect or dead-distractor.")]
    reason: str
    option: Annotated[str | None, Field(description="The answer that it is about.")]


class ItemLine(JsonModel):
    """One item in one version; figures are null below ten scored answers."""

    item_id: str
    version: Annotated[str | None, Field(description="Null where its feed states none.")]
    title: str | None
    presented: Annotated[int, Field(description="Learners who had the item in their latest attempt.")]
    omitted: Annotated[
        int | None, Field(description="Of them without any answer; null where answers are not stated.")
    ]
    omit_rate: float | None
    scored: Annotated[int, Field(description="Answers with points; an omitted one has none of them.")]
    maximum: Annotated[float | None, Field(description="Points possible.")]
    mean: Annotated[float | None, Field(description="Mean of the points.")]
    p_value: Annotated[float | None, Field(description="Part of the possible points that was reached.")]
    item_rest: Annotated[float | None, Field(description="Correlation with the rest of the items.")]
    point_biserial: Annotated[float | None, Field(description="Correlation with the total.")]
    discrimination: Annotated[
        float | None, Field(description="p of the best 27 % in all less that of the worst 27 %.")
    ]
    in_form: Annotated[bool, Field(description="Whether at least half of the learners had it scored.")]
    alpha_if_deleted: float | None
    options: Annotated[
        list[ItemOption] | None, Field(description="The most given answers first; empty for free texts.")
    ]
    further_options: Annotated[int, Field(description="Answers that are not listed.")]
    flags: list[ItemFlag]


class ItemForm(JsonModel):
    """Those items that at least half of the learners had scored, and the learners with all of them."""

    learners: int
    items: int
    maximum: float | None
    mean: float | None
    standard_deviation: Annotated[float | None, Field(description="Of a sample (n - 1).")]
    alpha: Annotated[float | None, Field(description="Cronbach's alpha.")]
    standard_error: Annotated[float | None, Field(description="Of measurement, in points.")]


class ItemDashboard(JsonModel):
    """How the items of an assessment worked, over the latest attempt of each learner."""

    course_id: str
    line_item_id: str
    title: str | None
    learners: int | None
    form: ItemForm | None
    items: list[ItemLine]
    further_items: Annotated[int, Field(description="Items that are not listed.")]
    latest_upload: datetime
    suppressed: bool = False
