"""The fact table `results`, for those who read or write it alone."""

from typing import Final

from shared.ingestion.table_names import TableName
from shared.ingestion.tables import PARTITION, TABLES

FACTS: Final = TABLES[TableName.RESULTS].schema
NULLABLE: Final = (
    frozenset(FACTS)
    - TABLES[TableName.RESULTS].required
    - {
        "ingest_id",
        "feed",
        "source",
        "chunk",
        "record",
        "byte",
        "member",
        "deleted",
    }
)
TABLE: Final = str(TableName.RESULTS)
__all__ = ["FACTS", "NULLABLE", "PARTITION", "TABLE"]
