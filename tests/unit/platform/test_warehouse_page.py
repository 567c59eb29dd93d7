"""The page about the open warehouse lists the tables and columns that there are, and no other."""

import re

from shared.ingestion.linking.matching import LINKS
from shared.ingestion.tables import TABLES
from shared.platform.lake.tables import DELTA_TYPES
from tests.fixtures.processes import ROOT

_ROW = re.compile(r"^\| `(\w+)` \| ([\w(),]+) \|", re.MULTILINE)


def _sections() -> dict[str, dict[str, str]]:
    """Return the columns and types under each heading of the third level that has any."""
    page = (ROOT / "docs" / "warehouse.md").read_text(encoding="utf-8")
    parts = [part.partition("\n") for part in page.split("\n### ")[1:]]
    return {head.strip("`"): dict(_ROW.findall(body)) for head, _, body in parts if _ROW.search(body)}


def test_the_page_names_every_table_and_column_with_its_type() -> None:
    stated = {
        name: {column: DELTA_TYPES[kind] for column, kind in table.stated.items()}
        for name, table in TABLES.items()
    }
    links = {column: DELTA_TYPES[kind] for column, kind in LINKS.items()}
    common = _sections().pop("Columns of every fact table")
    tables = {name: columns for name, columns in _sections().items() if name != "Columns of every fact table"}
    assert tables == stated | {"person_link": links}
    for name, table in TABLES.items():
        schema = {column: DELTA_TYPES[kind] for column, kind in table.schema.items()}
        assert schema == stated[name] | common, name
