"""What analytics reads is what ingestion writes."""

from shared.analytics.folding.results import COLUMNS
from shared.ingestion.tables import RESULTS


def test_every_column_that_rollups_are_made_of_is_in_the_fact_schema() -> None:
    assert set(COLUMNS) <= set(RESULTS.schema)
